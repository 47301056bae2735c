import TestSupport
import FileAccess
import Glibc
import Testing

/// `--from model.docket --set corpus.train=FILE`: training that continues from a model.
@Suite struct GrowthTests {
  private static let sailing = ["mast", "keel", "harbour", "anchor", "regatta", "sailor"]

  /// Returns documents of a new label, and some of an earlier label with new words.
  private static func newCorpus(_ count: Int, salt: Int = 0) -> String {
    (0..<count).map { number in
      let words = (0..<5).map { sailing[(number + $0 * (salt + 1)) % 6] }
      return number % 4 == 3
        ? "music\tthe choir harp \(number % 5) today\n"
        : "sailing\tthe \(words.joined(separator: " ")) today \(number % 7)\n"
    }.joined()
  }

  /// Returns a folder with a model of three labels and with documents of a fourth.
  private static func folder(epochs: Int = 8) throws -> TestFolder {
    let folder = try TinyPipeline.folder(epochs: epochs)
    try folder.file("new.tsv", newCorpus(32))
    try folder.file("newtest.tsv", newCorpus(16, salt: 1))
    let base = try Command.docket(
      "run", "pipeline.yaml", "--output", "base", folder: folder.path)
    #expect(base.code == 0, "\(base.errors)")
    return folder
  }

  private static func bytes(_ path: String) throws -> [UInt8] {
    try InputFile.readAll(path: path, limit: 1 << 24)
  }

  private static func json(_ arguments: String..., folder: TestFolder) throws -> JSONValue {
    let outcome = try Command.docket(arguments, folder: folder.path)
    #expect(outcome.code == 0, "\(outcome.errors)")
    return try JSONValue.parse(outcome.output, file: "output")
  }

  @Test("A new label is learned, earlier ones are kept, and every report shows what was forgotten")
  func addsALabel() throws {
    let folder = try Self.folder()
    let report = try Self.json(
      "run", "--from", "base/model.docket", "--set", "corpus.train=new.tsv", "--set",
      "corpus.test=newtest.tsv", "--output", "grown", "--json", folder: folder)
    let growth = try #require(report["growth"])
    #expect(growth["newLabels"]?.array?.compactMap(\.string) == ["sailing"])
    // 3 of 32 new documents are held out. For each of the others, one of the 81 earlier ones is
    // replayed.
    #expect(growth["newDocuments"]?.integer == 29 && growth["replayedDocuments"]?.integer == 29)
    #expect(growth["oldDocuments"]?.integer == 81)
    #expect(growth["newWords"]?.integer == 7, "six of sailing, and a harp")
    #expect(growth["modelSHA256"]?.string?.count == 64)
    #expect(try #require(report["accuracy"]?.double) >= 0.9)

    // The metrics are those of the two models on the earlier test documents.
    for (model, key) in [("base", "oldTestBefore"), ("grown", "oldTestAfter")] {
      let alone = try Self.json(
        "evaluate", "\(model)/model.docket", "test.tsv", "--json", folder: folder)
      #expect(growth[key]?["accuracy"]?.double == alone["accuracy"]?.double, "\(key)")
      // Averaged over the labels of the earlier documents.
      let metrics = try #require(alone["labels"]?.array).filter { $0["support"]?.integer != 0 }
      #expect(metrics.count == 3)
      let mean = metrics.compactMap { $0["f1"]?.double }.reduce(0, +) / 3
      #expect((try #require(growth[key]?["macroF1"]?.double) - mean).magnitude < 1e-12)
    }
    #expect(try #require(growth["oldTestAfter"]?["accuracy"]?.double) >= 0.9)
    let answers = try Command.docket(
      "classify", "grown/model.docket",
      input: Array("the regatta and the keel\nthe storm and the rain\n".utf8), folder: folder.path)
    #expect(answers.lines.map { $0.prefix { $0 != "\t" } } == ["sailing", "weather"])

    let text = String(decoding: try Self.bytes(folder.path + "/grown/report.txt"), as: UTF8.self)
    #expect(text.contains("new labels: sailing\n") && text.contains("30 earlier test documents"))
    let page = String(decoding: try Self.bytes(folder.path + "/grown/report.html"), as: UTF8.self)
    #expect(page.contains("<h2>Continued training</h2>") && page.contains("<th>before</th>"))
    let shown = try Self.json("show", "grown/model.docket", "--json", folder: folder)
    #expect(shown["learnedBefore"]?.array?.count == 1)
    #expect(shown["metrics"]?["oldTestAccuracyBefore"]?.double != nil)
  }

