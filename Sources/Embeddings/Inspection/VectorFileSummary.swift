public import FileAccess
import PipelineCore

/// Statistics about a vector file, as text and as JSON.
public struct VectorFileSummary {
  /// The vectors.
  public let vectors: WordVectors
  private let reader: VectorFileReader
  private let magnitudes: VectorMagnitudes

  /// Reads a whole file.
  ///
  /// - Throws: the same errors as `VectorFileReader.nextBlock()`; `MemoryError`.
  public init(reading reader: VectorFileReader) throws {
    var reader = reader
    vectors = try WordVectors(reading: &reader)
    self.reader = reader
    magnitudes = VectorMagnitudes(vectors.norms)
  }

  /// The row counts in a sentence: rows = kept + duplicates + skipped.
  public var counts: String {
    let read = reader.counts
    return "\(read.read) rows read: \(vectors.count) kept, \(vectors.duplicates) duplicates, "
      + "\(read.skipped) skipped (\(read.emptyWords) empty, \(read.invalidUTF8) not UTF-8, "
      + "\(read.nonFinite) not finite)"
  }

  /// Sentences about anything unusual in the file.
  public var warnings: [String] {
    let declared = reader.declaredRows.flatMap { $0 == reader.counts.read ? nil : $0 }
    return (declared.map { ["the header declares \($0) words"] } ?? []) + magnitudes.warnings()
  }

  /// The summary as lines of text.
  public var text: String {
    let lengths = [
      magnitudes.least, magnitudes.median, magnitudes.mean, magnitudes.largest,
    ].map(VectorMagnitudes.short)
    var lines = [
      "\(reader.path): \(reader.format.description)" + (reader.isCompressed ? ", gzip" : ""),
      "\(vectors.count) words, \(vectors.dimensions) dimensions",
      counts,
      "vector norms: min \(lengths[0]), median \(lengths[1]), mean \(lengths[2]), "
        + "max \(lengths[3])",
    ]
    lines += warnings.map { "warning: \($0)" }
    if let sha256 = reader.sha256 { lines.append("SHA-256 \(sha256)") }
    return lines.map { QuotedText.escaped($0) + "\n" }.joined()
  }

  /// The summary as JSON.
  public var json: [JSONMember] {
    let read = reader.counts
    return [
      JSONMember("form", .string(reader.format.rawValue)),
      JSONMember("gzip", .bool(reader.isCompressed)),
      JSONMember("words", .integer(vectors.count)),
      JSONMember("dimensions", .integer(vectors.dimensions)),
      JSONMember("rows", .integer(read.read)),
      JSONMember("declaredRows", reader.declaredRows.map { .integer($0) } ?? .null),
      JSONMember("duplicates", .integer(vectors.duplicates)),
      JSONMember(
        "skipped",
        .members([
          "empty": .integer(read.emptyWords), "notUTF8": .integer(read.invalidUTF8),
          "notFinite": .integer(read.nonFinite),
        ])),
      JSONMember(
        "norms",
        .members([
          "least": .decimal(magnitudes.least), "median": .decimal(magnitudes.median),
          "mean": .decimal(magnitudes.mean), "largest": .decimal(magnitudes.largest),
        ])),
      JSONMember("zeroVectors", .integer(magnitudes.zeros)),
      JSONMember("warnings", .array(warnings.map { .string($0) })),
      JSONMember("sha256", reader.sha256.map { .string($0) } ?? .null),
    ]
  }
}
