public import FileAccess
import PipelineCore

/// What a file of word vectors holds, for people and for scripts.
public struct VectorFileSummary {
  /// The vectors.
  public let vectors: WordVectors
  private let reader: VectorFileReader
  /// The lengths of the vectors, ascending.
  private let norms: [Double]

  /// Reads a file whole.
  ///
  /// - Throws: as `VectorFileReader`.
  public init(reading reader: VectorFileReader) throws {
    var reader = reader
    vectors = try WordVectors(reading: &reader)
    self.reader = reader
    norms = vectors.norms.sorted()
  }

  /// Counts that add up: rows = words + duplicates + skipped.
  public var counts: String {
    let read = reader.counts
    return "\(read.read) rows read: \(vectors.count) kept, \(vectors.duplicates) duplicates, "
      + "\(read.skipped) skipped (\(read.emptyWords) empty, \(read.invalidUTF8) not UTF-8, "
      + "\(read.nonFinite) not finite)"
  }

  private var mean: Double { norms.reduce(0, +) / Double(max(norms.count, 1)) }

  /// The middle of the lengths.
  private var median: Double { norms.isEmpty ? 0 : norms[norms.count / 2] }

  /// For people.
  public var text: String {
    let lengths = [norms.first ?? 0, median, mean, norms.last ?? 0].map(Self.rounded)
    var lines = [
      "\(reader.path): \(reader.format.description)" + (reader.isPacked ? ", gzip" : ""),
      "\(vectors.count) words, \(vectors.dimensions) dimensions",
      counts,
      "lengths of the vectors: least \(lengths[0]), median \(lengths[1]), mean \(lengths[2]), "
        + "largest \(lengths[3])",
    ]
    if let declared = reader.declaredRows, declared != reader.counts.read {
      lines.append("warning: the header says \(declared) words")
    }
    if let sha256 = reader.sha256 { lines.append("SHA-256 \(sha256)") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// For scripts.
  public var json: [JSONMember] {
    let read = reader.counts
    return [
      JSONMember("form", .string(reader.format.rawValue)),
      JSONMember("gzip", .bool(reader.isPacked)),
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

extension VectorFileFormat: CustomStringConvertible {
  /// The form, for people.
  public var description: String {
    switch self {
    case .auto: "not recognized yet"
    case .text: "word2vec text, or fastText .vec"
    case .binary: "word2vec binary"
    case .glove: "GloVe text, without a header"
    case .safetensors: "table in safetensors, mapped"
    }
  }
}
