public import PipelineCore

/// The `corpus` section of a pipeline file: which labelled documents, and how they are written.
public struct CorpusSection: StageConfiguration {
  /// How labelled documents are written in a file.
  public enum Format: String, CaseIterable, Sendable {
    /// Whatever the file looks like.
    case auto
    /// `label<TAB>text` lines.
    case tsv
    /// Comma-separated values with a header.
    case csv
    /// A JSON object a line.
    case jsonl
    /// `__label__name text` lines.
    case fasttext
    /// A folder a class, a file a document.
    case folder
  }

  /// What to do with a row that cannot be used.
  public enum BadRows: String, CaseIterable, Sendable {
    /// Nothing is read beyond it.
    case stop
    /// It is counted and listed, and the others are used.
    case skip
  }

  /// What to learn from; none in a pipeline that is not to be trained.
  public var train: [FilePath] = []
  /// What to evaluate with.
  public var test: [FilePath] = []
  /// The share of `train` to evaluate with where `test` names nothing; 0 for none.
  public var testShare = 0.0
  /// What to choose the best epoch by: a share of `train`, or documents of its own.
  public var validation = ShareOrPath.share(0.1)
  /// How all of them are written.
  public var format = Format.auto
  /// For `csv`, `tsv` with a header and `jsonl`.
  public var labelColumn = "label"
  /// For `csv`, `tsv` with a header and `jsonl`.
  public var textColumn = "text"
  /// What to do with rows that cannot be used.
  public var badRows = BadRows.stop

  /// All defaults.
  public init() {}

  /// The settings.
  public static var settings: [Setting<Self>] {
    [
      .paths("train", \.train, required: false, "the labelled documents to learn from"),
      .paths("test", \.test, required: false, "the labelled documents to evaluate with"),
      .number(
        "testShare", \.testShare, 0...0.5,
        "share of each label's training documents held out to evaluate with, where test is not named"
      ),
      .shareOrPath(
        "validation", \.validation, 0...0.5,
        "what the best epoch is chosen by: a share of the training documents, or a file"),
      .choice("format", \.format, "how the documents are written; auto looks at the file"),
      .text("labelColumn", \.labelColumn, "the column or field with the label"),
      .text("textColumn", \.textColumn, "the column or field with the text"),
      .choice(
        "badRows", \.badRows,
        "what to do with rows that cannot be used: stop at the first, or skip them and say so"),
    ]
  }

  /// The label cannot be its own text, and there is one test corpus at most.
  public func conflicts() -> [String] {
    var conflicts: [String] = []
    if labelColumn.utf8.elementsEqual(textColumn.utf8) {
      conflicts.append("labelColumn and textColumn name the same column")
    }
    if testShare > 0, !test.isEmpty {
      conflicts.append("test names documents to evaluate with, so testShare must be 0")
    }
    return conflicts
  }
}
