import Learning
package import PipelineCore

/// Starting from the weights of another model.
extension RecurrentNetwork where Scalar == Float {
  /// Takes over what `start` says: the recurrent layers, or everything.
  ///
  /// - Throws: `EncoderError`; `TensorError` when a tensor is missing or has another shape.
  package mutating func load(_ start: TrainingStart) throws {
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
