import FileAccess
import Glibc
import TestSupport
import Testing

/// Classifiers that are external programs, through the command.
@Suite("External classifiers in the command")
struct ProcessClassifierCommandTests {
  private static let greeting = """
    #!/bin/sh
    IFS= read -r greeting
    echo '{"protocol":1,"role":"classifier","name":"test"}'

    """

  /// A classifier that rejects documents with the token `bad`.
  ///
  /// - Parameter commands: sed commands that come first.
  private static func program(_ commands: String = "") -> String {
    greeting + #"""
      LC_ALL=C exec sed -u -e '/"label":/{s/,.*/}/;b}' \
        -e '/"train":/{\#(commands)s/,.*/,"state":"AAAA"}/;b}' \
        -e '/"bad"/{s/,.*/,"error":"cannot classify bad"}/;b}' \
        -e '/"tokens":\[\]/{s/,.*/,"error":"no tokens"}/;b}' \
        -e 's/,.*/,"probabilities":[0.5,0.3,0.2]}/'

      """#
  }

  private static func folder(
    _ program: String = program(), training: String = "{}"
  ) throws -> TestFolder {
    let folder = TestFolder()
    try folder.file(
      "p.yaml",
      """
      docket: 1
      corpus: {train: train.tsv, validation: validation.tsv}
      tokenizer: spaces.v1
      classifier: {stage: process.v1, command: ./program.sh}
      training: \(training)

      """)
    try folder.file("train.tsv", TinyPipeline.corpus(60))
    try folder.file("validation.tsv", TinyPipeline.corpus(9, salt: 1))
    try write(program, in: folder)
    return folder
  }

  private static func write(_ program: String, in folder: TestFolder) throws {
    chmod(try folder.file("program.sh", program), 0o755)
  }

  private static func docket(
    _ arguments: String..., input: String = "", in folder: TestFolder
  ) throws -> Command.Outcome {
    try Command.docket(
      arguments + ["--allow-external"], input: Array(input.utf8), folder: folder.path)
  }

  private static func train(in folder: TestFolder) throws {
    let outcome = try docket("train", "p.yaml", "--output", "m.docket", in: folder)
    try #require(outcome.code == 0, "\(outcome.errors)")
  }

  @Test("A validation document that the program rejects is an error with its line")
  func thresholds() throws {
    let folder = try Self.folder(training: "{thresholds: true}")
    try Self.train(in: folder)
    try folder.file("validation.tsv", TinyPipeline.corpus(6, salt: 1) + "music\tbad choir\n")
    let outcome = try Self.docket("train", "p.yaml", "--output", "n.docket", in: folder)
    #expect(outcome.code == 65)
    #expect(
      outcome.errorLines.last
        == "validation.tsv:7: error: process.v1 cannot process the text: the program "
        + "\"./program.sh\" rejected the request: cannot classify bad [unprocessable-text]")
  }

  @Test("Weights of the labels reach the program")
  func weights() throws {
    let folder = try Self.folder(Self.program("w request\n"), training: "{classWeights: balanced}")
    // Without validation documents, the program is not started again, which would empty the file.
    let outcome = try Self.docket(
      "train", "p.yaml", "--set", "corpus.validation=0", "--output", "m.docket", in: folder)
    try #require(outcome.code == 0, "\(outcome.errors)")
    let request = try InputFile.readAll(path: "\(folder.path)/request", limit: 1 << 16)
    let text = String(decoding: request, as: UTF8.self)
    #expect(text.contains(#""train":{"labels":3,"seed":1,"weights":["#), "\(text)")
  }

  @Test("explain gives the error of the program, and does not call the model damaged")
  func explain() throws {
    let folder = try Self.folder()
    try Self.train(in: folder)
    let classify = try Self.docket("classify", "m.docket", input: "guitar x\n", in: folder)
    #expect(classify.text == "cooking\t0.5\n")
    let explain = try Self.docket("explain", "m.docket", input: "guitar x\n", in: folder)
    #expect(explain.code == 1)
    #expect(explain.text.contains("rejected the request: no tokens"), "\(explain.text)")
    #expect(!explain.text.contains("damaged"))
  }

  @Test("A program that cannot start is a fault for check and an error of the model")
  func broken() throws {
    let folder = try Self.folder()
    try Self.train(in: folder)
    try Self.write("#!/bin/sh\nexit 3\n", in: folder)
    let check = try Self.docket("check", "p.yaml", in: folder)
    #expect(check.code == 1)
    #expect(check.text.contains("ended with exit code 3"), "\(check.text)")
    let classify = try Self.docket(
      "classify", "m.docket", "--allow-changed-program", input: "guitar\nchoir\n", in: folder)
    #expect(classify.code == 65)
    #expect(classify.output.isEmpty)
    #expect(classify.errors.hasSuffix("ended with exit code 3 [program-ended]\n"))
  }

  @Test("SIGINT ends training while the program trains, and no model is written")
  func interrupt() throws {
    let folder = try Self.folder(Self.program("e touch started; sleep 60\n"))
    let command = try Command(
      ["train", "p.yaml", "--output", "m.docket", "--allow-external"], folder: folder.path)
    #expect(command.until { _ in folder.names.contains("started") })
    command.send(SIGINT)
    let outcome = try command.wait(within: .seconds(30))
    #expect(outcome.code == 130)
    #expect(outcome.errorLines.last == "interrupted; nothing was written")
    #expect(!folder.names.contains("m.docket"))
  }

  @Test("Messages that a program writes after its input ends are shown")
  func lastMessages() throws {
    let folder = try Self.folder(
      Self.program().replacing("exec sed", with: "sed") + "echo 123 unknown words >&2\n")
    try Self.train(in: folder)
    let classify = try Self.docket("classify", "m.docket", input: "guitar\n", in: folder)
    #expect(classify.code == 0)
    #expect(classify.errors == "./program.sh: 123 unknown words\n")
  }

  @Test("How a program ends is known even if the parent of the command ignored SIGCHLD")
  func ignoredSignal() throws {
    let folder = try Self.folder("#!/bin/sh\nexit 3\n")
    let outcome = try Command.shell(
      "env --ignore-signal=CHLD \"$docket\" train p.yaml --allow-external", folder: folder.path)
    #expect(outcome.code == 65)
    #expect(outcome.errors.contains("ended with exit code 3"), "\(outcome.errors)")
  }

  @Test("Without a role, conformance reports the roles in which the program crashes")
  func conformance() throws {
    let folder = TestFolder()
    try Self.write(
      """
      #!/bin/sh
      IFS= read -r greeting
      case $greeting in *normalizer*) ;; *embedding*) echo '{"error":"no"}'; exit ;; *) exit 3 ;; esac
      echo '{"protocol":1,"role":"normalizer","name":"x"}'
      exec cat
      """, in: folder)
    let outcome = try Command.docket("conformance", "./program.sh", folder: folder.path)
    #expect(outcome.code == 1)
    let prefix = "FAIL answers the greeting: the program \"./program.sh\" ended with exit code 3"
    #expect(outcome.lines.contains("tokenizer: \(prefix)"), "\(outcome.text)")
    #expect(outcome.lines.contains("classifier: \(prefix)"))
    #expect(!outcome.text.contains("embedding: "))
  }
}
