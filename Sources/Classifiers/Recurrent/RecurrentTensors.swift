import Learning
import NumericKernels
import PipelineCore

/// The weights of a recurrent network as PyTorch names and shapes them.
///
/// PyTorch has two biases, `bias_ih` and `bias_hh`, that only ever occur as a sum, but for a GRU's
/// third block: there `bias_hh` stands inside the product with the reset gate. So `bias_hh` is written
/// as zeros, with our `bias_hn` in the third block, and read by adding up what may be added up.
extension RecurrentNetwork where Scalar == Float {
  /// All weights but the vectors.
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

  /// Takes over the weights that `tensors` wrote, or those of PyTorch.
  ///
  /// - Throws: `TensorError` when one is missing or has another shape.
  mutating func load(_ tensors: TensorCollection) throws(TensorError) {
    for entry in layout.entries { try load(entry, from: tensors, as: entry.name) }
    parametersChanged(threads: 1)
  }

  /// Takes over the weights that stand under `name` and, for a bias, under the name of its second.
  mutating func load(
    _ entry: ParameterLayout.Entry, from tensors: TensorCollection, as name: String
  ) throws(TensorError) {
    // It comes along with the bias beside it.
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

  /// Where the bias inside a GRU's product stands, beside the bias of this name.
  private func innerBias(besides name: String) -> Range<Int>? {
    guard let inner = name.replacing(biasWith: "bias_hn"),
      let entry = layout.entries.first(where: { $0.name == inner })
    else { return nil }
    return entry.offset..<(entry.offset + entry.count)
  }
}

extension String {
  /// `lstm.bias_ih_l0` to `lstm.bias_hh_l0`; `nil` for what is no bias of the input.
  func replacing(biasWith other: String) -> String? {
    guard let range = firstRange(of: "bias_ih") else { return nil }
    return self[..<range.lowerBound] + other + self[range.upperBound...]
  }
}
