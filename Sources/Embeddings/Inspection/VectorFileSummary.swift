public import FileAccess
import PipelineCore

/// The contents of a vector file in numbers, for people and for scripts.
public struct VectorFileSummary {
  /// The vectors.
  public let vectors: WordVectors
  private let reader: VectorFileReader
  /// The norms of the vectors, ascending.
  private let norms: [Double]

  /// Reads a whole file.
  ///
  /// - Throws: as `VectorFileReader`.
  public init(reading reader: VectorFileReader) throws {
    var reader = reader
    vectors = try WordVectors(reading: &reader)
    self.reader = reader
    norms = vectors.norms.sorted()
  }

  /// The row counts in a sentence: rows = kept + duplicates + skipped.
  public var counts: String {
    let read = reader.counts
    return "\(read.read) rows read: \(vectors.count) kept, \(vectors.duplicates) duplicates, "
      + "\(read.skipped) skipped (\(read.emptyWords) empty, \(read.invalidUTF8) not UTF-8, "
      + "\(read.nonFinite) not finite)"
  }

  private var mean: Double { norms.reduce(0, +) / Double(max(norms.count, 1)) }

  private var median: Double { norms.isEmpty ? 0 : norms[norms.count / 2] }

  /// The summary as lines of text.
  public var text: String {
    let lengths = [norms.first ?? 0, median, mean, norms.last ?? 0].map(Self.rounded)
    var lines = [
      "\(reader.path): \(reader.format.description)" + (reader.isCompressed ? ", gzip" : ""),
      "\(vectors.count) words, \(vectors.dimensions) dimensions",
      counts,
      "vector norms: min \(lengths[0]), median \(lengths[1]), mean \(lengths[2]), "
        + "max \(lengths[3])",
    ]
    if let declared = reader.declaredRows, declared != reader.counts.read {
      lines.append("warning: the header declares \(declared) words")
    }
    if let sha256 = reader.sha256 { lines.append("SHA-256 \(sha256)") }
    return lines.joined(separator: "\n") + "\n"
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
          "least": .decimal(norms.first ?? 0), "median": .decimal(median),
          "mean": .decimal(mean), "largest": .decimal(norms.last ?? 0),
        ])),
      JSONMember("sha256", reader.sha256.map { .string($0) } ?? .null),
    ]
  }

  private static func rounded(_ value: Double) -> String {
    "\((value * 10_000).rounded() / 10_000)"
  }
}
