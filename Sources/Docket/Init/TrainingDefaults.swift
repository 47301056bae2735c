/// How `docket init` trains what it drafts: the one place for these values.
///
/// They are those that served the pipelines of this repository, by the number of documents.
struct TrainingDefaults: Equatable {
  /// The classifier's hidden units a direction.
  var hidden = 128
  /// How often the corpus is gone through.
  var epochs: Int
  /// Documents a step.
  var batch: Int
  /// The step size.
  var learningRate: Double
  /// Epochs without a better one after which training ends.
  var patience = 5
  /// The share of documents that the best epoch is chosen by, and what weighs the network against its
  /// linear part.
  var validation = 0.1
  /// Whether word vectors are learned from the documents before the network is.
  var pretrains = true
  /// The share of documents that is held out to evaluate with where there is no test corpus.
  var testShare = 0.2

  /// The recipe for so many documents to learn from.
  init(documents: Int) {
    // So that about a hundred thousand documents go by in all.
    epochs = min(40, max(6, 100_000 / max(documents, 1)))
    if documents < 2000 {
      // So few documents: small steps, or there would be hardly any.
      (batch, learningRate) = (8, 0.004)
    } else {
      (batch, learningRate) = (64, 0.002)
    }
  }
}
