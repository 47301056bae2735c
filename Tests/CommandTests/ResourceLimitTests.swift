import FileAccess
import Glibc
import TestSupport
import Testing

/// Limits of the process, and standard streams that are closed.
@Suite struct ResourceLimitTests {
  /// A folder with a trained model `model.docket`.
  private static func folder() throws -> TestFolder {
    let folder = try TinyPipeline.folder(epochs: 1)
    let outcome = try Command.docket("train", "pipeline.yaml", folder: folder.path)
    try #require(outcome.code == 0, "\(outcome.errors)")
    try folder.file("documents.txt", "the storm\nbread\n\n")
    return folder
  }

  private static func bytes(_ folder: TestFolder, _ name: String) throws -> [UInt8] {
    try InputFile.readAll(path: "\(folder.path)/\(name)", limit: 1 << 24)
  }

  @Test(
    "A write beyond the file-size limit fails with exit code 74 and leaves the old file in place",
    arguments: [
      "train pipeline.yaml --seed 5 --output model.docket",
      "train pipeline.yaml --output new.docket",
      "run pipeline.yaml --output .",
      "vectors train train.tsv --dimensions 400 --output model.docket --quiet",
      "train pipeline.yaml --output model.docket --set training.checkpointMinutes=0",
    ], [1, 4])
  func fileSize(line: String, blocks: Int) throws {
    let folder = try Self.folder()
    let before = try Self.bytes(folder, "model.docket")
    let outcome = try Command.shell(
      "ulimit -f \(blocks); exec $docket \(line)", folder: folder.path)
    #expect(outcome.code == 74, "\(outcome.code) \(outcome.errors)")
    #expect(outcome.errors.contains("[write-failed]"))
    #expect(try Self.bytes(folder, "model.docket") == before)
    let left = folder.names.filter { $0.hasPrefix(".") }
    #expect(left.isEmpty, "\(left)")
  }

  @Test(
    "With standard output closed, a result is lost and the exit code is 74",
    arguments: [
      "run pipeline.yaml --output r", "check pipeline.yaml", "show model.docket", "stages",
      "schema",
      "evaluate model.docket test.tsv", "classify model.docket < documents.txt", "--help",
      "--version",
      "train --help", "init train.tsv", "tokenize pipeline.yaml < documents.txt",
      "explain model.docket < documents.txt",
    ])
  func closedOutput(line: String) throws {
    let folder = try Self.folder()
    for closed in [">&-", ">&- 2>&-", "> /dev/full"] {
      let outcome = try Command.shell("exec $docket \(line) \(closed)", folder: folder.path)
      #expect(outcome.code == 74, "\(closed): \(outcome.code) \(outcome.errors)")
      if closed == ">&-" { #expect(outcome.errors.contains("standard output: error")) }
      // No file has become standard output.
      let left = folder.names.filter { $0.hasPrefix(".") }
      #expect(left.isEmpty, "\(left)")
    }
    let outcome = try Command.shell("$docket \(line) 2>&1 >&- | true", folder: folder.path)
    #expect(outcome.code == 0)
  }

  @Test("Closed streams that are not needed change nothing, and a closed input is an error")
  func closedOthers() throws {
    let folder = try Self.folder()
    let model = try Self.bytes(folder, "model.docket")
    for closed in ["<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-"] {
      let outcome = try Command.shell(
        "exec $docket train pipeline.yaml --output m2.docket \(closed)", folder: folder.path)
      #expect(outcome.code == 0, "\(closed): \(outcome.code) \(outcome.errors)")
      #expect(try Self.bytes(folder, "m2.docket") == model)
      unlink("\(folder.path)/m2.docket")
    }
    for verb in ["classify model.docket", "explain model.docket", "tokenize pipeline.yaml"] {
      let outcome = try Command.shell("exec $docket \(verb) <&-", folder: folder.path)
      #expect(outcome.code == 74 && outcome.output.isEmpty, "\(outcome.code) \(outcome.errors)")
      #expect(outcome.errors.contains("[read-failed]"))
    }
  }

  @Test("With few descriptors a command works or says what it lacks")
  func descriptors() throws {
    let folder = try Self.folder()
    let model = try Self.bytes(folder, "model.docket")
    let lines = [
      "train pipeline.yaml --output m2.docket --threads 4",
      "classify model.docket --threads 4 < documents.txt",
      "run pipeline.yaml --output r --threads 4",
      "check pipeline.yaml --threads 4", "vectors train train.tsv --output v.bin --threads 4",
      "evaluate model.docket test.tsv --output e --threads 4",
    ]
    for line in lines {
      var worked = false
      for limit in 3...24 {
        let outcome = try Command.shell(
          "exec 3<&- 4<&- 5<&- 6<&-; ulimit -n \(limit); exec $docket \(line)", folder: folder.path)
        // The shell and the loader of shared libraries need descriptors too.
        guard outcome.code != 2, outcome.code != 127 else { continue }
        #expect([0, 66, 73, 74].contains(outcome.code), "\(limit) \(line): \(outcome.code)")
        #expect(outcome.code == 0 || outcome.errors.contains("errno 24"), "\(outcome.errors)")
        if outcome.code == 0 { worked = true }
        #expect(outcome.code == 0 || !worked, "\(limit) \(line)")
        if outcome.code == 0, line.hasPrefix("train") {
          #expect(try Self.bytes(folder, "m2.docket") == model)
        }
      }
      #expect(worked, "\(line)")
    }
  }

  @Test("Without permission to start threads the result is the same, with a warning")
  func threads() throws {
    let folder = try Self.folder()
    // Only root can become a user that has no other processes.
    guard getuid() == 0, access("/usr/bin/setpriv", X_OK) == 0 else { return }
    let model = try Self.bytes(folder, "model.docket")
    #expect(chmod(folder.path, 0o777) == 0)
    for limit in [1, 2, 3, 4, 64] {
      let outcome = try Command.shell(
        """
        cp "$docket" ./copy && chmod 755 copy
        exec setpriv --reuid 4242 --regid 4242 --clear-groups bash -c \
        'ulimit -u \(limit); exec ./copy train pipeline.yaml --output m.docket --threads 5'
        """, folder: folder.path)
      #expect(outcome.code == 0, "\(limit): \(outcome.code) \(outcome.errors)")
      #expect(try Self.bytes(folder, "m.docket") == model)
      let warning = "warning: using \(limit) of 5 threads"
      #expect(outcome.errors.contains(warning) == (limit < 5), "\(outcome.errors)")
      unlink("\(folder.path)/m.docket")
    }
  }
}
