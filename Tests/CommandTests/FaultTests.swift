import Docket
import FileAccess
import Glibc
import TestSupport
import Testing

/// Faults of the machine at every system call of every verb: a full disk, a failing disk, no more
/// descriptors, a signal, a short write, a kill. Afterwards each file is the old one or the new
/// one, the exit code says what happened, and the work can be finished.
///
/// `make fault-test` sets `DOCKET_FAULTS` and tries every call; otherwise a sample is enough.
@Suite struct FaultTests {
  private static let isLong = getenv("DOCKET_FAULTS") != nil

  /// The system calls with their faults; `+` makes every later call fail too.
  private static let faults: [(call: String, faults: [String])] = [
    ("open", ["EMFILE", "EIO", "EACCES", "ENOSPC+", "EMFILE+", "EROFS+", "EINTR", "kill"]),
    ("read", ["EIO", "EIO+", "EINTR", "short", "kill"]), ("pread", ["EIO", "EINTR"]),
    ("write", ["ENOSPC", "EIO", "ENOSPC+", "EDQUOT+", "EFBIG+", "EINTR", "short", "kill"]),
    ("fsync", ["EIO", "ENOSPC", "EINTR", "kill"]),
    ("rename", ["EIO", "ENOSPC", "EACCES+", "kill"]),
    ("close", ["EIO"]), ("stat", ["EIO", "EACCES", "EINTR"]), ("fstat", ["EIO", "EIO+"]),
    ("flock", ["ENOLCK", "ENOLCK+", "EINTR"]), ("mkdir", ["ENOSPC", "EROFS", "kill"]),
    ("opendir", ["EMFILE", "EACCES", "EIO"]), ("readdir", ["EIO"]), ("link", ["EPERM", "EIO"]),
    ("unlink", ["EIO", "EACCES+", "kill"]), ("rmdir", ["EIO", "kill"]),
    ("mmap", ["ENOMEM", "EIO"]),
    ("ftruncate", ["EIO"]), ("pwrite", ["ENOSPC"]), ("readlink", ["EIO"]),
  ]

  /// What a scenario leaves behind if nothing fails.
  private struct Reference {
    var files: FaultFiles
    var outcome: Command.Outcome
    /// The files before the learning curve is computed: a complete report without the curve.
    var withoutCurve: FaultFiles?

    /// Returns whether a file is the old one, the new one, or the one from before the learning
    /// curve.
    func allows(_ bytes: [UInt8], at path: String, before: FaultFiles) -> Bool {
      [before, files, withoutCurve].contains { $0?.contents[path] == bytes }
    }
  }

  private static let curve = " --learning-curve"

  /// A copy of the fixture, deleted at the end.
  private final class Copy {
    let path: String

    init() throws {
      var template = Array("\(FaultScenario.base)/docket-fault-XXXXXX".utf8CString)
      path = mkdtemp(&template).map { String(cString: $0) } ?? "/nonexistent"
      let fixture = try FaultScenario.fixture.get().folder.path
      let copied = try Command.shell("cp -r '\(fixture)'/. '\(path)'")
      try #require(copied.code == 0, "\(copied.errors)")
    }

    deinit { TestFolder.remove(path) }

    func run(_ line: String, failpoint: String? = nil) throws -> Command.Outcome {
      let variable = failpoint.map { "DOCKET_FAILPOINT=\($0) " } ?? ""
      return try Command.shell(
        "\(variable)exec $docket \(line) < documents.txt", folder: path)
    }
  }

  @Test("Every fault leaves whole files and the right exit code", arguments: FaultScenario.all)
  func everyFault(scenario: FaultScenario) throws {
    let copy = try Copy()
    let outcome = try copy.run(scenario.line)
    try #require([0, 1].contains(outcome.code), "\(outcome.code) \(outcome.errors)")
    var reference = Reference(files: try FaultFiles(in: copy.path), outcome: outcome)
    if scenario.line.contains(Self.curve) {
      let other = try Copy()
      _ = try other.run(scenario.line.replacing(Self.curve, with: ""))
      reference.withoutCurve = try FaultFiles(in: other.path)
    }
    let before = try FaultScenario.fixture.get().files
    #expect(reference.files.leftovers(since: before).isEmpty)
    var counts: [String: Int] = [:]
    for (number, (call, faults)) in Self.faults.enumerated() {
      for (place, fault) in faults.enumerated() {
        // The short version tries one fault of every fifth call, and only some occurrences of the
        // call.
        let sample = number + scenario.name.utf8.count
        if !Self.isLong, sample % 5 > 0 || place != sample % faults.count { continue }
        let parts = fault.split(separator: "+", omittingEmptySubsequences: false)
        var count = 1
        while true {
          let failpoint = "\(call):\(count)\(parts.count > 1 ? "+" : ""):\(parts[0])"
          guard let end = try Self.check(scenario, failpoint, reference) else { break }
          counts[end, default: 0] += 1
          count += Self.isLong ? 1 : 1 + count * 8
        }
      }
    }
    if Self.isLong {
      let list = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
      let output = CheckedOutput.standardOutput()
      try output.write("fault-test: \(scenario.name): \(list.joined(separator: ", "))\n")
      try output.flush()
    }
  }

