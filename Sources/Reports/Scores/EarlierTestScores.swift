package import FileAccess

/// What a model makes of the test documents of what was learned before.
public struct EarlierTestScores: Sendable, Equatable {
  /// How many documents.
  public var documents: Int
  /// The share of them that got their label.
  public var accuracy: Double
  /// The plain mean of F1 over the labels that these documents have: a label that is new to the model
  /// would bring a zero into the mean although nothing was forgotten.
  public var macroF1: Double

  /// The scores in an evaluation.
  public init(_ evaluation: Evaluation) {
    documents = evaluation.documents
    accuracy = evaluation.accuracy
    let figures = evaluation.classes.filter { $0.support > 0 }.map(\.f1)
    macroF1 = figures.reduce(0, +) / Double(max(figures.count, 1))
  }

  /// The scores by name.
  static var measures: [(name: String, path: KeyPath<EarlierTestScores, Double>)] {
    [("accuracy", \.accuracy), ("macro F1", \.macroF1)]
  }

  /// For programs.
  package var json: JSONValue {
    .members([
      "documents": .integer(documents), "accuracy": .decimal(accuracy),
      "macroF1": .decimal(macroF1),
    ])
  }
}
