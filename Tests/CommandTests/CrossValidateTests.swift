import FileAccess
import Glibc
import TestSupport
import Testing

/// `docket cross-validate`.
@Suite("cross-validate")
struct CrossValidateTests {
  private static func records(_ path: String) throws -> [JSONValue] {
    try InputFile.readAll(path: path, limit: 1 << 24).split(separator: 10).map {
      try JSONValue.parse(Array($0), file: path)
    }
  }

  private static func value(_ path: String) throws -> JSONValue {
    try JSONValue.parse(InputFile.readAll(path: path, limit: 1 << 24), file: path)
  }

  @Test("Scores and predictions are the same for any number of threads")
  func threads() throws {
    let folder = try TinyPipeline.folder(epochs: 2)
    for threads in ["1", "3"] {
      let outcome = try Command.docket(
        "cross-validate", "pipeline.yaml", "--folds", "3", "--repeats", "2", "--threads", threads,
        "--output", threads, folder: folder.path)
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.lines.contains("bilstm.v1, 3 folds, repeated 2 times, 90 documents"))
      #expect(outcome.errorLines.count { $0.hasPrefix("repeat ") } == 6)
      #expect(
        try Folder.names(in: "\(folder.path)/\(threads)") == [
          "cross-validation.json", "predictions.jsonl",
        ])
    }
    for name in ["cross-validation.json", "predictions.jsonl"] {
      #expect(
        try InputFile.readAll(path: "\(folder.path)/1/\(name)", limit: 1 << 24)
          == InputFile.readAll(path: "\(folder.path)/3/\(name)", limit: 1 << 24), "\(name)")
    }
  }

  @Test("Every document is predicted once per repeat, and the scores are those of the predictions")
  func scores() throws {
    let folder = try TinyPipeline.folder(epochs: 2)
    let outcome = try Command.docket(
      "cross-validate", "pipeline.yaml", "--repeats", "2", "--json", "--output", "out",
      folder: folder.path)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let scores = try JSONValue.parse(outcome.output, file: "standard output")
    #expect(try scores == Self.value("\(folder.path)/out/cross-validation.json"))
    let records = try Self.records("\(folder.path)/out/predictions.jsonl")
    #expect(records.count == 180)
    for number in 1...2 {
      let part = records.filter { $0["repeat"]?.integer == number }
      #expect(part.compactMap { $0["line"]?.integer } == Array(1...90))
      #expect(part.allSatisfy { $0["file"]?.string == "train.tsv" && $0["position"] == nil })
    }
    let folds = try #require(scores["folds"]?.array)
    #expect(folds.count == 10)
    var accuracies: [Double] = []
    for fold in folds {
      let part = records.filter { $0["repeat"] == fold["repeat"] && $0["fold"] == fold["fold"] }
      #expect(part.count == fold["documents"]?.integer)
      let right = part.count { $0["label"] == $0["predicted"] }
      accuracies.append(Double(right) / Double(part.count))
      #expect(fold["accuracy"]?.double == accuracies.last)
    }
    let mean = accuracies.reduce(0, +) / 10
    #expect(abs((scores["accuracy"]?["mean"]?.double ?? 0) - mean) < 1e-12)
    for record in records {
      let all = try #require(record["probabilities"]?.object)
      #expect(abs(all.reduce(0) { $0 + ($1.value.double ?? 9) } - 1) < 1e-5)
      #expect(record["probability"]?.double == all.compactMap(\.value.double).max())
    }
  }

  @Test("A fold is classified as by the model that docket train makes of the other documents")
  func sameModel() throws {
    let folder = try TinyPipeline.folder(epochs: 2)
    let settings = ["--set", "corpus.validation=0.2", "--seed", "5"]
    let outcome = try Command.docket(
      ["cross-validate", "pipeline.yaml", "--output", "out"] + settings, folder: folder.path)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let records = try Self.records("\(folder.path)/out/predictions.jsonl")
    let lines = TinyPipeline.corpus(90).split(separator: "\n").map(String.init)
    let isHeld = records.map { $0["fold"]?.integer == 2 }
    let rest = zip(lines, isHeld).filter { !$1 }.map { $0.0 + "\n" }
    try folder.file("rest.tsv", rest.joined())
    let held = zip(lines, isHeld).filter { $1 }.map { $0.0.split(separator: "\t")[1] + "\n" }
    let trained = try Command.docket(
      ["train", "pipeline.yaml", "--set", "corpus.train=rest.tsv", "--output", "rest.docket"]
        + settings, folder: folder.path)
    #expect(trained.code == 0, "\(trained.errors)")
    let classified = try Command.docket(
      "classify", "rest.docket", input: Array(held.joined().utf8), folder: folder.path)
    let expected = zip(records, isHeld).filter { $1 }.map { record, _ in
      "\(record["predicted"]?.string ?? "")\t\(record["probability"]?.double.map { Float($0) } ?? 0)"
    }
    #expect(classified.lines == expected)
  }

  @Test("Documents of testShare and of a test file are not read")
  func test() throws {
    let folder = try TinyPipeline.folder(epochs: 1)
    try folder.file("test.tsv", "not a corpus")
    let outcome = try Command.docket(
      "cross-validate", "pipeline.yaml", "--folds", "2", "--quiet", folder: folder.path)
    #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    let lines = TinyPipeline.text(epochs: 1).split(separator: "\n")
    let held = lines.map { $0.hasPrefix("  test:") ? "  testShare: 0.2" : $0 }
    try folder.file("share.yaml", held.joined(separator: "\n"))
    let share = try Command.docket(
      "cross-validate", "share.yaml", "--folds", "2", "--json", folder: folder.path)
    #expect(try JSONValue.parse(share.output, file: "")["documents"]?.integer == 72)
  }

  @Test("Wrong use, unusable inputs and outputs have the exit codes of other verbs")
  func codes() throws {
    let folder = try TinyPipeline.folder(epochs: 1)
    try folder.file("few.tsv", TinyPipeline.corpus(4))
    let cases: [(code: Int32, code2: String, arguments: [String])] = [
      (64, "--folds must be", ["pipeline.yaml", "--folds", "1"]),
      (64, "--repeats must be", ["pipeline.yaml", "--repeats", "0"]),
      (64, "specify a pipeline file", []),
      (65, "[too-few-documents]", ["pipeline.yaml", "--set", "corpus.train=few.tsv"]),
      (66, "missing.yaml", ["missing.yaml"]),
      (73, "train.tsv", ["pipeline.yaml", "--output", "train.tsv/out"]),
    ]
    for (code, text, arguments) in cases {
      for verb in ["cross-validate", "audit"] {
        let outcome = try Command.docket([verb] + arguments, folder: folder.path)
        #expect(outcome.code == code && outcome.errors.contains(text), "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
      }
    }
  }

  @Test("Predictions that do not fit into memory are refused before training")
  func memory() throws {
    let folder = try TinyPipeline.folder(epochs: 1)
    let lines = (0..<40_000).map { "label\($0 / 5)\ttext \($0)\n" }
    try folder.file("labels.tsv", lines.joined())
    for verb in ["cross-validate", "audit"] {
      let outcome = try Command.docket(
        verb, "pipeline.yaml", "--set", "corpus.train=labels.tsv", "--repeats", "1000",
        folder: folder.path)
      #expect(outcome.code == 65 && outcome.errors.contains("[not-enough-memory]"))
      #expect(
        outcome.errors.contains("the predictions of 40,000 documents for 8,000 labels, repeated"),
        "\(outcome.errors)")
      #expect(!outcome.errors.contains("fold 1"))
    }
  }

  @Test("Near duplicates are counted in the results")
  func duplicates() throws {
    let folder = try TinyPipeline.folder(epochs: 1)
    let words = (0..<30).map { "word\($0)" }.joined(separator: " ")
    try folder.file(
      "twins.tsv", TinyPipeline.corpus(90) + "music\t\(words)\nweather\t\(words) end\n")
    let outcome = try Command.docket(
      "cross-validate", "pipeline.yaml", "--set", "corpus.train=twins.tsv", "--folds", "3",
      "--output", "out", folder: folder.path)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let sentence =
      "2 documents are in 1 group of exact or near duplicates; each group is in one fold"
    #expect(outcome.lines.contains(sentence) && outcome.errorLines.contains(sentence))
    let scores = try Self.value("\(folder.path)/out/cross-validation.json")
    #expect(scores["duplicates"]?["groups"]?.integer == 1)
    #expect(scores["duplicates"]?["documents"]?.integer == 2)
    let folds = try Self.records("\(folder.path)/out/predictions.jsonl").map { $0["fold"] }
    #expect(folds[90] == folds[91])
  }

  @Test(
    "An interruption ends it with 130 and writes nothing", arguments: ["cross-validate", "audit"])
  func interrupted(verb: String) throws {
    let folder = try TinyPipeline.folder(epochs: 10_000)
    let command = try Command(
      [verb, "pipeline.yaml", "--progress", "json", "--output", "out"], folder: folder.path)
    let detail = #""phase":"folds","detail":"fold 1 of 5""#
    #expect(command.until { $0.errorsSoFar.contains(detail) })
    command.send(SIGINT)
    let outcome = try command.wait()
    #expect(outcome.code == 130)
    #expect(outcome.errors.contains("interrupted; nothing was written"))
    #expect(try Folder.names(in: "\(folder.path)/out").filter { !$0.hasPrefix(".") } == [])
  }
}
