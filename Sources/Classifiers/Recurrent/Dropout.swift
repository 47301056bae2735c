import NumericKernels
import PipelineCore

/// Which share of what is set to zero while learning; what is kept is scaled up, so that nothing has
/// to be scaled when classifying.
///
/// **Source:** Srivastava et al. 2014.
package struct DropoutRates: Sendable, Equatable {
  /// Whole words of a shard.
  package var words: Double
  /// Single values of the word vectors.
  package var vectors: Double
  /// Single values of the pooled states.
  package var pooled: Double
  /// Units of the states between two layers: the same at every step of a document.
  package var layers: Double
  /// Units of the state from step to step: the same at every step of a document.
  package var states: Double
  /// Recurrent weights: the same in a whole minibatch.
  package var weights: Double

  /// Nothing is dropped unless it is said.
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

extension SeededGenerator {
  /// Fills a mask with 0 for what is dropped and `1 / (1 - rate)` for what is kept.
  mutating func fillDropoutMask<Scalar: KernelScalar>(
    _ mask: UnsafeMutablePointer<Scalar>, count: Int, rate: Double
  ) {
    guard rate > 0 else { return mask.update(repeating: 1, count: count) }
    let kept = Scalar(1 / (1 - rate))
    // Four decisions of 16 bits from each 64 random ones.
    let threshold = UInt64((rate * 65_536).rounded())
    var bits: UInt64 = 0
    for k in 0..<count {
      if k % 4 == 0 { bits = next() }
      mask[k] = bits & 0xffff < threshold ? 0 : kept
      bits >>= 16
    }
  }
}
