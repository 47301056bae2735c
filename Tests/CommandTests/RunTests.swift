import TestSupport
import FileAccess
import Testing

/// `docket run`, and the verbs that work with its pipeline and its model.
@Suite struct RunTests {
  private static let folder = SharedRun.path

  private static func json(_ text: some Collection<UInt8>) throws -> JSONValue {
    try JSONValue.parse(Array(text), file: "output")
  }

  @Test("run writes the model and the reports, prints the report, and names the folder")
  func run() throws {
    let outcome = try #require(SharedRun.outcome)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let names = try Folder.names(in: Self.folder + "/run")
    #expect(names == ["errors.jsonl", "model.docket", "report.html", "report.json", "report.txt"])
    let text = try InputFile.readAll(path: Self.folder + "/run/report.txt", limit: 1 << 20)
    #expect(outcome.output == text)
    #expect(outcome.text.contains("accuracy"))
    let page = try InputFile.readAll(path: Self.folder + "/run/report.html", limit: 1 << 24)
    #expect(page.starts(with: "<!DOCTYPE html>".utf8) || page.starts(with: "<!doctype html>".utf8))
  }

  @Test("report.json has the keys that scripts rely on, with consistent values")
  func reportKeys() throws {
    _ = SharedRun.outcome
    let report = try Self.json(
      InputFile.readAll(path: Self.folder + "/run/report.json", limit: 1 << 24))
    #expect(report["documents"]?.integer == 30)
    #expect(try #require(report["tokens"]?.integer) >= 30 * 5)
    for key in [
      "accuracy", "macroF1", "weightedF1", "logLoss", "expectedCalibrationError", "seconds",
      "documentsPerSecond",
    ] {
      #expect(try #require(report[key]?.double, "\(key)") >= 0)
    }
    let labels = try #require(report["labels"]?.array)
    #expect(labels.compactMap { $0["label"]?.string } == TinyCorpus.topics.map(\.label))
    for label in labels {
      #expect(label["support"]?.integer == 10)
      for key in ["precision", "recall", "f1"] { #expect(label[key]?.double != nil) }
    }
    let confusion = try #require(report["confusion"]?.array).map {
      $0.array?.compactMap(\.integer) ?? []
    }
    #expect(confusion.map { $0.reduce(0, +) } == [10, 10, 10])
    let correct = confusion.indices.reduce(0) { $0 + confusion[$1][$1] }
    #expect(report["accuracy"]?.double == Double(correct) / 30)
    let pairs = try #require(report["confusedPairs"]?.array)
    #expect(pairs.reduce(0) { $0 + ($1["count"]?.integer ?? 0) } == 30 - correct)
    for pair in pairs { #expect(pair["expected"]?.string != nil && pair["predicted"] != nil) }
  }

  @Test("JSON progress is one object per epoch, with the keys that scripts rely on")
  func progress() throws {
    let lines = try #require(SharedRun.outcome).errorLines
      .filter { line in
        !["phase", "note", "part"].contains { line.hasPrefix("{\"event\":\"\($0)\"") }
      }
    #expect(lines.count == 4)
    for (number, line) in lines.enumerated() {
      let epoch = try Self.json(line.utf8)
      #expect(epoch["event"]?.string == "epoch")
      #expect(epoch["epoch"]?.integer == number + 1)
      #expect(try #require(epoch["tokens"]?.integer) > 0)
      for key in ["loss", "validationLoss", "validationAccuracy", "seconds", "tokensPerSecond"] {
        #expect(try #require(epoch[key]?.double, "\(key)") >= 0)
      }
    }
  }

  @Test("evaluate repeats the metrics of the run, and a missed gate exits with 1")
  func evaluate() throws {
    let output = TestFolder()
    let again = try Command.docket(
      "evaluate", SharedRun.model, "test.tsv", "--json", "--output", output.path + "/deep/er",
      "--min-accuracy", "0", folder: Self.folder)
    #expect(again.code == 0, "\(again.errors)")
    let report = try Self.json(again.output)
    let first = try Self.json(
      InputFile.readAll(path: Self.folder + "/run/report.json", limit: 1 << 24))
    for key in ["documents", "tokens", "accuracy", "macroF1", "labels", "confusion", "logLoss"] {
      #expect(report[key] != nil && report[key] == first[key], "\(key)")
    }
    let names = try Folder.names(in: output.path + "/deep/er")
    #expect(names == ["errors.jsonl", "report.html", "report.json", "report.txt"])
    // All documents have wrong labels.
    try output.file("wrong.tsv", "music\train storm cloud\nweather\tbread oven butter\n")
    let missed = try Command.docket(
      "evaluate", SharedRun.model, "wrong.tsv", "--min-accuracy", "1", folder: output.path)
    #expect(missed.code == 1)
    #expect(missed.errors.contains("is below --min-accuracy 1.0"), "\(missed.errors)")
    #expect(missed.text.contains("accuracy"))
  }

  @Test("Untrained labels count as wrong and are listed")
  func untrainedLabel() throws {
    let output = TestFolder()
    try output.file("odd.tsv", "politics\tbread soup\nmusic\tguitar drum choir\n")
    let outcome = try Command.docket(
      "evaluate", SharedRun.model, "odd.tsv", "--json", folder: output.path)
    #expect(outcome.code == 0)
    let report = try Self.json(outcome.output)
    #expect(report["untrainedLabels"]?.array == [.string("politics")])
    #expect(try #require(report["accuracy"]?.double) <= 0.5)
  }

  @Test("show describes a model, as text and as JSON")
  func show() throws {
    let text = try Command.docket("show", SharedRun.model)
    #expect(text.code == 0)
    for phrase in ["bilstm.v1", "\"cooking\", \"music\", \"weather\"", "8 dimensions", "seed "] {
      #expect(text.text.contains(phrase), "\(phrase)")
    }
    // A terminal usually has 24 lines of 80 or more columns.
    #expect(text.lines.count <= 24)
    #expect(
      text.text.firstMatch(
        of: /\n  min-confidence +auto:0.9 (none|[0-9.]+ labels [0-9.]+ %), auto:/)
        != nil, "\(text.text)")
    let full = try Command.docket("show", SharedRun.model, "--full")
    #expect(full.text.contains("docket: 1\n") && full.text.contains("\nepochs\n"))
    // On so few documents, the network is left out, so the model has the weights of no epoch.
    #expect(
      text.text.firstMatch(of: /epochs +4\n +validation accuracy [0-9.]+ %\n/) != nil,
      "\(text.text)")
    let summary = try Self.json(Command.docket("show", SharedRun.model, "--json").output)
    let file = try InputFile.readAll(path: SharedRun.model, limit: 1 << 24)
    #expect(summary["sha256"]?.string == SHA256Digest.hexadecimal(of: file))
    #expect(summary["bytes"]?.integer == file.count)
    #expect(summary["labels"]?.array?.count == 3)
    #expect(summary["metrics"]?["testAccuracy"]?.double != nil)
    let offered = try #require(summary["minConfidence"]?.array)
    #expect(offered.compactMap { $0["auto"]?.double } == [0.9, 0.95, 0.99])
    for threshold in offered {
      guard let accuracy = threshold["accuracy"]?.double else { continue }
      let ends = threshold["interval"]?.array?.compactMap(\.double) ?? []
      #expect(ends.count == 2 && ends[0] <= accuracy && accuracy <= ends[1])
    }
  }

  @Test("stages and schema list every stage with its settings")
  func stages() throws {
    let text = try Command.docket("stages")
    let schema = try Command.docket("schema")
    #expect(text.code == 0 && schema.code == 0)
    for stage in ["unicode.v1", "words.v1", "characters.v1", "word2vec.v1", "bilstm.v1"] {
      #expect(text.text.contains(stage) && schema.text.contains("\"\(stage)\""), "\(stage)")
    }
    #expect(text.text.contains("hidden"))
    #expect(
      try Self.json(schema.output)["$schema"]?.string?.hasPrefix("https://json-schema") == true)
    #expect(try Self.json(Command.docket("stages", "--json").output).object != nil)
  }

  @Test("check describes the corpus, and exits with 1 on a fault")
  func check() throws {
    let good = try Command.docket("check", "pipeline.yaml", folder: Self.folder)
    #expect(good.code == 0, "\(good.errors)")
    #expect(good.lines.contains { $0.hasPrefix("  \"music\"           30 ") })
    #expect(good.lines.contains { $0.hasPrefix("test: 30 documents") })
    #expect(good.lines.last?.hasPrefix("verdict: No faults found.") == true)
    let folder = try TinyPipeline.folder()
    try folder.file("test.tsv", "music\tdrum\npolitics\tlaw\n")
    let bad = try Command.docket("check", "pipeline.yaml", "--json", folder: folder.path)
    #expect(bad.code == 1)
    let found = try Self.json(bad.output)
    #expect(found["faults"]?.integer == 1)
    #expect(found["untrainedLabels"]?.array == [.string("politics")])
    let parts = try #require(found["parts"]?.array)
    #expect(parts.compactMap { $0["name"]?.string } == ["train", "test"])
    #expect(parts.first?["format"]?.string == "tsv")
    #expect(folder.names == ["pipeline.yaml", "test.tsv", "train.tsv"])
  }

  @Test("Test documents that are also training documents cause a warning")
  func leakage() throws {
    let folder = try TinyPipeline.folder()
    try folder.file("test.tsv", TinyPipeline.corpus(3) + "music\tdrum and drum\n")
    try folder.file("validation.tsv", TinyPipeline.corpus(3) + "music\tdrum\n")
    let message = "3 documents also occur in the training corpus"
    let run = try Command.docket("run", "pipeline.yaml", folder: folder.path)
    #expect(run.code == 0)
    #expect(run.errors.contains("test.tsv:1: warning: \(message)"), "\(run.errors)")
    let check = try Command.docket(
      "check", "pipeline.yaml", "--set", "corpus.validation=validation.tsv", folder: folder.path)
    #expect(check.code == 1)
    for file in ["test.tsv", "validation.tsv"] {
      #expect(check.lines.contains { $0.hasPrefix("\(file):1: fault: \(message)") })
      #expect(check.lines.contains("    \(file):1 is identical to train.tsv:1"))
    }
    try folder.file("validation.tsv", "politics\tlaw\n")
    let unknown = try Command.docket(
      "check", "pipeline.yaml", "--set", "corpus.validation=validation.tsv", folder: folder.path)
    #expect(unknown.code == 65)
    #expect(unknown.errors.hasPrefix("validation.tsv:1: error: unknown label \"politics\""))
  }

  @Test("tokenize prints one line per document with single spaces between tokens, as for a model")
  func tokenize() throws {
    let input = Array("The RAIN,  and\u{3000}wind\n\na\n\u{FF}b\n".utf8.map { $0 }) + [0xFF, 0x0A]
    for source in ["pipeline.yaml", "run/model.docket"] {
      _ = SharedRun.outcome
      let outcome = try Command.docket("tokenize", source, input: input, folder: Self.folder)
      #expect(outcome.text == "the rain , and wind\n\na\nÿb\n\n")
      #expect(outcome.code == 1)
      #expect(outcome.errors.hasPrefix("document 5: "), "\(outcome.errors)")
    }
  }

  @Test("A test file on the command line replaces the testShare of the file, with a note")
  func replacedShare() throws {
    let folder = try TinyPipeline.folder(epochs: 1)
    try folder.file(
      "p.yaml", "docket: 1\ncorpus: {train: train.tsv, testShare: 0.2}\nclassifier: ngrams.v1\n")
    let run = try Command.docket(
      "run", "p.yaml", "--output", "o", "--set", "corpus.test=test.tsv", folder: folder.path)
    #expect(run.code == 0 && run.errors.contains("corpus.testShare is ignored"), "\(run.errors)")
  }

  @Test("A pipeline whose name is dots needs --output")
  func dots() throws {
    let folder = try TinyPipeline.folder(epochs: 1)
    try folder.file("...", TinyPipeline.text(epochs: 1))
    let run = try Command.docket("run", "...", folder: folder.path)
    #expect(run.code == 64 && run.errors.contains("use --output FOLDER"), "\(run.errors)")
    #expect(!folder.names.contains("model.docket"))
  }

  @Test("A corpus that does not exist is missing input, whatever names it")
  func missingCorpus() throws {
    let folder = try TinyPipeline.folder(epochs: 1)
    for arguments in [
      ["run", "pipeline.yaml", "--set", "corpus.train=none.tsv"], ["run", "none.yaml"],
      ["init", "none.tsv"],
    ] {
      let outcome = try Command.docket(arguments, folder: folder.path)
      #expect(outcome.code == 66 && outcome.errors.contains("[file-missing]"), "\(outcome.errors)")
    }
    // Together with another fault, the pipeline file is at fault.
    let both = try Command.docket(
      "run", "pipeline.yaml", "--set", "corpus.train=none.tsv", "--set", "training.epochs=-1",
      folder: folder.path)
    #expect(both.code == 65, "\(both.errors)")
  }
}
