import NumericKernels

/// The weights of a linear classifier over sparse features, with what AdaGrad remembers of each.
struct LinearWeights: Sendable {
  /// `C`
  let labels: Int
  /// By bucket, `[buckets, C]`.
  var values: [Float]
  /// `[C]`
  var bias: [Float]
  /// Sums of squared gradients, like `values` and `bias`; empty until something is learned.
  private var squares: [Float] = []
  private var biasSquares: [Float] = []

  init(buckets: Int, labels: Int) {
    self.labels = labels
    values = Array(repeating: 0, count: buckets * labels)
    bias = Array(repeating: 0, count: labels)
  }

  /// `softmax(W x + b)`
  func probabilities(_ features: [NGramFeatures.Feature]) -> [Float] {
    var scores = bias
    values.withUnsafeBufferPointer { values in
      for feature in features {
        let row = Int(feature.bucket) * labels
        for label in 0..<labels { scores[label] += values[row + label] * feature.value }
      }
    }
    scores.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      SoftmaxCrossEntropy.softmax(start, count: labels)
    }
    return scores
  }

  /// One AdaGrad step on one document; returns its loss before the step, in nats.
  mutating func learn(
    _ features: [NGramFeatures.Feature], label: Int, rate: Float
  ) -> Double {
    if squares.isEmpty {
      squares = Array(repeating: 0, count: values.count)
      biasSquares = Array(repeating: 0, count: labels)
    }
    var gradient = bias
    let loss = gradient.withUnsafeMutableBufferPointer { scores -> Double in
      guard let start = scores.baseAddress else { return 0 }
      values.withUnsafeBufferPointer { values in
        for feature in features {
          let row = Int(feature.bucket) * labels
          for k in 0..<labels { start[k] += values[row + k] * feature.value }
        }
      }
      return SoftmaxCrossEntropy.forwardAndBackward(start, count: labels, target: label, weight: 1)
    }
    let count = labels
    values.withUnsafeMutableBufferPointer { values in
      squares.withUnsafeMutableBufferPointer { squares in
        for feature in features {
          let row = Int(feature.bucket) * count
          for k in 0..<count {
            let slope = gradient[k] * feature.value
            squares[row + k] += slope * slope
            values[row + k] -= rate * slope / (squares[row + k].squareRoot() + 1e-6)
          }
        }
      }
    }
    for k in 0..<labels {
      biasSquares[k] += gradient[k] * gradient[k]
      bias[k] -= rate * gradient[k] / (biasSquares[k].squareRoot() + 1e-6)
    }
    return loss
  }
}
