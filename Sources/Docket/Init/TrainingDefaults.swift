/// The training settings of a draft, chosen by measurement; see `Benchmarks/recipe.md`.
struct TrainingDefaults {
  /// The number of passes over the corpus.
  let epochs: Int
  /// The number of documents per step.
  let batch: Int
  /// The number of documents that a thread processes at a time.
  let shard: Int
  /// The learning rate.
  let learningRate = 0.002
  /// The number of epochs without improvement after which training ends.
  let patience = 5
  /// The share of the training documents used to select the best epoch and calibrate the
  /// classifier.
  let validation = 0.1
  /// Whether to train word vectors on the documents before the classifier.
  let pretrains = true
  /// The share of documents held out for testing if there is no test corpus.
  static let testShare = 0.2

  /// The maximum number of tokens read in all epochs together, unless three epochs already read
  /// more.
  private static let tokens = 15_000_000

  /// Creates settings for this number of training documents, with this number of tokens.
  init(documents: Int, tokens: Int) {
    // Small corpora need small batches; otherwise, an epoch would have too few steps.
    let epochs: Int
    switch documents {
    case ..<2000: (batch, epochs) = (8, 15)
    case ..<5000: (batch, epochs) = (16, 10)
    case ..<20_000: (batch, epochs) = (32, 6)
    default: (batch, epochs) = (64, 5)
    }
    // Two threads share a batch.
    shard = batch / 2
    self.epochs = min(epochs, max(3, Self.tokens / max(tokens, 1)))
  }
}
