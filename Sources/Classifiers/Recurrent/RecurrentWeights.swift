import Learning
import NumericKernels
package import PipelineCore

/// The initial weights of training.
extension RecurrentNetwork where Scalar == Float {
  /// Draws random weights.
  ///
  /// Input weights: Glorot uniform (Glorot, Bengio 2010) per gate. Recurrent weights: uniform
  /// within `1 / sqrt H`, as in PyTorch. Biases: zero, except for the forget gate, so that a cell
  /// remembers until it has learned what to forget (Gers et al. 2000; Jozefowicz et al. 2015).
  /// Peepholes: zero, so that the cell starts as a plain LSTM.
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

  /// Loads the weights to start from: the recurrent layers, or all weights.
  ///
  /// - Throws: `EncoderError`; `TensorError` if a tensor is missing or has the wrong shape.
  package mutating func load(_ start: TrainingStart) throws {
    if case .model(let labels) = start.extent {
      for entry in layout.entries {
        if entry.name.hasPrefix("classifier.") {
          try loadRows(of: entry, from: start.tensors, labels)
        } else {
          try load(entry, from: start.tensors, as: entry.name)
        }
      }
      return parametersChanged(threads: 1)
    }
    let prefix = try EncoderOutline(of: start).prefix
    let own = shape.cell.tensorPrefix + "."
    // `load` reads the inner bias of a GRU along with the bias of the input.
    for entry in layout.entries
    where entry.name.hasPrefix(own) && !entry.name.contains("bias_hn") {
      let name = prefix + entry.name.dropFirst(own.count)
      try load(entry, from: start.tensors.withBiases(of: name, entry.shape), as: name)
    }
    parametersChanged(threads: 1)
  }

  /// Loads the rows of the output layer for the labels of the old model; keeps the rows of new
  /// labels.
  private mutating func loadRows(
    of entry: ParameterLayout.Entry, from tensors: TensorCollection, _ labels: [Int?]
  ) throws(TensorError) {
    guard let oldCount = tensors.shape(entry.name)?.first else { throw .missing(entry.name) }
    let values = try tensors.values(entry.name, shape: [oldCount] + entry.shape.dropFirst())
    let width = entry.count / labels.count
    for (row, old) in labels.enumerated() {
      guard let old, old < oldCount else { continue }
      for k in 0..<width {
        weights.parameters[entry.offset + row * width + k] = values[old * width + k]
      }
    }
  }
}

/// The weights as tensors with PyTorch's names and shapes.
///
/// PyTorch has two biases, `bias_ih` and `bias_hh`, which are only used as a sum, except in the
/// third block of a GRU, where `bias_hh` is inside the product with the reset gate. Therefore
/// `bias_hh` is written as zeros, with our `bias_hn` in the third block. When tensors are read, the
/// two biases are added, except for that block.
extension RecurrentNetwork where Scalar == Float {
  /// All weights except the vectors.
  var tensors: [NamedTensor] {
    layout.entries.flatMap { entry -> [NamedTensor] in
      guard !entry.name.contains("bias_hn") else { return [] }
      let tensor = NamedTensor(
        name: entry.name, shape: entry.shape,
        values: Array(weights.parameters[entry.offset..<(entry.offset + entry.count)]))
      guard let second = entry.name.replacing(biasWith: "bias_hh") else { return [tensor] }
      var values = Array(repeating: Float(0), count: entry.count)
      if let inner = innerBias(besides: entry.name) {
        values.replaceSubrange(2 * shape.width..<3 * shape.width, with: weights.parameters[inner])
      }
      return [tensor, NamedTensor(name: second, shape: entry.shape, values: values)]
    }
  }

  /// Loads all weights except the vectors, from a model file or from PyTorch.
  ///
  /// - Throws: `TensorError` if a tensor is missing or has the wrong shape.
  mutating func load(_ tensors: TensorCollection) throws(TensorError) {
    for entry in layout.entries { try load(entry, from: tensors, as: entry.name) }
    parametersChanged(threads: 1)
  }

  /// Loads an entry from the tensor with this name; for a bias, also from the tensor of PyTorch's
  /// second bias.
  private mutating func load(
    _ entry: ParameterLayout.Entry, from tensors: TensorCollection, as name: String
  ) throws(TensorError) {
    // Already loaded along with `bias_ih`.
    if entry.name.contains("bias_hn") { return }
    var values = try tensors.values(name, shape: entry.shape)
    if let second = name.replacing(biasWith: "bias_hh") {
      let second = try tensors.values(second, shape: entry.shape)
      let inner = innerBias(besides: entry.name)
      let summed = inner == nil ? values.count : 2 * shape.width
      for k in 0..<summed { values[k] += second[k] }
      if let inner { weights.parameters.replaceSubrange(inner, with: second[summed...]) }
    }
    weights.parameters.replaceSubrange(entry.offset..<(entry.offset + entry.count), with: values)
  }

  /// Returns the parameters of the bias inside a GRU's product, given the name of its input bias.
  private func innerBias(besides name: String) -> Range<Int>? {
    guard let inner = name.replacing(biasWith: "bias_hn"),
      let entry = layout.entries.first(where: { $0.name == inner })
    else { return nil }
    return entry.offset..<(entry.offset + entry.count)
  }
}

extension TensorCollection {
  /// Returns the tensors required for loading `name`, with zeros for the biases of a PyTorch module
  /// with `bias=False`.
  fileprivate func withBiases(of name: String, _ shape: [Int]) throws(TensorError) -> Self {
    var found: [NamedTensor] = []
    let names = [name] + (name.replacing(biasWith: "bias_hh").map { [$0] } ?? [])
    let hasNoBiases = names.count == 2 && names.allSatisfy { self.shape($0) == nil }
    for name in names {
      let values =
        try hasNoBiases
        ? Array(repeating: 0, count: shape.reduce(1, *)) : values(name, shape: shape)
      found.append(NamedTensor(name: name, shape: shape, values: values))
    }
    return TensorCollection(found)
  }
}

extension String {
  /// Returns `lstm.bias_hh_l0` for `lstm.bias_ih_l0` and `bias_hh`; `nil` if the name is not that
  /// of an input bias.
  fileprivate func replacing(biasWith other: String) -> String? {
    guard let range = firstRange(of: "bias_ih") else { return nil }
    return self[..<range.lowerBound] + other + self[range.upperBound...]
  }
}
