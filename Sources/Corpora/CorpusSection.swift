public import FileAccess
public import PipelineCore

/// The `corpus` section of a pipeline file: the labelled documents and their format.
public struct CorpusSection: StageConfiguration {
  /// The format of the labelled documents.
  public enum Format: String, CaseIterable, Sendable {
    /// Detected from the file.
    case auto
    /// `label<TAB>text` lines.
    case tsv
    /// Comma-separated values with a header.
    case csv
    /// One JSON object per line.
    case jsonl
    /// `__label__name text` lines.
    case fasttext
    /// One folder per label, one file per document.
    case folder
  }

  /// The treatment of unusable rows.
  public enum BadRows: String, CaseIterable, Sendable {
    /// Fail at the first one.
    case stop
    /// Count and list them, and use the other rows.
    case skip
  }

  /// The training documents; empty in a pipeline that is not trained.
  public var train: [FilePath] = []
  /// The test documents.
  public var test: [FilePath] = []
  /// Documents without labels, which are also used to learn word vectors.
  public var unlabelled: [FilePath] = []
  /// The share of `train` that is used as test documents if `test` is empty; 0 for none.
  public var testShare = 0.0
  /// The documents that select the best epoch: a share of `train`, or a separate file.
  public var validation = ShareOrPath.share(0.1)
  /// The format of all documents.
  public var format = Format.auto
  /// The column (`csv`) or member (`jsonl`) with the label.
  public var labelColumn = "label"
  /// The column (`csv`) or member (`jsonl`) with the text.
  public var textColumn = "text"
  /// The encoding of files without a byte order mark; `nil` for UTF-8.
  public var encoding: TextEncoding?
  /// The treatment of unusable rows.
  public var badRows = BadRows.stop
  /// The maximum size of a document in bytes, from `limits.documentBytes`; `nil` for no limit. A
  /// longer document makes its row unusable.
  package var documentBytes: Int?

  /// Creates default settings.
  public init() {}

  /// The settings.
  public static var settings: [Setting<Self>] {
    [
      .paths("train", \.train, required: false, "labelled documents for training"),
      .paths("test", \.test, required: false, "labelled documents for evaluation"),
      .number(
        "testShare", \.testShare, 0...0.5,
        "share of each label's training documents held out for evaluation; 0 holds out none"),
      .shareOrPath(
        "validation", \.validation, 0...0.5,
        "documents used to select the best epoch: a share of the training documents, or a file"),
      .paths(
        "unlabelled", \.unlabelled, required: false,
        "documents without labels to learn word vectors from: text with one document per line, JSON "
          + "lines, or a folder of .txt files"),
      .choice("format", \.format, "format of the documents; auto detects it"),
      .text(
        "labelColumn", \.labelColumn,
        "column or JSON member with the label; a number counts columns from 1"),
      .text(
        "textColumn", \.textColumn,
        "column or JSON member with the text; a number counts columns from 1"),
      .named(
        "encoding", \.encoding, known: TextEncoding.names, parse: { TextEncoding(named: $0) },
        describe: { $0.name },
        "character encoding, such as windows-1254 or gb18030; UTF-8 and files with a byte order mark "
          + "need none"),
      .choice(
        "badRows", \.badRows,
        "rows that cannot be used: stop fails at the first, skip reports and skips them"),
    ]
  }

  /// Returns a conflict if label and text name the same column, or if there are two sources of test
  /// documents.
  public func conflicts() -> [String] {
    var conflicts: [String] = []
    if labelColumn.utf8.elementsEqual(textColumn.utf8) {
      conflicts.append("labelColumn and textColumn name the same column")
    }
    if testShare > 0, !test.isEmpty {
      conflicts.append("test and testShare cannot be used together; remove one of them")
    }
    return conflicts
  }
}

extension CorpusSection {
  /// The format to read; `nil` to detect it.
  package var corpusFormat: CorpusFormat? { CorpusFormat(rawValue: format.rawValue) }

  /// The options for reading.
  package var options: CorpusOptions {
    var options = CorpusOptions()
    options.labelColumn = labelColumn
    options.textColumn = textColumn
    options.encoding = encoding
    options.collectsFaults = badRows == .skip
    options.faultLimit = 100_000
    options.documentBytes = documentBytes
    return options
  }

  /// Returns the options for reading documents to evaluate, like the training documents unless the
  /// arguments say otherwise.
  public func evaluationOptions(
    labelColumn: String? = nil, textColumn: String? = nil, encoding: TextEncoding? = nil
  ) -> CorpusOptions {
    var options = options
    options.labelColumn = labelColumn ?? options.labelColumn
    options.textColumn = textColumn ?? options.textColumn
    options.encoding = encoding ?? options.encoding
    options.purpose = .evaluation
    return options
  }

  /// Reads the training documents: all of `train` except the share that `testShare` holds out.
  ///
  /// - Parameters:
  ///   - options: the options for reading; by default, those of the section.
  ///   - purpose: the use of the documents; training requires at least two labels.
  /// - Throws: `CorpusError`, `JSONError` or `FileError`, each with its position.
  package func readTraining(
    _ options: CorpusOptions? = nil, purpose: CorpusOptions.Purpose = .training
  ) throws -> Corpus {
    let corpus = try read(train, purpose, options)
    return testShare > 0 ? corpus.holdingOut(testShare).training : corpus
  }

  /// Reads the test documents: `test`, or the share of `train` that `testShare` holds out.
  ///
  /// - Throws: the same errors as `readTraining`.
  /// - Precondition: `test` is not empty or `testShare` is above 0.
  package func readTest(_ options: CorpusOptions? = nil) throws -> Corpus {
    guard test.isEmpty else { return try read(test, .evaluation, options) }
    return try read(train, .training, options).holdingOut(testShare).test
  }

  /// The files with the test documents; the training files if a share of the training documents is
  /// held out. Empty if there are no test documents.
  package var testFiles: [FilePath] { test.isEmpty ? (testShare > 0 ? train : []) : test }

  /// Reads a file of validation documents, whose labels must be in `labels`.
  ///
  /// - Throws: the same errors as `readTraining`.
  package func readValidation(
    _ file: FilePath, labels: LabelSet, _ options: CorpusOptions? = nil
  ) throws -> Corpus {
    var options = options ?? self.options
    options.allowedLabels = labels
    return try read([file], .evaluation, options)
  }

  private func read(
    _ paths: [FilePath], _ purpose: CorpusOptions.Purpose, _ given: CorpusOptions?
  ) throws -> Corpus {
    var options = given ?? self.options
    options.purpose = purpose
    guard !paths.isEmpty else { throw CorpusError(.notInFile, at: nil) }
    return try Corpus.read(paths.map(\.resolved), format: corpusFormat, options: options)
  }
}
