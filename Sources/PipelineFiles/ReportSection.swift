public import PipelineCore

/// The `report` section of a pipeline file: what the report shows of the test documents.
public struct ReportSection: StageConfiguration {
  /// How much of a document's text a report contains.
  public enum Texts: String, CaseIterable, Sendable {
    /// The first 500 characters.
    case excerpt
    /// All of it in `errors.jsonl`, so that the documents can be classified and explained again.
    case whole
    /// Nothing, for confidential documents.
    case none
  }

  /// How much of the texts of misclassified documents the report contains.
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
