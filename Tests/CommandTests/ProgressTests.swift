import Glibc
import TestSupport
import Testing

/// What people see while a command works.
@Suite struct ProgressTests {
  @Test("On a terminal something moves at least every two seconds in every phase")
  func movesOnTerminal() throws {
    let folder = TestFolder()
    // Many labels make the linear part take seconds.
    let rows = (0..<4000).map { number in
      let words = (0..<25).map { "w\(number % 400)x\($0 * (number + 7) % 31)" }
      return "label\(number % 400)\t" + words.joined(separator: " ")
    }
    try folder.file("c.tsv", rows.joined(separator: "\n") + "\n")
    try folder.file(
      "p.yaml", "docket: 1\ncorpus: {train: c.tsv, testShare: 0.2}\nclassifier: ngrams.v1\n")
    // On a busy machine the command itself may have to wait; it then gets a second chance.
    var (shown, gap) = try Self.longestGap(in: folder)
    if gap >= .seconds(2) { (shown, gap) = try Self.longestGap(in: folder) }
    #expect(gap < .seconds(2))
    let text = shown.map(\.text).joined()
    for phase in [
      "linear classifier, cross-validation", "linear classifier, training documents",
      "linear classifier, all documents", "evaluating",
    ] {
      #expect(text.contains(phase), "\(phase)")
    }
    #expect(text.contains(" left"))
    // The line is removed before the last note.
    #expect(
      text.hasSuffix(
        "\r\u{1b}[Kwrote model.docket, report.txt, report.json, report.html, errors.jsonl to out\r\n"
      ))
  }

  /// Runs a pipeline on a terminal; returns what is shown and the longest time without anything new.
  private static func longestGap(in folder: TestFolder) throws -> (shown: [Terminal.Text], Duration)
  {
    let terminal = try Terminal()
    let started = ContinuousClock.now
    let command = try Command(
      ["run", "p.yaml", "--output", "out"], errors: terminal.path, folder: folder.path)
    let shown = terminal.watch { command.hasEnded }
    #expect(try command.wait().code == 0)
    let times = [started] + shown.map(\.time) + [.now]
    return (shown, zip(times, times.dropFirst()).map { $1 - $0 }.max() ?? .zero)
  }

  @Test("A moving line is never wider than the terminal")
  func fitsTerminal() throws {
    let folder = try TinyPipeline.folder(epochs: 3)
    let terminal = try Terminal(columns: 40)
    let command = try Command(["run", "pipeline.yaml"], errors: terminal.path, folder: folder.path)
    let text = terminal.watch { command.hasEnded }.map(\.text).joined()
    #expect(try command.wait().code == 0)
    let drawn = text.split(separator: "\r\u{1b}[K", omittingEmptySubsequences: true)
      .filter { !$0.utf8.contains(UInt8(ascii: "\n")) }
    #expect(!drawn.isEmpty)
    for line in drawn { #expect(line.count < 40, "\(line)") }
  }

  @Test("Every phase of a run is an event with a name")
  func phaseEvents() throws {
    let folder = try TinyPipeline.folder(epochs: 2)
    let outcome = try Command.docket(
      "run", "pipeline.yaml", "--progress", "json", folder: folder.path)
    #expect(outcome.code == 0)
    let phases = outcome.errorLines.compactMap { line -> String? in
      guard let start = line.firstRange(of: "\"phase\":\"") else { return nil }
      return String(line[start.upperBound...].prefix { $0 != "\"" })
    }
    var order: [String] = []
    for phase in phases where order.last != phase { order.append(phase) }
    #expect(
      order == [
        "reading", "language", "tokenizing", "vectors", "tokenizing", "counting", "linear",
        "validating",
        "linear", "evaluating", "writing",
      ], "\(order)")
  }

  @Test(
    "Checking, drafting and evaluating show progress too", arguments: ["check", "init", "evaluate"])
  func otherVerbs(verb: String) throws {
    let folder = try TinyPipeline.folder(epochs: 1)
    #expect(try Command.docket("train", "pipeline.yaml", folder: folder.path).code == 0)
    let arguments = [
      "check": ["pipeline.yaml"], "init": ["train.tsv"], "evaluate": ["model.docket", "test.tsv"],
    ][verb]!
    let outcome = try Command.docket(
      [verb] + arguments + ["--progress", "json"], folder: folder.path)
    #expect(outcome.code == 0)
    #expect(outcome.errors.contains("{\"event\":\"phase\",\"phase\":\"reading\""))
  }
}

