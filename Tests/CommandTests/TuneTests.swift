import FileAccess
import TestSupport
import Testing

/// `docket tune`.
@Suite("tune")
struct TuneTests {
  /// Writes a corpus and a pipeline with `ngrams.v1`.
  private static func folder() throws -> TestFolder {
    let folder = TestFolder()
    let documents = TinyCorpus.documents(720)
    try folder.file("train.tsv", documents.map { "\($0.label)\t\($0.text)\n" }.joined())
    try folder.file(
      "p.yaml",
      """
      docket: 1
      # Test documents are not read, so that this file need not exist for tune.
      corpus: {train: train.tsv, testShare: 0.2, validation: 0.2}
      normalizers: [unicode.v1]
      tokenizer: words.v1
      classifier: ngrams.v1

      """)
    return folder
  }

  /// The results without their times.
  private static func results(_ path: String) throws -> [String] {
    try InputFile.readAll(path: path, limit: 1 << 20).split(separator: 10).map { line in
      let json = try JSONValue.parse(Array(line), file: path)
      return JSONValue.object((json.object ?? []).filter { $0.key != "seconds" }).text()
    }
  }

  private static func tune(
    _ folder: TestFolder, _ arguments: String...
  ) throws -> Command.Outcome {
    try Command.docket(
      ["tune", "p.yaml", "--trials", "6", "--progress", "none"] + arguments, folder: folder.path)
  }

  @Test("Trials and scores are the same for any number of threads, and depend on the seed")
  func threads() throws {
    let folder = try Self.folder()
    for threads in ["1", "3"] {
      let outcome = try Self.tune(folder, "--threads", threads, "--output", "out\(threads)")
      #expect(outcome.code == 0, "\(outcome.errors)")
    }
    let first = try Self.results("\(folder.path)/out1/trials.jsonl")
    // The pipeline and six trials, then the pipeline and the best two.
    #expect(first.count == 1 + 7 + 3, "\(first)")
    #expect(try first == Self.results("\(folder.path)/out3/trials.jsonl"))
    #expect(first[1].contains(#""trial":0"#) && first[1].contains(#""settings":{}"#))
    let other = try Self.tune(folder, "--seed", "5", "--output", "out5")
    #expect(other.code == 0)
    #expect(try Self.results("\(folder.path)/out5/trials.jsonl") != first)
  }

  @Test("A stopped search continues and ends with the results of one that was not stopped")
  func continues() throws {
    let folder = try Self.folder()
    let whole = try Self.tune(folder, "--output", "whole", "--json")
    let expected = try Self.results("\(folder.path)/whole/trials.jsonl")
    let path = "\(folder.path)/part/trials.jsonl"
    let stopped = try Self.tune(folder, "--output", "part", "--minutes", "1e-9")
    #expect(stopped.code == 0)
    #expect(stopped.lines.contains { $0.contains("time ran out") }, "\(stopped.lines)")
    #expect(stopped.errors.contains("run the same command with more --minutes"))
    #expect(try Self.results(path) == Array(expected.prefix(2)))
    let rest = try Self.tune(folder, "--output", "part", "--json")
    #expect(rest.code == 0)
    #expect(try Self.results(path) == expected)
    // Nothing is computed again: the times are the ones in the file.
    let before = try InputFile.readAll(path: path, limit: 1 << 20)
    let again = try Self.tune(folder, "--output", "part", "--json")
    #expect(again.output == rest.output && !again.errors.contains("trial 1/"))
    #expect(try InputFile.readAll(path: path, limit: 1 << 20) == before)
    #expect(whole.code == 0)
  }

  @Test("The tuned pipeline has the best settings, and trains to its score")
  func tunedPipeline() throws {
    let folder = try Self.folder()
    let outcome = try Command.docket(
      ["tune", "p.yaml", "--trials", "12", "--json", "--output", "out", "--quiet"],
      folder: folder.path)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let json = try JSONValue.parse(outcome.output, file: "json")
    #expect(json["finished"] == .bool(true) && json["validationDocuments"]?.integer ?? 0 > 30)
    let best = try #require(json["best"])
    if best["trial"]?.integer != 0 {
      let text = try String(
        decoding: InputFile.readAll(path: "\(folder.path)/p-tuned.yaml", limit: 1 << 20),
        as: UTF8.self)
      #expect(text.hasPrefix("# Written by docket tune"))
      for member in best["settings"]?.object ?? [] {
        let name = member.key.split(separator: ".").last ?? ""
        #expect(text.contains("  \(name): \(member.value.string ?? "")"), "\(text)")
      }
      let trained = try Command.docket(
        "train", "p-tuned.yaml", "--output", "tuned.docket", folder: folder.path)
      #expect(trained.code == 0, "\(trained.errors)")
    }
    let chart = try String(
      decoding: InputFile.readAll(path: "\(folder.path)/out/tuning.svg", limit: 1 << 20),
      as: UTF8.self)
    #expect(chart.hasPrefix("<svg") && chart.contains("pipeline"))
    // Settings given on the command line are not varied.
    let pinned = try Command.docket(
      ["tune", "p.yaml", "--trials", "3", "--output", "pinned", "--quiet"]
        + ["--set", "classifier.words=1", "--set", "classifier.characters=0"],
      folder: folder.path)
    #expect(pinned.code == 0)
    let results = try Self.results("\(folder.path)/pinned/trials.jsonl").joined()
    #expect(!results.contains("classifier.words") && !results.contains("classifier.characters"))
    #expect(results.contains("classifier.minCount"))
  }

  @Test(
    "Wrong uses are refused and leave files as they are",
    arguments: [
      (["--trials", "0"], 64, "between 1 and 1000"), (["--minutes", "0"], 64, "--minutes"),
      (["--output", ""], 64, "--output"), (["--output", "other"], 65, "other-search"),
      (["--output", "bad"], 65, "json-unfinished"),
    ] as [([String], Int32, String)])
  func refused(arguments: [String], code: Int32, sentence: String) throws {
    let folder = try Self.folder()
    try folder.file("other/trials.jsonl", #"{"search":"00","trials":6}"# + "\n")
    try folder.file("bad/trials.jsonl", "{\n")
    let outcome = try Command.docket(["tune", "p.yaml"] + arguments, folder: folder.path)
    #expect(outcome.code == code && outcome.errors.contains(sentence), "\(outcome.errors)")
    #expect(try Folder.names(in: "\(folder.path)/other") == ["trials.jsonl"])
  }

  @Test("A pipeline file of somebody else is not overwritten")
  func otherFile() throws {
    let folder = try Self.folder()
    try folder.file("p-tuned.yaml", "docket: 1\n")
    let outcome = try Self.tune(folder)
    #expect(outcome.code == 64 && outcome.errors.contains("was not written by docket tune"))
    #expect(try InputFile.readAll(path: "\(folder.path)/p-tuned.yaml", limit: 99).count == 10)
  }
}
