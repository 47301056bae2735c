/// How `docket init` trains what it drafts: the one place for these values.
///
/// They are those that served the pipelines of this repository, by the number of documents.
struct Recipe: Equatable {
  /// The classifier's hidden units a direction.
  var hidden = 128
  /// How often the corpus is gone through.
  var epochs: Int
  /// Documents a step.
  var batch: Int
  /// The step size.
  var learningRate: Double
  /// The share of documents that the best epoch is chosen by; 0 keeps the last.
  var validation: Double
  /// The share of documents that is held out to evaluate with where there is no test corpus.
  var testShare = 0.2

  /// The recipe for so many documents to learn from.
  init(documents: Int) {
    // So that about a hundred thousand documents go by in all.
    epochs = min(40, max(6, 100_000 / max(documents, 1)))
    if documents < 2000 {
      // So few documents: small steps, and none to spare for choosing the epoch.
      (batch, learningRate, validation) = (8, 0.004, 0)
    } else {
      (batch, learningRate, validation) = (64, 0.002, 0.1)
    }
  }
}
