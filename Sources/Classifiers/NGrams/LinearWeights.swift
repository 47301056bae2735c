import NumericKernels
import PipelineCore

/// The weights of a linear classifier over sparse features.
struct LinearWeights: Sendable {
  /// The number of labels, `C`.
  let labels: Int
  /// The weights, `[F, C]`; they may be in a memory-mapped file.
  private var values: SharedArray<Float>
  /// The bias of each label, `[C]`.
  var bias: [Float]

  /// Creates weights that are all zero.
  init(features: Int, labels: Int) {
    self.init(
      values: SharedArray(Array(repeating: 0, count: features * labels)),
      bias: Array(repeating: 0, count: labels))
  }

  private init(values: SharedArray<Float>, bias: [Float]) {
    labels = bias.count
    self.values = values
    self.bias = bias
  }

  /// The number of weights and biases.
  var count: Int { values.count + bias.count }

  /// Returns `W x + b`. Each score is summed in the order of the features.
  func scores(_ features: some Collection<NGramFeatures.Feature>) -> [Float] {
    var scores = bias
    values.withUnsafeBufferPointer { values in
      scores.withUnsafeMutableBufferPointer { scores in
        guard let values = UnsafeRawPointer(values.baseAddress) else { return }
        var label = 0
        // Process four labels at a time; the sums are the same.
        while label + 4 <= labels {
          var sums = SIMD4(scores[label], scores[label + 1], scores[label + 2], scores[label + 3])
          for feature in features {
            let place = values + 4 * (Int(feature.row) * labels + label)
            sums += place.loadUnaligned(as: SIMD4<Float>.self) * feature.value
          }
          for k in 0..<4 { scores[label + k] = sums[k] }
          label += 4
        }
        guard label < labels else { return }
        for feature in features {
          let row = values + 4 * Int(feature.row) * labels
          for label in label..<labels {
            scores[label] +=
              row.loadUnaligned(fromByteOffset: 4 * label, as: Float.self)
              * feature.value
          }
        }
      }
    }
    return scores
  }

  /// Returns `softmax(W x + b)`.
  func probabilities(_ features: some Collection<NGramFeatures.Feature>) -> [Float] {
    Self.softmax(scores(features))
  }

  /// Returns the softmax of the scores.
  static func softmax(_ scores: [Float]) -> [Float] {
    var scores = scores
    scores.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      SoftmaxCrossEntropy.softmax(start, count: buffer.count)
    }
    return scores
  }

  /// Returns the weight of a feature for a label minus the mean of its weights for all labels.
  func centered(row: Int, label: Int) -> Double {
    let weights = weights(ofRow: row)
    return Double(weights[label]) - weights.reduce(0.0) { $0 + Double($1) } / Double(labels)
  }

  /// Returns the weights of a feature, `[C]`.
  func weights(ofRow row: Int) -> [Float] {
    values.array(row * labels..<(row + 1) * labels)
  }

  /// Sets the weights of a label, `[F]`.
  mutating func set(_ weights: [Float], bias: Float, of label: Int) {
    self.bias[label] = bias
    values.array.withUnsafeMutableBufferPointer { values in
      for (row, weight) in weights.enumerated() { values[row * labels + label] = weight }
    }
  }

  /// Multiplies all scores by `factor`.
  mutating func scale(by factor: Float) {
    values.array.withUnsafeMutableBufferPointer { values in
      for k in values.indices { values[k] *= factor }
    }
    for k in bias.indices { bias[k] *= factor }
  }
}

extension LinearWeights {
  /// The weights for a model file.
  var tensors: [NamedTensor] {
    [
      NamedTensor(
        name: "ngrams.weight", shape: [values.count / max(labels, 1), labels], stored: values),
      NamedTensor(name: "ngrams.bias", shape: [labels], values: bias),
    ]
  }

  /// Reads the weights from `tensors`.
  ///
  /// - Throws: `TensorError` if a tensor is missing or has the wrong shape.
  init(from tensors: TensorCollection, features: Int, labels: Int) throws(TensorError) {
    // Shapes are checked before memory is allocated, because a file may declare any size.
    self.init(
      values: try tensors.stored("ngrams.weight", shape: [features, labels]),
      bias: try tensors.values("ngrams.bias", shape: [labels]))
  }
}
