import ArgumentParser
import Embeddings
import FileAccess
import Platform
import PipelineCore

/// `docket-bench vectors`: reads all of a vector file, or only the vectors that a corpus needs.
struct VectorsBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vectors", abstract: "Times reading a file of word vectors.")

  @Argument(help: "The file.")
  var file: String

  @Option(help: "Threads.")
  var threads = 2

  @Flag(help: "Discard the rows: reading alone, without a table.")
  var discard = false

  @Option(help: "Keep only the vectors of these words, one per line, as a training does.")
  var words: String?

  @Flag(help: "Also compute the file's SHA-256, as a training does for its record.")
  var hash = false

  func run() throws {
    let size = try InputFile(path: file).size
    let corpus = try words.map(Self.corpus)
    let clock = ContinuousClock()
    let started = clock.now
    let (kind, rows, dimensions) = try corpus.map(select) ?? read()
    let seconds = (clock.now - started).inSeconds
    try report([
      "bench": .string(kind), "words": .integer(rows), "dimensions": .integer(dimensions),
      "threads": .integer(threads), "seconds": rounded(seconds),
      "mb_per_s": rounded(Double(size) / 1e6 / seconds),
      "table_mb": .integer((rows * dimensions * 4) >> 20), "peak_mb": .integer(peakMemory()),
    ])
  }

  /// Reads all rows.
  private func read() throws -> (kind: String, rows: Int, dimensions: Int) {
    var reader = try VectorFileReader(path: file, threads: threads, hashes: hash)
    guard discard else {
      return ("table", try WordVectors(reading: &reader).count, reader.dimensions)
    }
    var rows = 0
    while let block = try reader.nextBlock() { rows += block.count }
    return ("rows", rows, reader.dimensions)
  }

  /// Keeps the vectors that a corpus needs, with the stage that training uses.
  private func select(
    for corpus: TokenSequence
  ) throws -> (kind: String, rows: Int, dimensions: Int) {
    var configuration = Word2VecEmbedding.Configuration()
    configuration.vectors = FilePath(written: file, resolved: file)
    let table = try Word2VecEmbedding(configuration: configuration).makeTable(
      for: EmbeddingTask(documents: [corpus], threads: threads))
    return ("corpus", table.rowCount, table.dimensions)
  }

  /// Returns the lines of a file as the tokens of one document.
  private static func corpus(_ path: String) throws -> TokenSequence {
    let bytes = try InputFile.readAll(path: path, limit: 1 << 30)
    let ranges = bytes.split(separator: 0x0a).map { $0.startIndex..<$0.endIndex }
    return TokenSequence(text: AlignedText(source: bytes), ranges: ranges)
  }

  /// Returns the peak memory of this process, in MiB.
  private func peakMemory() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss / 1024
  }
}
