import FileAccess
import Glibc
import TestSupport
import Testing

/// A package outside this repository with a stage of each role, which uses the command as a library.
///
/// Building it takes minutes the first time, so this runs only with `make plugin-test`.
@Suite("Package with its own stages", .enabled(if: getenv("DOCKET_PLUGIN") != nil), .serialized)
struct PluginTests {
  private static let root = DocumentationPage.root

  /// The package, built once: its folder, and the path of its program.
  private static let package: Result<(folder: TestFolder, program: String), any Error> = Result {
    let folder = TestFolder()
    for name in ["Package.swift", "main.swift", "TextStages.swift", "LearnedStages.swift"] {
      let bytes = try InputFile.readAll(
        path: "\(root)/Tests/CommandTests/Plugin/\(name)", limit: 1 << 20)
      let place = name == "Package.swift" ? name : "Sources/plugin/\(name)"
      try folder.file(
        place, String(decoding: bytes, as: UTF8.self).replacing("REPOSITORY", with: root))
    }
    try folder.file("pipeline.yaml", pipeline)
    try folder.file("train.tsv", TinyPipeline.corpus(90))
    try folder.file("test.tsv", TinyPipeline.corpus(30, salt: 1))
    // Builds outside the package, so that the next run reuses what this one built.
    let scratch = "\(root)/.build/plugin-test"
    let build = "swift build --scratch-path '\(scratch)' --product plugin 2>&1"
    let outcome = try Command(["-c", build], program: "/bin/sh", folder: folder.path)
      .wait(within: .seconds(900))
    try #require(outcome.code == 0, "\(outcome.text.suffix(3000))")
    return (folder, "\(scratch)/debug/plugin")
  }

  private static let pipeline = """
    docket: 1
    corpus:
      train: train.tsv
      test: test.tsv
    normalizers:
      - stage: plurals.v1
        least: 3
    tokenizer: hyphens.v1
    embedding:
      stage: letters.v1
      dimensions: 40
    classifier:
      stage: centroids.v1
      sharpness: 20
    """

  private func run(_ arguments: String..., input: String = "") throws -> Command.Outcome {
    let (folder, program) = try Self.package.get()
    let input = try folder.file("input.txt", input)
    return try Command(arguments, program: program, input: input, folder: folder.path).wait()
  }

  @Test("Each subcommand works with a stage of each role")
  func verbs() throws {
    let stages = try run("stages")
    for name in ["plurals.v1", "hyphens.v1", "letters.v1", "centroids.v1", "bilstm.v1"] {
      #expect(stages.text.contains(name), "\(name)")
    }
    #expect(try run("schema").text.contains("centroids.v1"))

    let check = try run("check", "pipeline.yaml")
    #expect(check.code == 0, "\(check.text) \(check.errors)")
    let training = try run("run", "pipeline.yaml", "--output", "out")
    #expect(training.code == 0, "\(training.errors)")
    #expect(training.text.contains("centroids.v1") && training.text.contains("ngrams.v1"))

    let model = "out/model.docket"
    let texts =
      "the choirs sang a melody\nthe bread oven butter soups recipe\nfrost and a storm\n\n"
    let classified = try run("classify", model, input: texts)
    #expect(classified.code == 0, "\(classified.errors)")
    #expect(
      classified.lines.prefix(3).map { $0.prefix { $0 != "\t" } } == [
        "music", "cooking", "weather",
      ])
    #expect(classified.lines.count == 4)
    let one = try run("classify", model, "--threads", "1", input: texts)
    #expect(one.output == classified.output)

    let evaluation = try run("evaluate", model, "test.tsv")
    #expect(evaluation.code == 0, "\(evaluation.errors)")
    #expect(evaluation.text.contains("accuracy"))
    let explanation = try run("explain", model, input: "the choirs sang\n")
    #expect(explanation.code == 0, "\(explanation.errors)")
    // Explanations show the text of the source, not the normalized one.
    #expect(explanation.text.contains("music"), "\(explanation.text)")
    let summary = try run("show", model)
    #expect(summary.text.contains("letters.v1") && summary.text.contains("plurals.v1"))
    let tokens = try run("tokenize", model, input: "well-known choirs\n")
    #expect(tokens.text == "well known choir\n", "\(tokens.text) \(tokens.errors)")
  }

  @Test("The stages conform to their roles")
  func conform() throws {
    let outcome = try run("conform")
    #expect(outcome.lines.last == "0 faults", "\(outcome.text) \(outcome.errors)")
  }

  @Test("A bad setting of such a stage has its position and a suggestion")
  func badSetting() throws {
    let folder = try Self.package.get().folder
    try folder.file("bad.yaml", Self.pipeline.replacing("sharpness: 20", with: "sharpnes: 20"))
    let outcome = try run("check", "bad.yaml")
    #expect(outcome.code == 65)
    #expect((outcome.text + outcome.errors).contains("bad.yaml:14:3"), "\(outcome.errors)")
    #expect((outcome.text + outcome.errors).contains("\"sharpness\""), "\(outcome.errors)")
  }

  @Test("Registering a name twice ends the command with both types")
  func twice() throws {
    let outcome = try run("stages", "twice")
    #expect(outcome.code == 70)
    #expect(outcome.errors.contains("plugin.HyphenTokenizer"), "\(outcome.errors)")
    #expect(outcome.errors.contains("plugin.OtherHyphenTokenizer"), "\(outcome.errors)")
    #expect(outcome.errors.contains("[stage-registered-twice]"))
  }

  @Test("The command without the stages refuses the model and names a stage that it lacks")
  func refused() throws {
    _ = try run("run", "pipeline.yaml", "--output", "out")
    let folder = try Self.package.get().folder
    let outcome = try Command.docket("show", "out/model.docket", folder: folder.path)
    #expect(outcome.code == 65)
    #expect(outcome.errors.contains("plurals.v1"), "\(outcome.errors)")
  }
}
