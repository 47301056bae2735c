package import FileAccess

/// The scores of a model on the test documents of earlier corpora.
public struct EarlierTestScores: Sendable, Equatable {
  /// The number of documents.
  public var documents: Int
  /// The share of documents with the right label.
  public var accuracy: Double
  /// The unweighted mean of F1 over the labels of these documents. A label that is new to the model
  /// would add a zero to the mean although nothing was forgotten.
  public var macroF1: Double

  /// The scores of an evaluation.
  public init(_ evaluation: Evaluation) {
    documents = evaluation.documents
    accuracy = evaluation.accuracy
    let figures = evaluation.classes.filter { $0.support > 0 }.map(\.f1)
    macroF1 = figures.reduce(0, +) / Double(max(figures.count, 1))
  }

  /// The scores with their names.
  static var measures: [(name: String, path: KeyPath<EarlierTestScores, Double>)] {
    [("accuracy", \.accuracy), ("macro F1", \.macroF1)]
  }

  /// The scores as JSON.
  package var json: JSONValue {
    .members([
      "documents": .integer(documents), "accuracy": .decimal(accuracy),
      "macroF1": .decimal(macroF1),
    ])
  }
}
