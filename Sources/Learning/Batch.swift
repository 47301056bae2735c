public import PipelineCore

/// The documents that one worker processes in one step: a shard of a minibatch.
///
/// The notation used in all numeric code: `B` documents, `T` steps, `N` tokens in all documents,
/// `U` distinct words among them, `D` embedding width, `H` hidden width, `C` classes, `V`
/// vocabulary; `x` input, `h` hidden, `c` cell, `i f g o` gates in that order (PyTorch's order, so
/// that its weights can be loaded); `dX` is the gradient of the loss with respect to `X`.
public struct Batch: Sendable {
  /// The embedding rows of each document's tokens, `[B][T]`.
  public var documents: [[Int32]]
  /// The label index of each document, `[B]`.
  public var labels: [Int]
  /// The weight of each document in the loss: 1 divided by the size of the whole minibatch.
  public var weight: Double
  /// The factor on the weight for each label, `[C]`; empty for equal weights.
  public var labelWeights: [Double]
  /// The focal-loss exponent; 0 disables it.
  public var focal: Double
  /// The generator of random numbers for this shard and step.
  public var generator: SeededGenerator

  /// Creates a shard.
  public init(
    documents: [[Int32]], labels: [Int], weight: Double, labelWeights: [Double] = [],
    focal: Double = 0, generator: SeededGenerator
  ) {
    self.labelWeights = labelWeights
    self.focal = focal
    self.documents = documents
    self.labels = labels
    self.weight = weight
    self.generator = generator
  }

  /// Returns the weight of a document with this label.
  public func weight(ofLabel label: Int) -> Double {
    labelWeights.isEmpty ? weight : weight * labelWeights[label]
  }

  /// The number of tokens: `N`.
  public var tokenCount: Int { documents.reduce(0) { $0 + $1.count } }
}
