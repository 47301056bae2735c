package import PipelineCore

/// The classifier of a drafted pipeline with its settings.
package struct DraftRecipe: Sendable {
  /// The named recipes, from the most accurate to the fastest.
  package enum Preset: String, Sendable, CaseIterable {
    /// A network with vectors and a linear part.
    case accurate
    /// The linear part alone.
    case fast
    /// A linear classifier over single words.
    case fastest
  }

  /// The classifier stage.
  package let classifier: String
  /// The settings of the classifier that differ from the defaults, as lines of YAML.
  let settings: [String]
  /// Whether the classifier reads word vectors.
  package let readsVectors: Bool
  /// Whether the classifier is trained in epochs.
  let hasEpochs: Bool
  /// The comment in the draft that explains the choice.
  let comment: String

  /// Creates a named recipe.
  package init(_ preset: Preset) {
    switch preset {
    case .accurate:
      (classifier, settings) = ("bilstm.v1", ["hidden: 128"])
      (readsVectors, hasEpochs) = (true, true)
      comment = "A network with a linear part. docket init --fast drafts the linear part alone."
    case .fast:
      (classifier, settings) = ("ngrams.v1", [])
      (readsVectors, hasEpochs) = (false, false)
      comment = "A linear classifier over n-grams of words and characters."
    case .fastest:
      (classifier, settings) = ("ngrams.v1", ["words: 1", "characters: 0"])
      (readsVectors, hasEpochs) = (false, false)
      comment = "A linear classifier over single words."
    }
  }

  /// Creates a recipe for a classifier with its default settings.
  package init(of classifier: any Classifier.Type) {
    self.classifier = classifier.stageName
    settings = []
    readsVectors = classifier.input == .vectors
    hasEpochs = !classifier.fitsInOnePass
    comment = "With default settings: \(classifier.summary)."
  }
}