  /// Runs a scenario with one fault.
  ///
  /// - Returns: how it ended; `nil` if the fault was not reached.
  private static func check(
    _ scenario: FaultScenario, _ failpoint: String, _ reference: Reference
  ) throws -> String? {
    let (copy, before) = (try Copy(), try FaultScenario.fixture.get().files)
    let outcome = try copy.run(scenario.line, failpoint: failpoint)
    guard outcome.errors.contains("failpoint reached") else {
      #expect(outcome.code == reference.outcome.code, "\(failpoint)")
      return nil
    }
    let name = Comment(
      rawValue: "\(scenario.name), \(failpoint): \(outcome.code) \(outcome.errors)")
    let after = try FaultFiles(in: copy.path)
    // If training may not read an earlier corpus, it continues without it, with a warning, and the
    // model is a different one.
    let isWithoutEarlier =
      failpoint.hasSuffix("EACCES")
      && ["cannot replay an earlier corpus", "cannot use the earlier test documents"].contains {
        outcome.errors.contains("warning: \($0)")
      }
    if isWithoutEarlier {
      #expect(scenario.name == "continue" && outcome.code == 0, name)
      _ = try ModelArchive.read("\(copy.path)/next.docket", stages: .builtIn)
      return "done without the earlier corpus"
    }
    for (path, bytes) in after.contents {
      #expect(reference.allows(bytes, at: path, before: before), "\(name): \(path)")
    }
    for (path, _) in before.contents { #expect(after.contents[path] != nil, "\(name): \(path)") }
    for folder in after.checkpoints {
      let checkpoints = CheckpointFolder(path: "\(copy.path)/\(folder)")
      for number in try checkpoints.numbers { try checkpoints.verify(number) }
    }
    let isTimed = scenario.name.hasPrefix("run") || scenario.name.hasPrefix("evaluate")
    let output = isTimed ? FaultFiles.untimed(outcome.output) : outcome.output
    let expected =
      isTimed ? FaultFiles.untimed(reference.outcome.output) : reference.outcome.output
    let isHarmless = failpoint.hasSuffix("EINTR") || failpoint.hasSuffix("short")
    let isDeath = failpoint.hasSuffix("kill")
    #expect(!isHarmless || outcome.code == reference.outcome.code, name)
    #expect(!isDeath || outcome.code == -SIGKILL, name)
    if outcome.code == reference.outcome.code {
      #expect(output == expected, name)
      #expect(after.contents == reference.files.contents, name)
      return isHarmless ? "done" : "done in spite of it"
    }
    // `docket check` lists a file that cannot be read with its other findings.
    if scenario.name == "check", outcome.code == 1, outcome.output.contains("fault: ".utf8) {
      try recover(scenario, copy, reference, name)
      return "a finding"
    }
    #expect(expected.starts(with: output), name)
    guard !isDeath else {
      try recover(scenario, copy, reference, name)
      return "killed"
    }
    // A pipeline is invalid if it names a file that cannot be opened or whose status cannot be
    // read.
    let isNamed = failpoint.hasPrefix("stat") || outcome.errors.contains("[unusable-file]")
    let codes: [Int32] = isNamed ? [65, 66, 73, 74] : [66, 73, 74]
    #expect(codes.contains(outcome.code), name)
    // If nothing can be written, there is no message.
    let isSilent = failpoint.hasPrefix("write") && failpoint.contains("+")
    #expect(isSilent || outcome.errors.contains("error: "), name)
    if !failpoint.hasPrefix("unlink"), !failpoint.hasPrefix("stat"), !failpoint.hasPrefix("fstat") {
      let leftovers = after.leftovers(since: before)
      #expect(leftovers.isEmpty, "\(name): \(leftovers)")
    }
    try recover(scenario, copy, reference, name)
    return "exit \(outcome.code)"
  }

  /// Finishes the work after a fault.
  private static func recover(
    _ scenario: FaultScenario, _ copy: Copy, _ reference: Reference, _ name: Comment
  ) throws {
    let outcome = try copy.run(scenario.recovery)
    #expect(outcome.code == reference.outcome.code, "\(name): then \(outcome.errors)")
    let files = try FaultFiles(in: copy.path)
    #expect(files.contents == reference.files.contents, name)
    let leftovers = files.leftovers(since: try FaultScenario.fixture.get().files)
    #expect(leftovers.isEmpty, "\(name): then \(leftovers)")
    #expect(files.checkpoints == reference.files.checkpoints, name)
  }

  @Test(
    "With too little memory the old files stay whole",
    arguments: ["train", "run with all files", "vectors convert", "vectors train", "classify"])
  func memory(scenario: String) throws {
    let scenario = try #require(FaultScenario.all.first { $0.name == scenario })
    let copy = try Copy()
    let outcome = try copy.run(scenario.line)
    let reference = Reference(files: try FaultFiles(in: copy.path), outcome: outcome)
    let before = try FaultScenario.fixture.get().files
    for megabytes in stride(from: 20, through: 400, by: Self.isLong ? 10 : 120) {
      let copy = try Copy()
      let outcome = try Command.shell(
        "ulimit -v \(megabytes << 10); SWIFT_BACKTRACE=enable=no exec $docket \(scenario.line) "
          + "--threads 2 < documents.txt", folder: copy.path)
      for (path, bytes) in try FaultFiles(in: copy.path).contents {
        #expect(
          bytes == before.contents[path] || bytes == reference.files.contents[path],
          "\(megabytes) MB: \(path)")
      }
      if outcome.code == 0 { #expect(outcome.errors.contains("error:") == false) }
    }
  }
}