  @Test("A continued model has the same bytes with any number of threads and after an interruption")
  func sameBytes() throws {
    let folder = try Self.folder(epochs: 40)
    func train(_ output: String, _ more: String...) -> [String] {
      ["train", "--from", "base/model.docket", "--set", "corpus.train=new.tsv", "--output", output]
        + more
    }
    for threads in ["1", "2", "3"] {
      let outcome = try Command.docket(
        train("\(threads).docket", "--threads", threads), folder: folder.path)
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(
        outcome.errors.contains("on 30 earlier test documents: accuracy"), "\(outcome.errors)")
    }
    let stopped = try Command(train("4.docket"), folder: folder.path)
    #expect(stopped.until { $0.errorsSoFar.contains("epoch 3/40") })
    stopped.send(SIGTERM)
    #expect(try stopped.wait(within: .seconds(30)).code == 143)
    let resumed = try Command.docket(train("4.docket", "--resume"), folder: folder.path)
    #expect(resumed.code == 0 && resumed.errors.contains("resuming from epoch"))
    let models = try (1...4).map { try Self.bytes("\(folder.path)/\($0).docket") }
    for model in models { #expect(model == models[0]) }
    let base = try Self.bytes(folder.path + "/base/model.docket")
    #expect(models[0] != base)
  }

  @Test("Earlier documents of two generations are replayed; missing and changed ones are reported")
  func generations() throws {
    let folder = try Self.folder()
    func grow(_ from: String, _ corpus: String, _ output: String) throws -> Command.Outcome {
      try Command.docket(
        "train", "--from", from, "--set", "corpus.train=\(corpus)", "--output", output,
        folder: folder.path)
    }
    #expect(try grow("base/model.docket", "new.tsv", "second.docket").code == 0)
    try folder.file("third.tsv", "cooking\tsoup and bread\nsailing\tthe keel\n")
    let third = try grow("second.docket", "third.tsv", "third.docket")
    #expect(third.code == 0, "\(third.errors)")
    // 81 of the first corpus and 29 of the second.
    #expect(third.errors.contains("2 new documents and 2 of 110 earlier ones"), "\(third.errors)")
    let shown = try Self.json("show", "third.docket", "--json", folder: folder)
    let corpora = shown["learnedBefore"]?.array?.compactMap { $0["corpus"]?.string }
    #expect(corpora == ["train.tsv", "new.tsv"])

    try folder.file("train.tsv", TinyPipeline.corpus(93))
    unlink(folder.path + "/new.tsv")
    unlink(folder.path + "/test.tsv")
    let forgetful = try grow("second.docket", "third.tsv", "fourth.docket")
    #expect(forgetful.code == 0, "\(forgetful.errors)")
    #expect(forgetful.errors.contains("0 of 0 earlier ones"))
    for name in ["train.tsv", "new.tsv"] {
      #expect(
        forgetful.errors.contains(
          "cannot replay an earlier corpus, so the model may forget it: \(name)"))
    }
    #expect(forgetful.errors.contains("no earlier test documents"))
  }

