import FileAccess
import TestSupport
import Testing

/// `docket compare`, and the predictions of other programs as input to `evaluate`.
@Suite("Comparing models and predictions", .serialized)
struct CompareTests {
  /// A folder with a model of two epochs, one of six, and the predictions of the first.
  private static let folder: Result<TestFolder, any Error> = Result {
    let folder = try TinyPipeline.folder(epochs: 6)
    for (name, epochs) in [("one", 1), ("two", 6)] {
      let outcome = try Command.docket(
        "run", "pipeline.yaml", "--set", "training.epochs=\(epochs)", "--output", name, "--quiet",
        folder: folder.path)
      try #require(outcome.code == 0, "\(outcome.errors)")
    }
    let texts = try folder.text("test.tsv").split(separator: "\n").map {
      String($0.split(separator: "\t")[1]) + "\n"
    }
    try folder.file("texts.txt", texts.joined())
    let outcome = try Command.docket(
      "classify", "one/model.docket", "--top", "all", "--input", "texts.txt", "--output",
      "all.tsv", folder: folder.path)
    try #require(outcome.code == 0, "\(outcome.errors)")
    let all = try folder.text("all.tsv").split(separator: "\n")
    func fields(_ count: Int) -> String {
      all.map { $0.split(separator: "\t").prefix(count).joined(separator: "\t") + "\n" }.joined()
    }
    try folder.file("labels.tsv", fields(1))
    try folder.file("best.tsv", fields(2))
    let fastText = all.map { line in
      let fields = line.split(separator: "\t")
      return "__label__\(fields[0]) \(fields[1])\n"
    }
    try folder.file("fasttext.txt", fastText.joined())
    return folder
  }

  private func json(_ arguments: [String]) throws -> JSONValue {
    let outcome = try Command.docket(
      arguments + ["--json"], folder: try Self.folder.get().path)
    #expect(outcome.code == 0, "\(outcome.errors)")
    return try JSONValue.parse(outcome.output, file: "output")
  }

  @Test("The predictions that classify writes have all the scores of the model itself")
  func predictions() throws {
    let model = try json(["evaluate", "one/model.docket", "test.tsv"])
    let read = try json(["evaluate", "--predictions", "all.tsv", "test.tsv"])
    for key in [
      "accuracy", "macroF1", "logLoss", "brierScore", "expectedCalibrationError", "confusion",
      "labels", "coverage", "intervals",
    ] { #expect(read[key] == model[key] && model[key] != nil, "\(key)") }
  }

  @Test(
    "Predictions without all probabilities have the scores that can be computed",
    arguments: [("labels.tsv", false), ("best.tsv", true), ("fasttext.txt", true)])
  func partial(file: String, hasConfidence: Bool) throws {
    let model = try json(["evaluate", "one/model.docket", "test.tsv"])
    let read = try json(["evaluate", "--predictions", file, "test.tsv"])
    #expect(read["accuracy"] == model["accuracy"] && read["confusion"] == model["confusion"])
    #expect(read["logLoss"] == .null && read["brierScore"] == .null)
    let error = hasConfidence ? model["expectedCalibrationError"] : .null
    #expect(read["expectedCalibrationError"] == error)
  }

  @Test(
    "Candidates are models, run folders and prediction files, on the first one's test documents")
  func compares() throws {
    let folder = try Self.folder.get()
    let value = try json(["compare", "one", "two/model.docket", "labels.tsv", "--output", "cmp"])
    #expect(value["candidates"]?.array?.count == 3)
    let differences = try #require(value["differences"]?.array)
    #expect(differences.map { $0["name"]?.string } == ["two/model.docket", "labels.tsv"])
    #expect(differences[1]["changed"]?.integer == 0)
    #expect(differences[1]["pValue"]?.double == 1)
    let changed = try folder.text("cmp/changed.jsonl").split(separator: "\n")
    #expect(changed.count == differences[0]["changed"]?.integer)
    #expect(try folder.text("cmp/comparison.json").contains("\"verdict\""))
    let more = try json(["compare", "one", "two", "--corpus", "train.tsv", "--threads", "3"])
    #expect(more["documents"]?.integer != value["documents"]?.integer)
  }

  @Test(
    "Predictions that do not fit the documents are errors with the line",
    arguments: [
      (
        "music\t0.5\nmusic\t1.5\n",
        "bad.tsv:2: error: expected a probability from 0 to 1, found \"1.5\""
      ),
      ("music\tnan\n", "bad.tsv:1: error: expected a probability from 0 to 1"),
      ("music\t0.5\tcooking\n", "bad.tsv:1: error: a label without a probability"),
      ("music\t0.5\tmusic\t0.5\n", "bad.tsv:1: error: the label \"music\" is repeated"),
      ("\n", "bad.tsv:1: error: no label"),
      ("music\n", "bad.tsv: error: 1 predictions for"),
      (String(repeating: "music\n", count: 1_000), "error: more predictions than documents"),
    ])
  func faults(content: String, message: String) throws {
    let folder = try Self.folder.get()
    try folder.file("bad.tsv", content)
    let outcome = try Command.docket(
      "compare", "one", "bad.tsv", folder: folder.path)
    #expect(outcome.code == 65 && outcome.errors.contains(message), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }

  @Test(
    "Wrong use is refused before anything is read",
    arguments: [
      (["compare", "one"], 64, "at least two"),
      (["compare", "labels.tsv", "best.tsv"], 64, "--corpus"),
      (["compare", "one", "two", "--no-texts"], 64, "--no-texts has no effect without --output"),
      (["compare", "one", "pipeline.yaml"], 65, "found a pipeline file"),
      (["compare", "one", "nosuch"], 66, "no such file"),
      (["evaluate", "--predictions", "all.tsv"], 64, ""),
    ] as [([String], Int32, String)])
  func usage(arguments: [String], code: Int32, message: String) throws {
    let outcome = try Command.docket(arguments, folder: try Self.folder.get().path)
    #expect(outcome.code == code && outcome.errors.contains(message), "\(outcome.errors)")
  }
}

extension TestFolder {
  /// Returns the contents of a file as text.
  fileprivate func text(_ name: String) throws -> String {
    String(decoding: try InputFile.readAll(path: "\(path)/\(name)", limit: 1 << 24), as: UTF8.self)
  }
}
