import NumericKernels
import PipelineCore

/// The weights of a linear classifier over sparse features.
struct LinearWeights: Sendable {
  /// The number of labels, `C`.
  let labels: Int
  /// The weights by feature, `[F, C]`.
  var values: [Float]
  /// The bias of each label, `[C]`.
  var bias: [Float]

  /// Creates weights of zero.
  init(features: Int, labels: Int) {
    self.init(
      values: Array(repeating: 0, count: features * labels),
      bias: Array(repeating: 0, count: labels))
  }

  private init(values: [Float], bias: [Float]) {
    labels = bias.count
    self.values = values
    self.bias = bias
  }

  /// Returns `W x + b`.
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

  /// Returns `softmax(W x + b)`.
  func probabilities(_ features: some Collection<NGramFeatures.Feature>) -> [Float] {
    var scores = scores(features)
    scores.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      SoftmaxCrossEntropy.softmax(start, count: labels)
    }
    return scores
  }

  /// Returns the weight of a feature for a label minus the mean of its weights for all labels.
  func centered(row: Int, label: Int) -> Double {
    let weights = values[row * labels..<(row + 1) * labels].map(Double.init)
    return weights[label] - weights.reduce(0, +) / Double(labels)
  }

  /// Sets the weights of a label, `[F]`.
  mutating func set(_ weights: [Float], bias: Float, of label: Int) {
    self.bias[label] = bias
    weights.withUnsafeBufferPointer { weights in
      for row in weights.indices { values[row * labels + label] = weights[row] }
    }
  }

  /// Multiplies all scores by `factor`.
  mutating func scale(by factor: Float) {
    for k in values.indices { values[k] *= factor }
    for k in bias.indices { bias[k] *= factor }
  }
}

extension LinearWeights {
  /// The weights for a model file.
  var tensors: [NamedTensor] {
    [
      NamedTensor(
        name: "ngrams.weight", shape: [values.count / max(labels, 1), labels], values: values),
      NamedTensor(name: "ngrams.bias", shape: [labels], values: bias),
    ]
  }

  /// Reads the weights from `tensors`.
  ///
  /// - Throws: `TensorError` if a tensor is missing or has another shape.
  init(from tensors: TensorCollection, features: Int, labels: Int) throws(TensorError) {
    // Shapes are checked before memory is allocated, because a file may declare any size.
    self.init(
      values: try tensors.values("ngrams.weight", shape: [features, labels]),
      bias: try tensors.values("ngrams.bias", shape: [labels]))
  }
}
