import FileAccess
package import PipelineCore

/// Reads text without labels, a document a line.
///
/// What cannot be used is passed over and counted: there is plenty more of it.
package struct UnlabelledText {
  /// Lines that became documents.
  package private(set) var used = 0
  /// Lines that could not be used: too long, not UTF-8, refused by a normalizer.
  package private(set) var skipped = 0
  private var files = 0

  /// Nothing read yet.
  package init() {}

  /// The longest line that is held; the pipeline's own limit on documents comes after it.
  static let lineLimit = 64 << 20

  /// The documents of a file, empty lines left out.
  ///
  /// - Throws: `FileError`
  package mutating func read(
    _ path: String, tokenize: ([[UInt8]]) -> [TokenSequence?]
  ) throws -> [TokenSequence] {
    files += 1
    var reader = LineReader(try InputFile(path: path), limit: Self.lineLimit)
    var documents: [TokenSequence] = []
    var waiting: [[UInt8]] = []
    func flush() {
      let tokens = tokenize(waiting)
      documents += tokens.compactMap { $0 }
      skipped += tokens.count { $0 == nil }
      waiting.removeAll(keepingCapacity: true)
    }
    while let line = try reader.next() {
      switch line.content {
      case .bytes(let bytes) where bytes.isEmpty: continue
      case .bytes(let bytes): waiting.append(bytes)
      case .tooLong: skipped += 1
      }
      if waiting.count == 4096 { flush() }
    }
    flush()
    used += documents.count
    return documents
  }

  /// `, 12 unlabelled documents and 3 lines skipped among them`
  var summary: String {
    files == 0
      ? "" : " (with \(used) documents of unlabelled text, \(skipped) lines skipped)"
  }
}
