import Learning
package import PipelineCore

/// Starting from the weights of another model.
extension RecurrentNetwork where Scalar == Float {
  /// Takes over what `start` says: the recurrent layers, or everything.
  ///
  /// - Throws: `EncoderError`; `TensorError` when a tensor is missing or has another shape.
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
    // A GRU's bias inside the product comes along with the bias beside it.
    for entry in layout.entries
    where entry.name.hasPrefix(own) && !entry.name.contains("bias_hn") {
      let name = prefix + entry.name.dropFirst(own.count)
      try load(entry, from: start.tensors.withBiases(of: name, entry.shape), as: name)
    }
    parametersChanged(threads: 1)
  }

  /// Takes over the rows of the output layer that old labels have; those of new ones stay as they are.
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

extension TensorCollection {
  /// The tensors that `name` needs, with zeros for biases that PyTorch was told to leave out.
  fileprivate func withBiases(of name: String, _ shape: [Int]) throws(TensorError) -> Self {
    var found: [NamedTensor] = []
    let names = [name] + (name.replacing(biasWith: "bias_hh").map { [$0] } ?? [])
    let isWithout = names.count == 2 && names.allSatisfy { self.shape($0) == nil }
    for name in names {
      let values =
        try isWithout
        ? Array(repeating: 0, count: shape.reduce(1, *)) : values(name, shape: shape)
      found.append(NamedTensor(name: name, shape: shape, values: values))
    }
    return TensorCollection(found)
  }
}
