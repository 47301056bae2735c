public import PipelineCore

/// The `report` section of a pipeline file: what the report contains about the test documents.
public struct ReportSection: StageConfiguration {
  /// The amount of a document's text that a report contains.
  public enum Texts: String, CaseIterable, Sendable {
    /// The first 500 characters.
    case excerpt
    /// The whole text in `errors.jsonl`, so that the documents can be classified and explained
    /// again.
    case whole
    /// Nothing, for confidential documents.
    case none
  }

  /// The amount of text that the report contains for each misclassified document.
  public var texts = Texts.excerpt
  /// The maximum number of misclassified documents to list.
  public var errors = 10_000

  /// Creates default settings.
  public init() {}

  /// The settings.
  public static var settings: [Setting<Self>] {
    [
      .choice(
        "texts", \.texts,
        "what to show of misclassified documents: an excerpt, the whole text in errors.jsonl, or none for "
          + "confidential texts"),
      .integer(
        "errors", \.errors, 0...1_000_000,
        "misclassified documents to list, the most confident first; 0 lists none"),
    ]
  }
}
