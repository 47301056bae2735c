import FileAccess
import Glibc
import TestSupport
import Testing

/// Large files made to take time or memory: how much processor time `docket` takes to refuse or to
/// read them, and how much memory.
///
/// A file of 16 MiB is refused in at most 2 seconds, a smaller one in proportion, and in at most 4
/// times the memory of the file plus 256 MiB. `DOCKET_HOSTILE=16` makes the files 16 MiB instead of
/// 2, and prints a table.
@Suite("Large hostile files", .serialized) struct HostileFilesTests {
  private static let longForm = getenv("DOCKET_HOSTILE").flatMap { Int(String(cString: $0)) }
  /// The size of a file in bytes.
  static let size = (longForm ?? 2) << 20
  /// The limit of processor time in seconds for a file of this size with this number of records,
  /// including 0.4 s to start. The short form allows twice as much, because it also runs on slow and
  /// busy machines.
  private static func timeLimit(bytes: Int, records: Int) -> Double {
    (longForm == nil ? 2 : 1) * (0.4 + 1.6 * Double(bytes) / 0x1p24 + 5e-6 * Double(records))
  }

  /// A pipeline for a corpus of each kind.
  private static func pipeline(_ corpus: String) -> String {
    "docket: 1\ncorpus: {train: \(corpus), badRows: skip, validation: 0}\nclassifier: ngrams.v1\n"
  }

  @Test(
    "A hostile file that is refused is refused in little time and memory",
    arguments: HostileFile.Kind.allCases)
  func files(kind: HostileFile.Kind) throws {
    let folder = TestFolder()
    try folder.file("train.tsv", "a\tx y\nb\tz\na\tx\nb\tz w\n")
    try folder.file("m.yaml", Self.pipeline("train.tsv"))
    if kind == .documents || kind == .jsonDocuments {
      try #require(
        Command.docket("train", "m.yaml", "--output", "m.docket", folder: folder.path).code == 0)
    }
    for (content, bytes) in HostileFile.contents(of: kind, size: Self.size) {
      try folder.file(kind.fileName, bytes)
      try folder.file("p.yaml", Self.pipeline(kind.fileName))
      let wait: Duration = .seconds(Self.longForm == nil ? 120 : 1200)
      let outcome = try Command.shell(
        "exec $docket \(kind.command)", folder: folder.path, within: wait)
      // Documents are classified one by one: a bad line gives a record with an error, and the file
      // is not refused.
      let records = kind == .documents || kind == .jsonDocuments ? bytes.count { $0 == 0x0A } : 0
      let limit = Self.timeLimit(bytes: bytes.count, records: records)
      var seconds = outcome.processorSeconds
      // On a busy machine, processor time depends on what else runs at the moment.
      for _ in 0..<2 where outcome.code != 0 && seconds >= limit {
        let again = try Command.shell(
          "exec $docket \(kind.command)", folder: folder.path, within: wait)
        seconds = min(seconds, again.processorSeconds)
      }
      let comment = "\(kind), \(content): \(seconds) s, \(outcome.peakMemory >> 20) MiB"
      let code = outcome.errors.split(separator: "[").last?.prefix { $0 != "]" } ?? ""
      if Self.longForm != nil {
        let result = outcome.code == 0 ? "read" : "\(outcome.code) \(code)"
        print("| \(kind) | \(content) | \(result) | \(seconds) | \(outcome.peakMemory >> 20) |")
      }
      #expect([0, 1, 65, 66].contains(outcome.code), "\(comment): \(outcome.errors.suffix(400))")
      #expect(outcome.errors.utf8.count < 100_000, "\(comment)")
      guard outcome.code != 0 else { continue }
      #expect(seconds < limit, "\(comment)")
      #expect(outcome.peakMemory < 4 * bytes.count + (256 << 20), "\(comment)")
    }
  }
}
