package import PipelineCore

/// The shares of values that are set to zero during training. The remaining values are scaled up,
/// so no scaling is needed when classifying.
///
/// **Source:** Srivastava et al. 2014.
package struct DropoutRates: Sendable, Equatable {
  /// The share of distinct words in a shard; a word is dropped wherever it occurs in the shard.
  package var words: Double
  /// The share of individual values of the word vectors.
  package var vectors: Double
  /// The share of individual values of the pooled states.
  package var pooled: Double
  /// The share of units of the states between two layers: the same units at every step of a
  /// document.
  package var layers: Double
  /// The share of units of the recurrent state: the same units at every step of a document.
  package var states: Double
  /// The share of recurrent weights: the same weights in a whole minibatch.
  package var weights: Double

  /// Creates rates; the defaults drop nothing.
  package init(
    words: Double = 0, vectors: Double = 0, pooled: Double = 0, layers: Double = 0,
    states: Double = 0, weights: Double = 0
  ) {
    self.words = words
    self.vectors = vectors
    self.pooled = pooled
    self.layers = layers
    self.states = states
    self.weights = weights
  }
}

/// The separate random-number streams of a shard, one for each purpose. Dropout of words and of
/// vector values uses the shard's own generator.
enum RandomStream: Int {
  case pooledDropout = 1
  case layerDropout
  case stateDropout
  case swaps
  case noise
}

extension SeededGenerator {
  /// Creates the stream of one layer or direction, for a purpose with one stream per layer or
  /// direction.
  init(_ stream: RandomStream, of shard: SeededGenerator, number: Int) {
    self.init(seed: shard.key, stream.rawValue, number)
  }

  /// Creates the stream for a purpose.
  init(_ stream: RandomStream, of shard: SeededGenerator) {
    self.init(seed: shard.key, stream.rawValue)
  }
}

/// Random changes to the training documents. Word dropout is part of `DropoutRates`.
package struct Augmentation: Sendable, Equatable {
  /// The probability that a token is swapped with the next one.
  package var swap: Double
  /// The standard deviation of the noise that is added to each value of the word vectors.
  package var noise: Double

  /// Creates an augmentation; the defaults change nothing.
  package init(swap: Double = 0, noise: Double = 0) {
    self.swap = swap
    self.noise = noise
  }

  /// Returns the documents with some neighbouring tokens swapped. From the left, each token is
  /// swapped with the next one with probability `swap`; a token that has moved does not move again.
  ///
  /// **Source:** Wei, Zou 2019, who swap any two words of a document. Swapping neighbours keeps
  /// phrases nearly intact and words close to where the network expects them.
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
