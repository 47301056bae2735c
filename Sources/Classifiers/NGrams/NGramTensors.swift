import PipelineCore

extension NGramFeatures {
  /// What a model file holds of the features: the halves of each key, 24 bits each, and the IDF.
  var tensors: [NamedTensor] {
    let halves = table.keys.flatMap { [Float($0 >> 24), Float($0 & 0xff_ffff)] }
    return [
      NamedTensor(name: "ngrams.key", shape: [count, 2], values: halves),
      NamedTensor(name: "ngrams.idf", shape: [count], values: weights),
    ]
  }

  /// Takes over the features that `tensors` wrote.
  ///
  /// - Throws: `TensorError` when a tensor is missing, has another shape, or holds keys that are none.
  init(from tensors: TensorCollection, keys: NGramKeys) throws(TensorError) {
    guard let count = tensors.shape("ngrams.idf")?.first else { throw .missing("ngrams.idf") }
    let weights = try tensors.values("ngrams.idf", shape: [count])
    let halves = try tensors.values("ngrams.key", shape: [count, 2])
    var table = KeyTable()
    for number in 0..<count {
      guard let high = UInt64(exactly: halves[2 * number]),
        let low = UInt64(exactly: halves[2 * number + 1]), high < 1 << 24, low < 1 << 24,
        table.insert(high << 24 | low) == number
      else { throw .invalid("ngrams.key", "the key of feature \(number)") }
    }
    self.init(keys: keys, table: table, weights: weights)
  }
}

extension LinearWeights {
  /// What a model file holds of them: weights by feature, biases by label.
  var tensors: [NamedTensor] {
    [
      NamedTensor(
        name: "ngrams.weight", shape: [values.count / max(labels, 1), labels], values: values),
      NamedTensor(name: "ngrams.bias", shape: [labels], values: bias),
    ]
  }

  /// Takes over the weights that `tensors` wrote.
  ///
  /// - Throws: `TensorError` when one is missing or has another shape.
  init(from tensors: TensorCollection, features: Int, labels: Int) throws(TensorError) {
    // The shape is compared before anything of its size is made: a file may claim any.
    self.init(
      values: try tensors.values("ngrams.weight", shape: [features, labels]),
      bias: try tensors.values("ngrams.bias", shape: [labels]))
  }
}
