import Learning
import NumericKernels
package import PipelineCore

/// The initial weights for training.
extension RecurrentNetwork where Scalar == Float {
  /// Draws random weights.
  ///
  /// Input weights: Glorot uniform (Glorot, Bengio 2010) per gate. Recurrent weights: uniform
  /// within `1 / sqrt H`, as in PyTorch. Biases: zero, except for the forget gate, so that a cell
  /// remembers until it has learned what to forget (Gers et al. 2000; Jozefowicz et al. 2015).
  /// Peepholes: zero, so that the cell starts as a plain LSTM.
  mutating func initialize(seed: UInt64, forgetBias: Float) {
    weights.initialize(seed: seed)
    guard shape.cell.isLSTM else { return }
    for entry in layout.entries where entry.name.contains("bias_ih") {
      let forget = (entry.offset + shape.width)..<(entry.offset + 2 * shape.width)
      for k in forget { weights.parameters[k] = forgetBias }
    }
  }

  /// Loads the weights to start from: the recurrent layers, or all weights.
  ///
  /// - Throws: `EncoderError`; `TensorError` if a tensor is missing or has the wrong shape.
  package mutating func load(_ start: TrainingStart) throws {
    if case .model(let labels) = start.extent {
      for entry in layout.entries {
        if entry.hasLabelRows {
          try weights.loadRows(of: entry, from: start.tensors, labels)
        } else {
          try load(entry, from: start.tensors, as: entry.name)
        }
      }
      return parametersChanged(threads: 1)
    }
    let prefix = try EncoderOutline(of: start).prefix
    let own = shape.cell.tensorPrefix + "."
    // `load` reads the inner bias of a GRU along with its input bias.
    for entry in layout.entries
    where entry.name.hasPrefix(own) && !entry.name.contains("bias_hn") {
      let name = prefix + entry.name.dropFirst(own.count)
      try load(entry, from: start.tensors.withBiases(of: name, entry.shape), as: name)
    }
    parametersChanged(threads: 1)
  }
}

/// The weights as tensors with PyTorch's names and shapes.
///
/// PyTorch has two biases, `bias_ih` and `bias_hh`, which are only used as a sum, except in the
/// third block of a GRU, where `bias_hh` is inside the product with the reset gate. Therefore
/// `bias_hh` is written as zeros, with the model's `bias_hn` in the third block. When tensors are
/// read, the two biases are added, except for that block.
extension RecurrentNetwork where Scalar == Float {
  /// All weights except the vectors.
  var tensors: [NamedTensor] {
    layout.entries.flatMap { entry -> [NamedTensor] in
      guard !entry.name.contains("bias_hn") else { return [] }
      let tensor = NamedTensor(
        name: entry.name, shape: entry.shape,
        values: Array(weights.parameters[entry.range]))
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

  /// Loads an entry from the tensor with this name; for a bias, also from the tensor with PyTorch's
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
    weights.parameters.replaceSubrange(entry.range, with: values)
  }

  /// Returns the parameter range of the bias inside a GRU's product, given the name of its input
  /// bias.
  private func innerBias(besides name: String) -> Range<Int>? {
    guard let inner = name.replacing(biasWith: "bias_hn"),
      let entry = layout.entries.first(where: { $0.name == inner })
    else { return nil }
    return entry.range
  }
}

extension TensorCollection {
  /// Returns the tensors required for loading `name`, with zeros as the biases of a PyTorch module
  /// created with `bias=False`.
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
  /// Returns `lstm.bias_hh_l0` for `lstm.bias_ih_l0` and `bias_hh`; `nil` if this is not the name
  /// of an input bias.
  fileprivate func replacing(biasWith other: String) -> String? {
    guard let range = firstRange(of: "bias_ih") else { return nil }
    return self[..<range.lowerBound] + other + self[range.upperBound...]
  }
}