  @Test(
    "A model cannot be continued with another pipeline",
    arguments: [
      (["--set", "classifier.hidden=9"], 65, "classifier.hidden was 8, but is now 9"),
      (["--set", "tokenizer.stage=characters.v1"], 65, "tokenizer.stage was"),
      (["pipeline.yaml"], 64, "omit the pipeline file"),
      (["--set", "corpus.train=none.tsv"], 66, "none.tsv"),
      (["--set", "training.replay=-1"], 65, "training.replay"),
    ] as [([String], Int32, String)])
  func refused(arguments: [String], code: Int32, message: String) throws {
    let folder = try TinyPipeline.folder(epochs: 1)
    try folder.file("new.tsv", Self.newCorpus(8))
    #expect(try Command.docket("train", "pipeline.yaml", folder: folder.path).code == 0)
    let outcome = try Command.docket(
      ["train", "--from", "model.docket", "--set", "corpus.train=new.tsv", "--output", "x.docket"]
        + arguments, folder: folder.path)
    #expect(outcome.code == code, "\(outcome.errors)")
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
    #expect(!folder.names.contains("x.docket"))
    let run = try Command.docket(
      "run", "--from", "model.docket", "--output", "out", folder: folder.path)
    #expect(run.code == 64 && run.errors.contains("corpus.train=FILE"))
  }

  @Test("A continued model cannot be reproduced from itself alone; the error shows the command")
  func notRepeatable() throws {
    let folder = try Self.folder(epochs: 1)
    let grown = try Command.docket(
      "train", "--from", "base/model.docket", "--set", "corpus.train=new.tsv", "--output",
      "grown.docket", folder: folder.path)
    #expect(grown.code == 0)
    let again = try Command.docket(
      "train", "--from", "grown.docket", "--output", "again.docket", folder: folder.path)
    #expect(again.code == 65)
    #expect(again.errors.contains("--set corpus.train=new.tsv"), "\(again.errors)")
    #expect(again.errors.hasSuffix("[growth-not-repeatable]\n"))
  }

  @Test(
    "Shares are held out of the new documents, and documents that are trained and tested on warn")
  func sharesAndLeaks() throws {
    let folder = try TinyPipeline.folder(epochs: 2)
    try folder.file(
      "share.yaml",
      TinyPipeline.text().replacing("  test: test.tsv\n", with: "  testShare: 0.2\n"))
    let base = try Command.docket("run", "share.yaml", "--output", "base", folder: folder.path)
    #expect(base.code == 0, "\(base.errors)")
    func grow(_ corpus: String, _ options: String...) throws -> Command.Outcome {
      let outcome = try Command.docket(
        ["run", "--from", "base/model.docket", "--set", "corpus.train=\(corpus)", "--output", "x"]
          + options, folder: folder.path)
      #expect(outcome.code == 0, "\(outcome.errors)")
      return outcome
    }
    try folder.file("new.tsv", Self.newCorpus(40))
    let new = try grow("new.tsv")
    #expect(
      new.errors.contains(
        "held out of 40 new documents: 8 for evaluation (corpus.testShare: 0.2) and 3 for "
          + "validation (corpus.validation: 0.1)\n"), "\(new.errors)")
    #expect(new.errors.contains("with 29 new documents and 29 of"), "\(new.errors)")
    for leak in ["now among the training", "among the earlier training"] {
      #expect(!new.errors.contains(leak), "\(new.errors)")
    }
    // `train` does not evaluate on test documents, but holds out the same number.
    let train = try Command.docket(
      "train", "--from", "base/model.docket", "--set", "corpus.train=new.tsv", folder: folder.path)
    #expect(
      train.errors.contains("held out of 40 new documents: 8 for evaluation"), "\(train.errors)")
    let none = try grow(
      "new.tsv", "--set", "corpus.testShare=0", "--set", "corpus.validation=0", "--set",
      "corpus.test=test.tsv")
    #expect(!none.errors.contains("held out"), "\(none.errors)")

    // Old and new documents are in one file, so a different tenth is held out than before.
    try folder.file("all.tsv", TinyPipeline.corpus(90) + Self.newCorpus(40))
    let all = try grow("all.tsv", "--json")
    let report = try JSONValue.parse(all.output, file: "report")
    let leaks = report["growth"]?["leaks"]?.array?.compactMap(\.string) ?? []
    try #require(leaks.count == 2, "\(leaks)")
    #expect(
      leaks[0].contains(" earlier test documents are now among the training documents"), "\(leaks)")
    #expect(leaks[1].contains(" were among the earlier training documents"), "\(leaks)")
    for leak in leaks { #expect(all.errors.contains("warning: \(leak)\n"), "\(all.errors)") }
  }
}
