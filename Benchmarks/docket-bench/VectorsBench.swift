import ArgumentParser
import Embeddings
import FileAccess
import Glibc
import PipelineCore

/// `docket-bench vectors`: reads a file of word vectors whole.
struct VectorsBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vectors", abstract: "Times reading a file of word vectors.")

  @Argument(help: "The file.")
  var file: String

  @Option(help: "Threads.")
  var threads = 2

  @Flag(help: "Throw the rows away: reading alone, without a table.")
  var discard = false

  func run() throws {
    let clock = ContinuousClock()
    let started = clock.now
    var reader = try VectorFileReader(path: file, threads: threads)
    var rows = 0
    if discard {
      while let block = try reader.nextBlock() { rows += block.count }
    } else {
      rows = try WordVectors(reading: &reader).count
    }
    let seconds = (clock.now - started).inSeconds
    let size = try InputFile(path: file).size
    try report([
      "bench": .string(discard ? "rows" : "table"), "words": .integer(rows),
      "dimensions": .integer(reader.dimensions), "threads": .integer(threads),
      "seconds": rounded(seconds), "mb_per_s": rounded(Double(size) / 1e6 / seconds),
      "peak_mb": .integer(peakMemory()),
    ])
  }

  /// The most memory that this process has held, in MiB.
  private func peakMemory() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss / 1024
  }
}
