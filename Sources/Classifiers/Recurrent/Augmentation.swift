import NumericKernels
package import PipelineCore

/// What is changed in documents while learning, so that few of them teach more; dropped words are
/// among `DropoutRates`.
package struct Augmentation: Sendable, Equatable {
  /// The share of neighbouring tokens that change places.
  package var swap: Double
  /// The standard deviation of what is added to each number of the word vectors.
  package var noise: Double

  /// Nothing is changed unless it is said.
  package init(swap: Double = 0, noise: Double = 0) {
    self.swap = swap
    self.noise = noise
  }

  /// The documents with some neighbours exchanged: from the left, each token changes places with the
  /// next one with probability `swap`, and a token that moved does not move again.
  ///
  /// **Source:** Wei, Zou 2019, where any two words of a document are exchanged; neighbours leave
  /// phrases nearly whole, and words where the network has learned to expect them.
  package func swapped(_ documents: [[Int32]], _ generator: SeededGenerator) -> [[Int32]] {
    guard swap > 0 else { return documents }
    var generator = generator
    return documents.map { document in
      var document = document
      var token = 0
      while token + 1 < document.count {
        if Double(generator.uniform()) < swap {
          document.swapAt(token, token + 1)
          token += 1
        }
        token += 1
      }
      return document
    }
  }
}

extension DistinctWords {
  /// Adds to each number of the vectors one that is evenly distributed around 0 with this standard
  /// deviation: within `sqrt(3)` of it. Where a word stands changes nothing, as with dropout.
  func addNoise(_ deviation: Double, width: Int, _ generator: SeededGenerator) {
    guard deviation > 0 else { return }
    var generator = generator
    let bound = Float(deviation * 3.0.squareRoot())
    for k in 0..<rows.count * width {
      vectors.start[k] += Scalar(Double(generator.uniform(in: -bound...bound)))
    }
  }
}
