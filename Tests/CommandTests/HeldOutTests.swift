import FileAccess
import Glibc
import TestSupport
import Testing

/// `docket evaluate MODEL` without a corpus, and with documents that the model was trained on.
@Suite("Held-out documents")
struct HeldOutTests {
  private static func report(_ outcome: Command.Outcome) throws -> JSONValue {
    try JSONValue.parse(outcome.output, file: "report")
  }

  /// Returns a folder with a model that was run with a held-out share of its corpus.
  private static func sharedFolder() throws -> TestFolder {
    let folder = try TinyPipeline.folder()
    try folder.file(
      "share.yaml",
      TinyPipeline.text().replacing("  test: test.tsv\n", with: "  testShare: 0.2\n"))
    let run = try Command.docket("run", "share.yaml", "--output", "share", folder: folder.path)
    #expect(run.code == 0, "\(run.errors)")
    return folder
  }

  @Test("Without a corpus, evaluate uses corpus.test of the recorded pipeline")
  func testFile() throws {
    let folder = try TinyPipeline.folder()
    let run = try Command.docket("run", "pipeline.yaml", "--output", "run", folder: folder.path)
    #expect(run.code == 0, "\(run.errors)")
    let model = "run/model.docket"
    let named = try Command.docket("evaluate", model, "test.tsv", "--json", folder: folder.path)
    let held = try Command.docket("evaluate", model, "--json", folder: folder.path)
    #expect(held.code == 0, "\(held.errors)")
    #expect(held.errors.contains("evaluating on the test documents of the model: test.tsv"))
    for key in ["documents", "accuracy", "labels", "confusion", "logLoss"] {
      #expect(try Self.report(held)[key] == Self.report(named)[key], "\(key)")
    }
    #expect(try Self.report(held)["warnings"] == nil)

    // From another folder, the paths are relative to --folder.
    let other = TestFolder()
    let path = "\(folder.path)/\(model)"
    let lost = try Command.docket("evaluate", path, folder: other.path)
    #expect(lost.code == 66 && lost.text.isEmpty, "\(lost.errors)")
    #expect(lost.errors.contains("test.tsv: error: ") && lost.errors.contains("--folder"))
    #expect(lost.errors.contains("[held-out-missing]"))
    let found = try Command.docket(
      "evaluate", path, "--folder", folder.path, "--json", "--output", "files", folder: other.path)
    #expect(try Self.report(found)["documents"]?.integer == 30, "\(found.errors)")
    #expect(other.names.contains("files"))

    // The accuracy on other documents differs from that of the run.
    try folder.file("test.tsv", TinyPipeline.corpus(20, salt: 1) + "music\train storm cloud\n")
    let changed = try Command.docket("evaluate", model, "--json", folder: folder.path)
    #expect(changed.code == 1, "\(changed.errors)")
    #expect(
      changed.errors.contains("the test documents have changed since the model was evaluated"))
    let warnings = try Self.report(changed)["warnings"]?.array?.compactMap(\.string)
    #expect(warnings?.first?.hasPrefix("the test documents have changed since") == true)
  }

  @Test("Without a corpus, evaluate uses the share of the training documents that was held out")
  func share() throws {
    let folder = try Self.sharedFolder()
    let run = try JSONValue.parse(
      InputFile.readAll(path: folder.path + "/share/report.json", limit: 1 << 24), file: "run")
    let held = try Command.docket("evaluate", "share/model.docket", "--json", folder: folder.path)
    #expect(held.code == 0, "\(held.errors)")
    #expect(try Self.report(held)["documents"]?.integer == 18)
    for key in ["accuracy", "labels", "confusion", "logLoss"] {
      #expect(try Self.report(held)[key] == run[key], "\(key)")
    }
    try folder.file("train.tsv", TinyPipeline.corpus(93))
    let changed = try Command.docket("evaluate", "share/model.docket", folder: folder.path)
    #expect(
      changed.code == 65 && changed.errors.contains("[held-out-changed]"), "\(changed.errors)")
    unlink(folder.path + "/train.tsv")
    let missing = try Command.docket("evaluate", "share/model.docket", folder: folder.path)
    #expect(missing.code == 66 && missing.errors.contains("[held-out-missing]"))
  }

  @Test("A model without test documents needs a corpus, and options must fit")
  func usage() throws {
    let folder = try TinyPipeline.folder()
    try folder.file(
      "none.yaml", TinyPipeline.text().replacing("  test: test.tsv\n", with: ""))
    let trained = try Command.docket("train", "none.yaml", folder: folder.path)
    #expect(trained.code == 0, "\(trained.errors)")
    let none = try Command.docket("evaluate", "model.docket", folder: folder.path)
    #expect(none.code == 64 && none.errors.contains("[no-recorded-test]"), "\(none.errors)")
    for options in [["--format", "tsv"], ["--label-field", "a"], ["--text-field", "a"]] {
      let outcome = try Command.docket(
        ["evaluate", "model.docket"] + options, folder: folder.path)
      #expect(outcome.code == 64 && outcome.errors.contains("requires a corpus"), "\(options)")
    }
    let both = try Command.docket(
      "evaluate", "model.docket", "test.tsv", "--folder", ".", folder: folder.path)
    #expect(both.code == 64 && both.errors.contains("--folder has no effect"))
  }

  @Test("Comparing a model on documents that it was trained on is a warning, and fails the gate")
  func compareTrainedOn() throws {
    let folder = try Self.sharedFolder()
    func train(_ name: String, _ settings: String...) throws {
      let outcome = try Command.docket(
        ["train", "share.yaml", "--output", name] + settings.flatMap { ["--set", $0] },
        folder: folder.path)
      try #require(outcome.code == 0, "\(outcome.errors)")
    }
    try train("whole.docket", "corpus.testShare=0")
    try train("other.docket", "training.seed=2")
    try train("less.docket", "corpus.testShare=0.1")
    func compare(_ second: String, _ more: String...) throws -> Command.Outcome {
      try Command.docket(
        ["compare", "share/model.docket", second, "--fail-if-worse"] + more, folder: folder.path)
    }
    for name in ["whole.docket", "less.docket"] {
      let outcome = try compare(name, "--json")
      #expect(outcome.code == 1, "\(outcome.errors)")
      let warning = "\(name): these are the documents that the model was trained on, so the scores"
      #expect(outcome.errors.contains("--fail-if-worse: \(warning)"), "\(outcome.errors)")
      let warnings = try Self.report(outcome)["warnings"]?.array
      #expect(warnings?.count == 1 && warnings?[0].string?.hasPrefix(warning) == true)
    }
    // The same share of the same documents is held out for any seed.
    let same = try compare("other.docket")
    #expect(!same.errors.contains("was trained on") && !same.text.contains("was trained on"))
    // Given as a corpus, the documents are those that both models were trained on.
    let both = try compare("other.docket", "--corpus", "train.tsv")
    #expect(both.code == 1)
    let lines = both.text.split(separator: "\n")
    #expect(lines.count { $0.hasPrefix("warning: ") } == 2, "\(both.text)")
  }

  @Test("Evaluating the training documents is a warning, in the report too")
  func trainedOn() throws {
    let folder = try Self.sharedFolder()
    func warning(_ corpus: String...) throws -> String {
      let outcome = try Command.docket(
        ["evaluate", "share/model.docket"] + corpus + ["--json", "--output", "files"],
        folder: folder.path)
      #expect(outcome.code == 0, "\(outcome.errors)")
      let warnings = try Self.report(outcome)["warnings"]?.array?.compactMap(\.string) ?? []
      for warning in warnings {
        #expect(outcome.errors.contains("warning: \(warning)\n"))
        for name in ["report.txt", "report.html", "report.json"] {
          let bytes = try InputFile.readAll(path: "\(folder.path)/files/\(name)", limit: 1 << 24)
          #expect(String(decoding: bytes, as: UTF8.self).contains(warning), "\(name)")
        }
      }
      return warnings.joined(separator: "\n")
    }
    let same = try warning("train.tsv")
    #expect(same.hasPrefix("these are the documents that the model was trained on, so the scores"))
    #expect(same.contains("without a corpus, docket evaluate uses the documents"), "\(same)")
    try folder.file("copy.tsv", TinyPipeline.corpus(90))
    #expect(try warning("copy.tsv") == same)
    #expect(try warning("test.tsv").isEmpty)
    // The same file, with one more document.
    try folder.file("train.tsv", TinyPipeline.corpus(91))
    let changed = try warning("./train.tsv")
    #expect(changed.hasPrefix("the model was trained on an earlier version of"), "\(changed)")
    #expect(changed.contains("the scores are too high"))
    #expect(try warning("train.tsv", "test.tsv").contains("trained on an earlier version"))
  }

  @Test("A record of a cut text says so, and a corpus of such records is a warning")
  func cutTexts() throws {
    let folder = try TinyPipeline.folder()
    let long = String(repeating: "guitar ", count: 200)
    let wrong = "weather\t\(long)\nweather\tguitar concert\n"
    try folder.file("test.tsv", TinyPipeline.corpus(30, salt: 1) + wrong)
    func records(_ output: String, _ options: String...) throws -> [JSONValue] {
      let run = try Command.docket(
        ["run", "pipeline.yaml", "--output", output] + options, folder: folder.path)
      #expect(run.code == 0, "\(run.errors)")
      let bytes = try InputFile.readAll(
        path: "\(folder.path)/\(output)/errors.jsonl", limit: 1 << 24)
      return try bytes.split(separator: 0x0A).map { try JSONValue.parse(Array($0), file: "e") }
    }
    let cut = try records("cut", "--set", "training.epochs=6")
    #expect(cut.count { $0["cut"] == .bool(true) } == 1)
    #expect(cut.contains { $0["cut"] == nil })
    let whole = try records("whole", "--set", "training.epochs=6", "--set", "report.texts=whole")
    #expect(!whole.isEmpty && whole.allSatisfy { $0["cut"] == nil })

    try folder.file(
      "cut.jsonl",
      TinyCorpus.documents(60).enumerated().map { number, row in
        #"{"label":"\#(row.label)","text":"\#(row.text)""#
          + (number % 20 == 3 ? #","cut":true}"# : #","cut":false}"#) + "\n"
      }.joined())
    for verb in ["train", "run", "check"] {
      let outcome = try Command.docket(
        verb, "pipeline.yaml", "--set", "corpus.train=cut.jsonl", folder: folder.path)
      #expect(outcome.code == 0, "\(outcome.errors)")
      let said = outcome.errors + outcome.text
      #expect(said.contains(#"cut.jsonl:4: warning: 3 documents with "cut": true"#), "\(said)")
      #expect(said.contains("[cut-text]"))
    }
    let model = SharedRun.model
    for verb in ["classify", "explain"] {
      let outcome = try Command.docket(
        verb, model, "--format", "jsonl", "--text-field", "text", "--input", "cut.jsonl",
        folder: folder.path)
      #expect(
        outcome.errors.contains(#"warning: 3 documents have "cut": true, so only"#),
        "\(outcome.errors)")
    }
  }
}
