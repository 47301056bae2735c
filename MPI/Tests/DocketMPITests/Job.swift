import Foundation

/// Programs that a test runs, and what they print.
enum Job {
  /// A program that did not do what was expected.
  struct Fault: Error { let text: String }

  /// The folder of the test bundle, which also contains the programs.
  static let programs: String = {
    let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return (path as NSString).deletingLastPathComponent
  }()

  /// The path of mpirun; `nil` if it is not installed.
  static let mpirun: String? = ProcessInfo.processInfo.environment["PATH"]?
    .split(separator: ":").map { $0 + "/mpirun" }
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  /// A program that has ended.
  struct Outcome {
    var exitCode: Int32
    var errors: String

    /// The SHA-256 of the model, as printed by the program.
    var digest: String? {
      errors.components(separatedBy: ", SHA-256 ").dropFirst().first
        .map { String($0.prefix { $0.isHexDigit }) }
    }
  }

  /// A running program.
  final class Running {
    let process = Process()
    private let errors: String

    init(_ program: String, _ arguments: [String], in folder: TestFolder) throws {
      errors = "\(folder.path)/errors-\(UUID().uuidString)"
      _ = FileManager.default.createFile(atPath: errors, contents: nil)
      process.executableURL = URL(fileURLWithPath: program)
      process.arguments = arguments
      process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle(forWritingAtPath: errors)
      try process.run()
    }

    /// What the program has printed on standard error.
    var text: String { (try? String(contentsOfFile: errors, encoding: .utf8)) ?? "" }

    /// Waits until the program has printed `mark`.
    func wait(for mark: String) throws {
      while !text.contains(mark) {
        guard process.isRunning else { throw Fault(text: "ended: \(text)") }
        usleep(5_000)
      }
    }

    /// Waits for the end of the program.
    func end() -> Outcome {
      process.waitUntilExit()
      return Outcome(exitCode: process.terminationStatus, errors: text)
    }

    /// The processes that the program has started, in the order of their numbers.
    var children: [pid_t] {
      let pid = process.processIdentifier
      let path = "/proc/\(pid)/task/\(pid)/children"
      let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
      return text.split(separator: " ").compactMap { pid_t($0) }.sorted()
    }
  }

  /// Starts `docket-mpi train`.
  ///
  /// - Parameters:
  ///   - ranks: the number of ranks in each group, and the arguments of docket-mpi for the group.
  static func start(_ ranks: [(count: Int, arguments: [String])], in folder: TestFolder) throws
    -> Running
  {
    guard let mpirun else { throw Fault(text: "no mpirun") }
    var arguments = ["--oversubscribe", "--allow-run-as-root", "--bind-to", "none"]
    for (number, group) in ranks.enumerated() {
      if number > 0 { arguments.append(":") }
      arguments += ["-n", "\(group.count)", "\(programs)/docket-mpi", "train"] + group.arguments
    }
    return try Running(mpirun, arguments, in: folder)
  }

  /// Runs `docket-mpi train` with `ranks` processes to the end.
  static func train(_ ranks: Int, _ arguments: [String], in folder: TestFolder) throws -> Outcome {
    try start([(ranks, arguments)], in: folder).end()
  }

  /// Runs `docket train` to the end.
  static func trainAlone(_ arguments: [String], in folder: TestFolder) throws -> Outcome {
    try Running("\(programs)/docket", ["train"] + arguments, in: folder).end()
  }
}

/// A folder with a small corpus and two pipelines; deleted at the end of the test.
final class TestFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/docket-mpi-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try write("train.tsv", Self.documents(90))
    // Vectors that are trained: their gradients travel as rows.
    try write("bilstm.yaml", Self.pipeline("stage: bilstm.v1\n  hidden: 24\n  dropout: 0.3"))
    try write(
      "recurrent.yaml",
      Self.pipeline("stage: recurrent.v1\n  hidden: 16\n  cell: gru\n  layers: 2\n  dropout: 0.3"))
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file.
  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
  }

  /// The names of the files in a folder of this one.
  func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)")) ?? []).sorted()
  }

  /// The bytes of a file.
  func bytes(_ name: String) -> Data? { FileManager.default.contents(atPath: "\(path)/\(name)") }

  private static func documents(_ count: Int) -> String {
    let words = [
      "music": ["violin", "choir", "opera", "melody", "orchestra", "piano"],
      "sports": ["goal", "match", "referee", "league", "stadium", "coach"],
      "food": ["bread", "soup", "kitchen", "recipe", "butter", "oven"],
    ]
    let labels = ["music", "sports", "food"]
    return "text\tlabel\n"
      + (0..<count).map { number in
        let label = labels[number % 3]
        let chosen = (0..<4 + number % 9).map { place in
          place % 2 == 0
            ? (words[label] ?? [])[(number / 3 + place * 5) % 6]
            : "word\((number * 7 + place) % 23)"
        }
        return chosen.joined(separator: " ") + "\t" + label + "\n"
      }.joined()
  }

  private static func pipeline(_ classifier: String) -> String {
    """
    docket: 1
    corpus:
      train: train.tsv
    tokenizer:
      stage: words.v1
    embedding:
      stage: random.v1
      dimensions: 12
    classifier:
      \(classifier)
      ngrams: 0
    training:
      epochs: 3
      batch: 16
      shard: 3
      learningRate: 0.02
      patience: 0

    """
  }
}
