import FileAccess
import PipelineCore

/// How the documents of a corpus stand in a file.
public enum CorpusFormat: String, Sendable, CaseIterable, CustomStringConvertible {
  /// `label<TAB>text`, one document a line, no header.
  case tsv
  /// Comma-separated values with a header, by RFC 4180.
  case csv
  /// A JSON object a line.
  case jsonl
  /// `__label__x text`, one document a line.
  case fastText = "fasttext"
  /// A folder for each label, a file for each document.
  case folder

  /// The name that `corpus.format` has.
  public var description: String { rawValue }

  /// The format of the file or folder at `path`.
  ///
  /// A folder is one. A file is what its name ends in says (`.tsv`, `.csv`, `.jsonl`, each also
  /// with `.gz`); with any other name, what its first line looks like: `__label__`, a brace, a tab,
  /// or a header with the columns for label and text.
  ///
  /// - Throws: `CorpusError` when nothing fits, `FileError` when the file cannot be read.
  public static func detect(
    _ path: String, options: CorpusOptions = CorpusOptions()
  ) throws -> CorpusFormat {
    if Folder.exists(path) { return .folder }
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

  /// The first line that is not empty, as far as it is needed to know the format.
  private static func firstLine(_ path: String, _ options: CorpusOptions) throws -> [UInt8]? {
    var lines = CorpusLines(try InputFile(path: path), limit: options.rowLimit)
    while let line = try lines.next() {
      if !line.bytes.isEmpty { return line.bytes }
    }
    return nil
  }

  /// Reads all documents at `path` into `builder`; the SHA-256 of what was read.
  func read(
    _ path: String, options: CorpusOptions, into builder: inout CorpusBuilder
  ) throws -> String {
    switch self {
    case .tsv: try readLines(of: path, options) { try TSVCorpus.read(&$0, into: &builder) }
    case .csv:
      try readLines(of: path, options) {
        try CSVCorpus.read(&$0, options: options, into: &builder)
      }
    case .jsonl:
      try readLines(of: path, options) {
        try JSONLinesCorpus.read(&$0, options: options, into: &builder)
      }
    case .fastText:
      try readLines(of: path, options) { try FastTextCorpus.read(&$0, into: &builder) }
    case .folder: try FolderCorpus.read(path, options: options, into: &builder)
    }
  }

  private func readLines(
    of path: String, _ options: CorpusOptions, _ body: (inout CorpusLines) throws -> Void
  ) throws -> String {
    guard !Folder.exists(path) else {
      throw CorpusError(.folderAsFile(format: rawValue), at: .file(path))
    }
    let file = try InputFile(path: path)
    var lines = CorpusLines(file, limit: options.rowLimit)
    try body(&lines)
    // A digest exists once the end was read, and every reader goes on to the end.
    guard let sha256 = file.sha256 else { throw FileError(.changedWhileReading, in: path) }
    return sha256
  }
}
