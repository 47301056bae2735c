import FileAccess
import Glibc
import TestSupport
import Testing

/// Pipelines with external programs, through the command.
@Suite("External programs in the command")
struct ProcessStageTests {
  /// A tokenizer that splits at spaces, and exits at a text that contains `crash`.
  private static let tokenizer = #"""
    #!/bin/sh
    IFS= read -r greeting
    echo '{"protocol":1,"role":"tokenizer","name":"spaces"}'
    LC_ALL=C exec sed -u -e '/crash/Q3;/reject/{s/"text".*/"error":"no"}/;b}' \
      -e 's/"text":" */"tokens":["/;s/ *"}$/"]}/;s/  */","/g;s/\[""\]/[]/'

    """#

  private static let pipeline = """
    docket: 1
    corpus:
      train: train.tsv
      test: test.tsv
    tokenizer:
      stage: process.v1
      command: [./spaces.sh]
    classifier: ngrams.v1

    """

  /// Returns a folder with a pipeline, its corpus and its program.
  private static func folder(
    pipeline: String = pipeline, program: String = tokenizer
  ) throws -> TestFolder {
    let folder = TestFolder()
    try folder.file("pipeline.yaml", pipeline)
    try folder.file("train.tsv", TinyPipeline.corpus(90))
    try folder.file("test.tsv", TinyPipeline.corpus(30, salt: 1))
    chmod(try folder.file("spaces.sh", program), 0o755)
    return folder
  }

  private static func docket(
    _ arguments: String..., input: String = "", in folder: TestFolder
  ) throws -> Command.Outcome {
    try Command.docket(arguments, input: Array(input.utf8), folder: folder.path)
  }

  @Test("A pipeline or a model with a program is refused without --allow-external")
  func permission() throws {
    let folder = try Self.folder()
    func expectRefusal(_ outcome: Command.Outcome, _ place: String) {
      #expect(outcome.code == 65)
      #expect(
        outcome.errors
          == "\(place): error: process.v1 runs an external program; pass --allow-external if you "
          + "trust it [external-not-allowed]\n")
      #expect(outcome.output == [])
    }
    for verb in ["check", "run", "train", "tokenize"] {
      expectRefusal(try Self.docket(verb, "pipeline.yaml", in: folder), "pipeline.yaml:6:3")
    }
    let train = try Self.docket(
      "train", "pipeline.yaml", "--output", "m.docket", "--allow-external", in: folder)
    try #require(train.code == 0, "\(train.errors)")
    for verb in [["classify"], ["explain"], ["tokenize"], ["evaluate", "test.tsv"]] {
      let arguments = [verb[0], "m.docket"] + verb.dropFirst()
      let outcome = try Command.docket(arguments, folder: folder.path)
      expectRefusal(outcome, "pipeline in m.docket:13:3")
    }
    let show = try Self.docket("show", "m.docket", in: folder)
    #expect(show.code == 0)
    #expect(show.lines.contains { $0.hasPrefix("  ./spaces.sh  ") })
    let json = try JSONValue.parse(
      Self.docket("show", "m.docket", "--json", in: folder).output, file: "show")
    #expect(json["programs"]?.array?.first?["path"]?.string == "./spaces.sh")
    let usage = try Self.docket(
      "classify", "m.docket", "--allow-changed-program", in: folder)
    #expect(usage.code == 64)
  }

  @Test("A model is not written over the program of its pipeline")
  func output() throws {
    let folder = try Self.folder()
    let train = try Self.docket(
      "train", "pipeline.yaml", "--output", "spaces.sh", "--allow-external", in: folder)
    #expect(train.code == 73, "\(train.errors)")
    let program = try InputFile.readAll(path: "\(folder.path)/spaces.sh", limit: 1 << 20)
    #expect(program == Array(Self.tokenizer.utf8))
  }

  @Test("A program gives the same model, tokens and records as the stage that does the same")
  func sameAsBuiltIn() throws {
    let folder = try Self.folder()
    try folder.file(
      "plain.yaml",
      """
      docket: 1
      corpus: {train: train.tsv, test: test.tsv}
      tokenizer: spaces.v1
      classifier: ngrams.v1
      """)
    let documents = "bread  and butter \n\nguitar\nrain today 3\n"
    for name in ["pipeline", "plain"] {
      let run = try Self.docket(
        "run", "\(name).yaml", "--output", name, "--allow-external", in: folder)
      try #require(run.code == 0, "\(run.errors)")
    }
    for verb in [["tokenize"], ["classify", "--json"], ["explain", "--json"]] {
      let outcomes = try ["pipeline", "plain"].map { name in
        try Command.docket(
          [verb[0], "\(name)/model.docket", "--allow-external"] + verb.dropFirst(),
          input: Array(documents.utf8), folder: folder.path)
      }
      #expect(outcomes[0].code == 0)
      #expect(outcomes[0].text == outcomes[1].text)
    }
    let evaluate = try Self.docket(
      "evaluate", "pipeline/model.docket", "test.tsv", "--allow-external", "--min-accuracy", "0.5",
      in: folder)
    #expect(evaluate.code == 0)
  }

  @Test("A document that ends the program gets an error record, and the others their labels")
  func errorRecords() throws {
    let folder = try Self.folder()
    let train = try Self.docket(
      "train", "pipeline.yaml", "--output", "m.docket", "--allow-external", in: folder)
    try #require(train.code == 0, "\(train.errors)")
    let documents = (0..<200).map { number in
      number % 40 == 7 ? "crash" : number % 40 == 9 ? "reject" : "bread \(number)"
    }
    let outcomes = try [1, 2].map { threads in
      try Self.docket(
        "classify", "m.docket", "--allow-external", "--json", "--threads", "\(threads)",
        input: documents.joined(separator: "\n"), in: folder)
    }
    #expect(outcomes[0].text == outcomes[1].text)
    #expect(outcomes[0].code == 1)
    #expect(outcomes[0].errors.contains("10 of 200 documents could not be used"))
    let records = try outcomes[0].lines.map { try JSONValue.parse(Array($0.utf8), file: "record") }
    #expect(records.count == 200)
    for (document, record) in zip(documents, records) {
      let code = record["error"]?["code"]?.string
      switch document {
      case "crash": #expect(code == "program-ended")
      case "reject": #expect(code == "unprocessable-text")
      default: #expect(record["label"]?.string != nil)
      }
    }
  }

  @Test("In training, a text that ends the program is an error with its line")
  func trainingError() throws {
    let folder = try Self.folder()
    try folder.file("train.tsv", TinyPipeline.corpus(20) + "music\tcrash\n")
    let run = try Self.docket("run", "pipeline.yaml", "--allow-external", in: folder)
    #expect(run.code == 65)
    #expect(
      run.errorLines.last
        == "train.tsv:21: error: process.v1 cannot process the text: the program \"./spaces.sh\" "
        + "ended with exit code 3 [program-ended]")
    let check = try Self.docket("check", "pipeline.yaml", "--allow-external", in: folder)
    #expect(check.code == 1)
    #expect(check.text.contains("ended with exit code 3"))
  }

  @Test("A changed or missing program of a model is refused")
  func changedProgram() throws {
    let folder = try Self.folder()
    try Folder.make("\(folder.path)/models")
    let train = try Self.docket(
      "train", "pipeline.yaml", "--output", "models/m.docket", "--allow-external", in: folder)
    try #require(train.code == 0, "\(train.errors)")
    func classify(_ arguments: String...) throws -> Command.Outcome {
      try Command.docket(
        ["classify", "models/m.docket", "--allow-external"] + arguments, input: Array("bread".utf8),
        folder: folder.path)
    }
    let before = try classify()
    #expect(before.code == 0)
    try folder.file("spaces.sh", Self.tokenizer + "# changed\n")
    chmod("\(folder.path)/spaces.sh", 0o755)
    let changed = try classify()
    #expect(changed.code == 65)
    #expect(changed.errors.contains("./spaces.sh is not the program"))
    #expect(changed.errors.hasSuffix("[program-changed]\n"))
    #expect(try classify("--allow-changed-program").text == before.text)
    // The folder of the model is searched too.
    unlink("\(folder.path)/spaces.sh")
    let missing = try classify()
    #expect(missing.code == 66)
    #expect(missing.errors.contains("[program-missing]"))
    chmod(try folder.file("models/spaces.sh", Self.tokenizer), 0o755)
    #expect(try classify().text == before.text)
  }

  @Test("A program that cannot run is an error of the pipeline file")
  func brokenProgram() throws {
    let folder = try Self.folder(program: "#!/bin/sh\necho cannot read words >&2\nexit 2\n")
    let broken = try Self.docket("run", "pipeline.yaml", "--allow-external", in: folder)
    #expect(broken.code == 65)
    #expect(broken.errors.contains("./spaces.sh: cannot read words\n"))
    #expect(broken.errors.contains("ended with exit code 2; its last message"))
    unlink("\(folder.path)/spaces.sh")
    let missing = try Self.docket("run", "pipeline.yaml", "--allow-external", in: folder)
    #expect(missing.code == 65)
    #expect(missing.errors.hasPrefix("pipeline.yaml:6:3: error: process.v1: the program"))
    #expect(missing.errors.hasSuffix("does not exist [unusable-program]\n"))
  }

  @Test("An interrupted training does not resume with another program")
  func resume() throws {
    let pipeline = """
      docket: 1
      corpus: {train: train.tsv}
      tokenizer: {stage: process.v1, command: ./spaces.sh}
      embedding: {stage: random.v1, dimensions: 8}
      classifier: {stage: bilstm.v1, hidden: 8}
      training: {epochs: 10000, patience: 0, batch: 8, shard: 4}
      """
    let folder = try Self.folder(pipeline: pipeline)
    let training = try Command(
      ["train", "pipeline.yaml", "--output", "m.docket", "--allow-external", "--progress", "json"],
      folder: folder.path)
    #expect(training.until { $0.errorsSoFar.contains("\"epoch\":2") })
    training.send(SIGTERM)
    #expect(try training.wait().code == 143)
    try folder.file("spaces.sh", Self.tokenizer + "# changed\n")
    chmod("\(folder.path)/spaces.sh", 0o755)
    let resumed = try Self.docket(
      "train", "pipeline.yaml", "--output", "m.docket", "--allow-external", "--resume", in: folder)
    #expect(resumed.code == 65)
    #expect(resumed.errors.contains("programs.0 was "), "\(resumed.errors)")
  }

  @Test(
    "No process is left after the command has ended",
    arguments: [0, SIGINT, SIGTERM, SIGHUP, SIGKILL])
  func noProcessLeft(signal: Int32) throws {
    // Except with SIGKILL, the program does not notice the end of its input, so the command must
    // end it.
    let program =
      signal == SIGKILL
      ? Self.tokenizer
      : "#!/bin/sh\necho $$ >process\nread -r greeting\n"
        + #"echo '{"protocol":1,"role":"tokenizer","name":"x"}'"# + "\nread -r line\n"
        + #"[ "$1" ] || echo '{"id":1,"tokens":[]}'"# + "\nsleep 1000\n"
    let marked = program.replacing("IFS= read", with: "echo $$ >process\nIFS= read")
    let folder = try Self.folder(
      pipeline: Self.pipeline.replacing(
        "[./spaces.sh]", with: signal == 0 ? "[./spaces.sh]" : "[./spaces.sh, wait]"),
      program: marked)
    let input = try folder.file("input", "a\n")
    let command = try Command(
      ["tokenize", "pipeline.yaml", "--allow-external"],
      input: signal == SIGKILL ? "/dev/zero" : input, folder: folder.path)
    #expect(command.until { _ in folder.names.contains("process") })
    usleep(300_000)
    if signal != 0 { command.send(signal) }
    #expect(try command.wait().code == -signal)
    let bytes = try InputFile.readAll(path: "\(folder.path)/process", limit: 100)
    let process = try #require(pid_t(String(decoding: bytes.dropLast(), as: UTF8.self)))
    for _ in 0..<300 where kill(process, 0) == 0 { usleep(10_000) }
    #expect(kill(process, 0) == -1)
  }
}
