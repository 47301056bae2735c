import FileAccess
import Glibc
import Models
import Synchronization
import TestSupport

/// A command whose system calls are made to fail one after the other, in a copy of a folder of files.
struct FaultScenario: Sendable {
  /// The name of the test case.
  let name: String
  /// The arguments of `docket`; standard input is `documents.txt`.
  let line: String
  /// The arguments that finish the work after a fault.
  let recovery: String

  private init(_ name: String, _ line: String, recovery: String? = nil) {
    (self.name, self.line, self.recovery) = (name, line, recovery ?? line)
  }

  /// All verbs, with every kind of input and output.
  static let all: [FaultScenario] = [
    FaultScenario(
      "train", "train pipeline.yaml --output old.docket",
      recovery: "train pipeline.yaml --output old.docket --resume"),
    FaultScenario("resume", "train pipeline.yaml --output stopped.docket --resume"),
    FaultScenario("reproduce", "train --from old.docket --output again.docket"),
    FaultScenario(
      "continue", "train --from old.docket --set corpus.train=new.tsv --output next.docket",
      recovery: "train --from old.docket --set corpus.train=new.tsv --output next.docket --resume"),
    FaultScenario("run", "run pipeline.yaml --output out"),
    FaultScenario("run with all files", "run files.yaml --output out --learning-curve"),
    FaultScenario("evaluate", "evaluate old.docket test.tsv --output out"),
    FaultScenario("evaluate a folder", "evaluate old.docket docs"),
    FaultScenario("cross-validate", "cross-validate pipeline.yaml --folds 2 --output out"),
    FaultScenario("audit", "audit files.yaml --folds 2 --output out"),
    FaultScenario("check", "check files.yaml"),
    FaultScenario("classify", "classify old.docket --json"),
    FaultScenario("explain", "explain old.docket"),
    FaultScenario("suggest", "suggest old.docket --count 2"),
    FaultScenario("tokenize", "tokenize files.yaml"),
    FaultScenario("show", "show old.docket"),
    FaultScenario("init", "init train.tsv --vectors vectors.txt --output draft.yaml --force"),
    FaultScenario("vectors info", "vectors info vectors.txt.gz --neighbours bread"),
    FaultScenario("vectors convert", "vectors convert vectors.txt vectors.bin"),
    FaultScenario("vectors compressed", "vectors convert table.safetensors vectors.vec.gz"),
    FaultScenario("vectors table", "vectors convert vectors.txt.gz table2.safetensors"),
    FaultScenario("vectors train", "vectors train --corpus train.tsv --output vectors.bin"),
    FaultScenario("schema", "schema"),
    FaultScenario("help", "--help"),
  ]

  /// The folder that each run gets a copy of.
  static let fixture = Result {
    let folder = TestFolder(in: base)
    fixturePath.withLock { $0 = folder.path }
    atexit { FaultScenario.removeFixture() }
    try folder.file("pipeline.yaml", TinyPipeline.text(epochs: 2))
    try folder.file("train.tsv", TinyPipeline.corpus(36))
    try folder.file("test.tsv", TinyPipeline.corpus(12, salt: 1))
    try folder.file("valid.tsv", TinyPipeline.corpus(12, salt: 2))
    try folder.file("new.tsv", TinyPipeline.corpus(18, salt: 3))
    try folder.file("stop.txt", "the\ntoday\n")
    try folder.file("text.txt", TinyPipeline.corpus(20, salt: 4))
    try folder.file("documents.txt", "the storm\nbread and butter\n\na melody\n")
    try folder.file("draft.yaml", "old: draft\n")
    for topic in TinyCorpus.topics {
      for number in 0..<3 {
        try folder.file("docs/\(topic.label)/\(number)", "\(topic.words[number]) \(number)")
      }
    }
    let words = TinyCorpus.topics.flatMap(\.words).enumerated()
    let rows = words.map { "\($0.element) \($0.offset) 0.5 -1\n" }.joined()
    try folder.file("vectors.txt", rows)
    try folder.file("vectors.bin", "old vectors")
    try folder.file("out/report.txt", "old report")
    try folder.file(
      "files.yaml",
      """
      docket: 1
      corpus: {train: [docs, train.tsv], test: test.tsv, validation: valid.tsv, badRows: skip}
      normalizers: [unicode.v1, {stage: stopwords.v1, words: stop.txt}]
      embedding:
        - {stage: word2vec.v1, vectors: table.safetensors}
        - {stage: word2vec.v1, vectors: vectors.txt.gz}
        - {stage: random.v1, dimensions: 4, pretrain: {text: text.txt, epochs: 1}}
      classifier: {stage: bilstm.v1, hidden: 4}
      training: {epochs: 1}
      """)
    let made = try Command.shell(
      """
      set -e
      $docket vectors convert vectors.txt table.safetensors
      gzip -k vectors.txt
      $docket train pipeline.yaml --seed 9 --output old.docket
      DOCKET_FAILPOINT=prune:1 $docket train pipeline.yaml --output stopped.docket || true
      """, folder: folder.path)
    guard made.code == 0 else { throw Command.Fault.tookTooLong("fixture", errors: made.errors) }
    return (folder: folder, files: try FaultFiles(in: folder.path))
  }

  private static let fixturePath = Mutex("")

  private static func removeFixture() { TestFolder.remove(fixturePath.withLock { $0 }) }

  /// The folder of all copies, in memory if the system has an in-memory file system.
  static let base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
}

/// The files in a folder, without the parts that differ from run to run.
struct FaultFiles {
  /// The contents by path.
  private(set) var contents: [String: [UInt8]] = [:]
  /// The paths of temporary files, and of locks.
  private var leftovers: [String] = []
  /// The paths of checkpoint folders.
  private(set) var checkpoints: Set<String> = []

  init(in folder: String) throws { try add(folder, prefix: "") }

  /// The temporary files and locks that were not there before.
  func leftovers(since before: FaultFiles) -> [String] {
    leftovers.filter { !before.leftovers.contains($0) }
  }

  private mutating func add(_ folder: String, prefix: String) throws {
    for name in try Folder.names(in: folder) {
      let (path, key) = ("\(folder)/\(name)", prefix + name)
      if Folder.exists(path) {
        if name.hasSuffix(".checkpoints") { checkpoints.insert(key) }
        try add(path, prefix: key + "/")
      } else if name.hasPrefix(".") {
        leftovers.append(key)
      } else if !key.contains(".checkpoints/") {
        let bytes = try InputFile.readAll(path: path, limit: 1 << 24)
        contents[key] = Self.isTimed(name) ? Self.untimed(bytes) : bytes
      }
    }
  }

  /// Whether a file says how long something took.
  private static func isTimed(_ name: String) -> Bool {
    name.hasPrefix("report.") || name.hasPrefix("learning-curve.")
  }

  /// The name of the processor and a comma, which reports leave out if the name cannot be read.
  private static let processor: [UInt8] = {
    let parts = Provenance.machine.split(separator: ", ")
    return parts.dropLast().flatMap { Array("\($0), ".utf8) }
  }()

  /// Returns text without digits and the name of the processor, and with single spaces.
  static func untimed(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    let bytes = processor.isEmpty ? bytes : bytes.replacing(processor, with: [])
    for byte in bytes {
      let kept: UInt8 = "0123456789.,-e".utf8.contains(byte) ? 0x23 : byte
      if kept != 0x23 && kept != 0x20 || kept != result.last { result.append(kept) }
    }
    return result
  }
}
