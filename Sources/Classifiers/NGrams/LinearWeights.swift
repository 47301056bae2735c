import NumericKernels

/// The weights of a linear classifier over sparse features.
struct LinearWeights: Sendable {
  /// `C`
  let labels: Int
  /// By feature, `[F, C]`.
  var values: [Float]
  /// `[C]`
  var bias: [Float]

  /// All zero.
  init(features: Int, labels: Int) {
    self.init(
      values: Array(repeating: 0, count: features * labels),
      bias: Array(repeating: 0, count: labels))
  }

  /// These weights, `[F, C]` and `[C]`.
  init(values: [Float], bias: [Float]) {
    labels = bias.count
    self.values = values
    self.bias = bias
  }

  /// `W x + b`
  func scores(_ features: some Collection<NGramFeatures.Feature>) -> [Float] {
    var scores = bias
    values.withUnsafeBufferPointer { values in
      for feature in features {
        let row = Int(feature.row) * labels
        for label in 0..<labels { scores[label] += values[row + label] * feature.value }
      }
    }
    return scores
  }

  /// `softmax(W x + b)`
  func probabilities(_ features: some Collection<NGramFeatures.Feature>) -> [Float] {
    var scores = scores(features)
    scores.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      SoftmaxCrossEntropy.softmax(start, count: labels)
    }
    return scores
  }

  /// Multiplies all scores by `factor`.
  mutating func scale(by factor: Float) {
    for k in values.indices { values[k] *= factor }
    for k in bias.indices { bias[k] *= factor }
  }
}
