import FileAccess
import PipelineCore

/// The format of a corpus.
public enum CorpusFormat: String, Sendable, CaseIterable, CustomStringConvertible {
  /// `label<TAB>text` lines without a header.
  case tsv
  /// Comma-separated values with a header (RFC 4180).
  case csv
  /// One JSON object per line.
  case jsonl
  /// `__label__x text` lines.
  case fastText = "fasttext"
  /// One folder per label, one file per document.
  case folder

  /// The value of `corpus.format`.
  public var description: String { rawValue }

  /// Detects the format of the file or folder at `path`.
  ///
  /// The extension of a file determines its format (`.tsv`, `.csv`, `.jsonl`, optionally followed
  /// by `.gz`). For any other extension, the first line determines it: `__label__`, a brace or the
  /// bracket of an array, a tab, or several columns that include label and text.
  ///
  /// - Throws: `CorpusError` if no format matches; `FileError` if the file cannot be read.
  public static func detect(
    _ path: String, options: CorpusOptions = CorpusOptions()
  ) throws -> CorpusFormat {
    if try Folder.isFolder(path) { return .folder }
    var name = Folder.split(path).name.lowercased()
    if name.hasSuffix(".gz") { name.removeLast(3) }
    for (ending, format) in endings where name.hasSuffix(ending) {
      return format
    }
    let file = try DecodedFile(corpus: path, options)
    if JSONRows.isArray(file) { return .jsonl }
    guard let line = try firstLine(file, options) else {
      throw CorpusError(.empty, at: .file(path))
    }
    if line.starts(with: "__label__".utf8) { return .fastText }
    if line.first(where: { $0 != 0x20 && $0 != 0x09 }) == UInt8(ascii: "{") { return .jsonl }
    if line.contains(0x09) { return .tsv }
    let isTable = (try? TableLayout.find(path, .csv, options)) != nil
    guard isTable else { throw CorpusError(.unknownFormat, at: .line(path, 1, column: nil)) }
    return .csv
  }

  private static let endings: [(String, CorpusFormat)] = [
    (".tsv", .tsv), (".tab", .tsv), (".csv", .csv), (".jsonl", .jsonl), (".ndjson", .jsonl),
  ]

  /// Returns the first line that is not empty.
  private static func firstLine(
    _ file: DecodedFile, _ options: CorpusOptions
  ) throws -> [UInt8]? {
    var lines = CorpusLines(file, limit: options.rowLimit)
    while let line = try lines.next() {
      if !line.bytes.isEmpty { return line.bytes }
      lines.skipEmpty()
    }
    return nil
  }

  /// Adds all documents at `path` to `builder`.
  ///
  /// - Returns: the SHA-256 of the input, and the columns that were chosen.
  func read(
    _ path: String, options: CorpusOptions, into builder: inout CorpusBuilder
  ) throws -> (sha256: String, columns: ColumnChoice?) {
    if self == .folder {
      return (try FolderCorpus.read(path, options: options, into: &builder), nil)
    }
    guard try Folder.isFolder(path) == false else {
      throw CorpusError(.folderAsFile(format: rawValue), at: .file(path))
    }
    let file = try DecodedFile(corpus: path, options)
    if let warning = file.mismatch(options) { builder.note(warning) }
    var columns: ColumnChoice?
    switch self {
    case .tsv, .csv:
      let layout = try TableLayout.find(path, self, options)
      var lines = CorpusLines(file, limit: options.rowLimit)
      try TableCorpus.read(&lines, layout, into: &builder)
      columns = layout.chosen
    case .jsonl: columns = try JSONLinesCorpus.read(file, path, options, into: &builder)
    case .fastText:
      var lines = CorpusLines(file, limit: options.rowLimit)
      try builder.addRows(of: &lines) { try FastTextCorpus.add($0, $1, into: &$2) }
    case .folder: break
    }
    // There is no digest if the end of the file was not reached, even if all rows were read.
    guard let sha256 = file.sha256 else { throw FileError(.changedWhileReading, in: path) }
    return (sha256, columns)
  }
}
