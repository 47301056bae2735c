import NumericKernels
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
  /// The factor by which the weights of each label's documents are multiplied, `[C]`; empty if all
  /// are 1.
  public var labelWeights: [Double]
  /// The focal-loss exponent; 0 disables it.
  public var focal: Double
  /// The generator of random numbers for this shard and step.
  public var generator: SeededGenerator
  /// Whether the batch is a shard of a training minibatch; if not, its documents are to be
  /// classified.
  public var isTraining = true
  /// The vectors of words past the end of the table, concatenated; empty in training.
  public var newVectors: [Float] = []

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

  /// Creates a batch of documents to classify.
  ///
  /// The new vectors of all documents are concatenated and numbered after the rows of the table.
  ///
  /// - Parameters:
  ///   - documents: the encoded documents.
  ///   - tableRows: the number of vectors in the table, `V + 1`.
  ///   - vectorWidth: the width of a vector, `D`.
  package init(classifying documents: [EncodedDocument], tableRows: Int, vectorWidth: Int) {
    var newVectors: [Float] = []
    let first = Int32(tableRows)
    let rows = documents.map { document -> [Int32] in
      guard !document.newVectors.isEmpty else { return document.rows }
      let shift = Int32(newVectors.count / vectorWidth)
      newVectors += document.newVectors
      return document.rows.map { $0 < first ? $0 : $0 + shift }
    }
    self.init(documents: rows, labels: [], weight: 0, generator: SeededGenerator(seed: 0))
    self.newVectors = newVectors
    isTraining = false
  }

  /// Returns the weight of a document with this label.
  public func weight(ofLabel label: Int) -> Double {
    labelWeights.isEmpty ? weight : weight * labelWeights[label]
  }

  /// The number of tokens: `N`.
  public var tokenCount: Int { documents.reduce(0) { $0 + $1.count } }

  /// Returns the summed cross-entropy of the documents' labels, in nats, and replaces the scores
  /// with the gradient of the weighted loss.
  ///
  /// - Parameters:
  ///   - scores: the scores of the labels, `[B, C]`; receives the gradient.
  ///   - labelCount: the number of labels, `C`.
  ///   - smoothing: the share of the target that is spread over all labels.
  func crossEntropy<Scalar: KernelScalar>(
    _ scores: UnsafeMutablePointer<Scalar>, labelCount: Int, smoothing: Double = 0
  ) -> Double {
    var loss = 0.0
    for (document, label) in labels.enumerated() {
      loss += SoftmaxCrossEntropy.forwardAndBackward(
        scores + document * labelCount, count: labelCount, target: label,
        weight: Scalar(weight(ofLabel: label)), smoothing: smoothing, focal: focal)
    }
    return loss
  }
}
