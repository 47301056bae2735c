import Learning
import PipelineCore

/// The weights that training starts from.
///
/// Input weights: Glorot uniform (Glorot, Bengio 2010) per gate; recurrent weights: uniform within
/// `1 / sqrt H` as in PyTorch; biases zero but the forget gate's, which starts at `forgetBias` so that
/// a cell remembers before it has learned what to forget (Gers et al. 2000; Jozefowicz et al. 2015).
/// Peepholes start at zero: such a cell begins as a plain LSTM.
extension RecurrentNetwork where Scalar == Float {
  mutating func initialize(seed: UInt64, forgetBias: Float) {
    for (number, entry) in layout.entries.enumerated() {
      var generator = SeededGenerator(seed: seed, 0x1417, number)
      let range = entry.offset..<(entry.offset + entry.count)
      guard entry.shape.count == 2 else {
        if shape.cell.hasMemory, entry.name.contains("bias_ih") {
          let forget = (entry.offset + shape.width)..<(entry.offset + 2 * shape.width)
          for k in forget { weights.parameters[k] = forgetBias }
        }
        continue
      }
      if entry.name.contains("peephole") { continue }
      let (outputs, inputs) = (Float(entry.shape[0]), Float(entry.shape[1]))
      let bound: Float =
        if entry.name.contains("weight_ih") {
          (6 / (inputs + Float(shape.width))).squareRoot()
        } else if entry.name.contains("weight_hh") {
          1 / Float(shape.width).squareRoot()
        } else {
          (6 / (inputs + outputs)).squareRoot()
        }
      for k in range { weights.parameters[k] = generator.uniform(in: -bound...bound) }
    }
  }
}
