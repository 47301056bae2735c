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
  /// The format of a file is decided by its extension (`.tsv`, `.csv`, `.jsonl`, also followed by
  /// `.gz`). With any other extension it is decided by the first line: `__label__`, a brace, a
  /// tab, or a header with the label and text columns.
  ///
  /// - Throws: `CorpusError` if no format fits, `FileError` if the file cannot be read.
  public static func detect(
    _ path: String, options: CorpusOptions = CorpusOptions()
  ) throws -> CorpusFormat {
    if try Folder.isFolder(path) { return .folder }
    var name = Folder.split(path).name.lowercased()
    if name.hasSuffix(".gz") { name.removeLast(3) }
    for (ending, format) in endings where name.hasSuffix(ending) {
      return format
    }
    guard let line = try firstLine(path, options) else {
      throw CorpusError(.empty, at: .file(path))
    }
    if line.starts(with: "__label__".utf8) { return .fastText }
    if line.first(where: { $0 != 0x20 && $0 != 0x09 }) == UInt8(ascii: "{") { return .jsonl }
    if line.contains(0x09) { return .tsv }
    let columns = line.split(separator: UInt8(ascii: ",")).map { Array($0.filter { $0 != 0x22 }) }
    if [options.labelColumn, options.textColumn].allSatisfy({ columns.contains(Array($0.utf8)) }) {
      return .csv
    }
    throw CorpusError(.unknownFormat, at: .line(path, 1, column: nil))
  }

  private static let endings: [(String, CorpusFormat)] = [
    (".tsv", .tsv), (".tab", .tsv), (".csv", .csv), (".jsonl", .jsonl), (".ndjson", .jsonl),
  ]

  /// Returns the first line that is not empty.
  private static func firstLine(_ path: String, _ options: CorpusOptions) throws -> [UInt8]? {
    var lines = CorpusLines(try InputFile(path: path), limit: options.rowLimit)
    while let line = try lines.next() {
      if !line.bytes.isEmpty { return line.bytes }
    }
    return nil
  }

  /// Adds all documents at `path` to `builder` and returns the SHA-256 of what was read.
  func read(
    _ path: String, options: CorpusOptions, into builder: inout CorpusBuilder
  ) throws -> String {
    switch self {
    case .tsv:
      try readLines(of: path, options) {
        try builder.addRows(of: &$0) { try TSVCorpus.add($0, $1, into: &$2) }
      }
    case .csv:
      try readLines(of: path, options) {
        try CSVCorpus.read(&$0, options: options, into: &builder)
      }
    case .jsonl:
      try readLines(of: path, options) {
        try builder.addRows(of: &$0) { try JSONLinesCorpus.add($0, $1, options, into: &$2) }
      }
    case .fastText:
      try readLines(of: path, options) {
        try builder.addRows(of: &$0) { try FastTextCorpus.add($0, $1, into: &$2) }
      }
    case .folder: try FolderCorpus.read(path, options: options, into: &builder)
    }
  }

  /// Opens a file for `body`, which reads it to the end, and returns its SHA-256.
  private func readLines(
    of path: String, _ options: CorpusOptions, _ body: (inout CorpusLines) throws -> Void
  ) throws -> String {
    guard try Folder.isFolder(path) == false else {
      throw CorpusError(.folderAsFile(format: rawValue), at: .file(path))
    }
    let file = try InputFile(path: path)
    var lines = CorpusLines(file, limit: options.rowLimit)
    try body(&lines)
    // There is no digest if the end was not reached, although `body` reads all lines.
    guard let sha256 = file.sha256 else { throw FileError(.changedWhileReading, in: path) }
    return sha256
  }
}
