public import PipelineCore

/// The documents that one worker learns from in one step: a fixed part of a minibatch.
///
/// The notation of all numeric code here: `B` documents, `T` steps, `N` tokens of all documents
/// together, `U` distinct words among them, `D` embedding width, `H` hidden width, `C` classes, `V`
/// vocabulary; `x` input, `h` hidden, `c` cell, `i f g o` gates in that order (PyTorch's order, so
/// reference weights load); `dX` is the gradient of the loss with respect to `X`.
public struct Batch: Sendable {
  /// The embedding rows of each document's tokens.
  public var documents: [[Int32]]
  /// The label number of each document.
  public var labels: [Int]
  /// The weight of each document in the loss: one over the size of the whole minibatch.
  public var weight: Double
  /// How much a document of each label counts beside that; empty when all count the same.
  public var labelWeights: [Double]
  /// The exponent of the focal loss; 0 for the plain one.
  public var focal: Double
  /// Makes the random numbers of this shard in this step.
  public var generator: SeededGenerator

  /// A shard.
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

  /// The weight of a document with this label.
  public func weight(ofLabel label: Int) -> Double {
    labelWeights.isEmpty ? weight : weight * labelWeights[label]
  }

  /// How many tokens: `N`.
  public var tokenCount: Int { documents.reduce(0) { $0 + $1.count } }
}