/// Progress of the verbs that read documents, and of vector files.
@Suite struct DocumentProgressTests {
  @Test("Notes are events too, and tokenizing is not called classifying")
  func notes() throws {
    let folder = try TinyPipeline.folder(epochs: 1)
    let outcome = try Command.docket(
      "tokenize", "pipeline.yaml", "--progress", "json", input: Array("bread\na\0b\n".utf8),
      folder: folder.path)
    #expect(outcome.code == 1)
    #expect(outcome.errors.contains(#"{"event":"phase","phase":"tokenizing""#))
    #expect(!outcome.errors.contains("classifying"))
    let note = #"{"event":"note","text":"document 2: NUL byte"#
    #expect(outcome.errorLines.contains { $0.hasPrefix(note) }, "\(outcome.errors)")
    #expect(outcome.errorLines.allSatisfy { $0.hasPrefix(#"{"event":""#) })
    let quiet = try Command.docket(
      "tokenize", "pipeline.yaml", "--progress", "json", "--quiet", input: Array("a\0b\n".utf8),
      folder: folder.path)
    // Only the reason for the exit code is printed.
    #expect(quiet.errorLines.count == 1)
    #expect(quiet.errors.hasPrefix(#"{"event":"error","code":"unusable-documents""#))
  }

  @Test("Reading a vector file is a phase")
  func vectors() throws {
    let folder = TestFolder()
    try folder.file("v.txt", "2 2\na 1 2\nb 1 2\n")
    for verb in [["info", "v.txt"], ["convert", "v.txt", "w.bin"]] {
      let outcome = try Command.docket(
        ["vectors"] + verb + ["--progress", "json"], folder: folder.path)
      #expect(outcome.code == 0)
      #expect(outcome.errors.contains(#"{"event":"phase","phase":"vectors""#))
    }
  }

  @Test("A message of an external program does not continue the moving line")
  func messages() throws {
    let folder = try TinyPipeline.noisy(
      "exec sed -u -e '/stop/e echo warming up >&2; sleep 0.6'")
    let documents = (0..<8_200).map { $0 % 4_000 == 3_999 ? "stop \($0)" : "bread \($0)" }
    try folder.file("documents", documents.joined(separator: "\n"))
    let terminal = try Terminal()
    let command = try Command(
      [
        "tokenize", "noisy.yaml", "--allow-external", "--progress", "bar", "--input", "documents",
        "--output", "tokens",
      ], errors: terminal.path, folder: folder.path)
    let text = terminal.watch { command.hasEnded }.map(\.text).joined()
    #expect(try command.wait().code == 0)
    #expect(text.contains("tokenizing"))
    let parts = text.split(
      separator: "./noisy.sh: warming up\r\n", omittingEmptySubsequences: false)
    #expect(parts.count == 3, "\(text.debugDescription)")
    for part in parts.dropLast() { #expect(part.hasSuffix("\r\u{1b}[K")) }
  }
}

/// A pseudo-terminal, which a command can use as standard error.
private final class Terminal {
  /// What was written at a time.
  typealias Text = (time: ContinuousClock.Instant, text: String)

  private let master: Int32
  /// The path for the command.
  let path: String

  init(columns: UInt16 = 80) throws {
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK)
    // TIOCSPTLCK unlocks the other end, and TIOCGPTN returns its number. Swift does not import them.
    var (isLocked, number): (CInt, CInt) = (0, 0)
    try #require(ioctl(master, 0x4004_5431, &isLocked) == 0)
    try #require(ioctl(master, 0x8004_5430, &number) == 0)
    path = "/dev/pts/\(number)"
    var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
  }

  deinit { close(master) }

  /// Reads what is written to the terminal, with the time, until `isDone`.
  func watch(until isDone: () -> Bool) -> [Text] {
    var shown: [Text] = []
    var bytes = Array(repeating: UInt8(0), count: 1 << 16)
    while true {
      let ends = isDone()
      while case let count = read(master, &bytes, bytes.count), count > 0 {
        shown.append((.now, String(decoding: bytes[..<count], as: UTF8.self)))
      }
      if ends { return shown }
      usleep(10_000)
    }
  }
}
