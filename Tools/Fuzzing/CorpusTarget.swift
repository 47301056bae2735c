import Corpora
import FileAccess
import PipelineCore

/// Reads corpus files. The first byte of the input chooses the options; the rest is the file.
enum CorpusTarget {
  static func checkTable(_ input: [UInt8]) throws -> String {
    try check(input) { [.tsv, .csv, nil, .csv][$0] }
  }

  static func checkJSONLines(_ input: [UInt8]) throws -> String {
    try check(input) { [.jsonl, nil, .jsonl, .jsonl][$0] }
  }

  static func checkFastText(_ input: [UInt8]) throws -> String {
    try check(input) { [.fastText, nil, .fastText, .fastText][$0] }
  }

  private static func check(
    _ input: [UInt8], format: (Int) -> CorpusFormat?
  ) throws -> String {
    guard let first = input.first else { return "too short" }
    // Seeds begin with a readable character: 0 for no options.
    let choice = Int(first &- UInt8(ascii: "0"))
    let bytes = Array(input.dropFirst())
    var options = CorpusOptions()
    options.purpose = choice & 4 == 0 ? .evaluation : .training
    if choice & 8 != 0 { (options.labelColumn, options.textColumn) = ("1", "2") }
    if choice & 16 != 0 { (options.rowLimit, options.labelLimit) = (64, 8) }
    if choice & 32 != 0 { (options.documentBytes, options.labelCountLimit) = (16, 2) }
    if choice & 64 != 0 {
      options.encoding = TextEncoding(named: choice & 128 == 0 ? "big5" : "cp1254")
    }
    let path = FuzzedFile.put(bytes)
    let isPlain = options.encoding == nil && !startsWithMark(bytes)
    let corpus = try read(
      path, format: format(choice & 3), options, rows: isPlain ? bytes : nil)
    for document in corpus.documents {
      try require(document.text.count <= options.documentBytes ?? .max, "a document is too long")
      if isPlain { try requirePosition(document.position, inside: bytes) }
    }
    return corpus.format?.rawValue ?? "none"
  }

  /// Returns whether a file may be UTF-16 or UTF-32, whose lines cannot be counted here.
  private static func startsWithMark(_ bytes: [UInt8]) -> Bool {
    [0, 0xFE, 0xFF].contains(bytes.first ?? 0)
  }

  /// Reads a corpus with and without skipping unusable rows, and compares the results.
  ///
  /// - Parameter rows: the bytes of the file, if its rows can be counted.
  static func read(
    _ path: String, format: CorpusFormat?, _ options: CorpusOptions, rows: [UInt8]?
  ) throws -> Corpus {
    var skipping = options
    skipping.collectsFaults = true
    let lenient = Result { try Corpus.read([path], format: format, options: skipping) }
    do {
      let corpus = try Corpus.read([path], format: format, options: options)
      let other = try lenient.get()
      try require(
        corpus.documents == other.documents && other.faults.count == 0,
        "skipping unusable rows changes a corpus that has none")
      try check(other, rows: rows, labelLimit: options.labelLimit)
      return corpus
    } catch let error as any DiagnosableError {
      if let rows { try requirePosition(error.position, inside: rows) }
      if let other = try? lenient.get() {
        try require(
          other.faults.listed.first?.description == error.description,
          "\(error), but skipped: \(String(describing: other.faults.listed.first))")
        try check(other, rows: rows, labelLimit: options.labelLimit)
      }
      throw error
    }
  }

  private static func check(_ corpus: Corpus, rows: [UInt8]?, labelLimit: Int) throws {
    for document in corpus.documents {
      try require(
        String(validating: document.text, as: UTF8.self) != nil && !document.text.contains(0),
        "a text is not valid")
      let label = document.label.bytes
      try require(
        (1...labelLimit).contains(label.count)
          && String(validating: label, as: UTF8.self) != nil
          && label.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "a label is not valid")
    }
    for warning in corpus.warnings { try require(!"\(warning)".isEmpty, "an empty warning") }
    guard let rows else { return }
    for fault in corpus.faults.listed { try requirePosition(fault.position, inside: rows) }
    try checkCount(corpus, rows)
  }

  /// Checks that every row is a document or an error, in formats with one row per line.
  private static func checkCount(_ corpus: Corpus, _ rows: [UInt8]) throws {
    let found = corpus.documents.count + corpus.faults.count
    var text = rows[...]
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
    let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
    let full = lines.count { !$0.isEmpty && !$0.elementsEqual([0x0D]) }
    switch corpus.format {
    case .fastText:
      // A run of empty lines is one error, unless an error in the next line hides it.
      try require((full...lines.count).contains(found), "\(found) rows, \(full) lines")
    case .tsv:
      let isHeader = corpus.warnings.contains { $0.kind == .headerRow }
      let wanted = full - (isHeader ? 1 : 0)
      try require((wanted...lines.count).contains(found), "\(found) rows, \(wanted) lines")
    case .jsonl:
      let start = text.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
      guard start != UInt8(ascii: "[") else { break }
      try require((full...lines.count).contains(found), "\(found) rows, \(full) lines")
    case .csv, .folder, nil: try require(found <= rows.count + 1, "\(found) rows")
    }
  }
}
