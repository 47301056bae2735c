import FileAccess
import TestSupport
import Testing

/// Unusual but valid input, and unusual environments.
@Suite struct OddInputTests {
  @Test("Ids are echoed digit by digit; null and a missing id are the line number")
  func ids() throws {
    let folder = try TinyPipeline.folder(epochs: 1)
    #expect(try Command.docket("train", "pipeline.yaml", folder: folder.path).code == 0)
    let ids = [
      "18446744073709551616", "-9223372036854775809", "1.0", "1e3", "0.10", "7", "\"x\"", "\"\"",
    ]
    let lines =
      ids.map { "{\"id\": \($0), \"text\": \"the storm\"}\n" } + [
        "{\"id\": null, \"text\": \"the storm\"}\n", "{\"text\": \"the storm\"}\n",
        "{\"id\": [1], \"text\": \"the storm\"}\n",
      ]
    let outcome = try Command.docket(
      "classify", "model.docket", "--format", "jsonl", "--json",
      input: Array(lines.joined().utf8), folder: folder.path)
    #expect(outcome.code == 1)
    let starts = outcome.lines.map { String($0.prefix { $0 != "," }) }
    #expect(starts == (ids + ["9", "10", "11"]).map { "{\"id\":\($0)" })
    #expect(outcome.lines.last?.contains("wrong-member") == true)
    #expect(outcome.lines.dropLast().allSatisfy { $0.contains("\"label\"") })
  }

  @Test(
    "A corpus without a single token is refused by check, train and run",
    arguments: ["ngrams.v1", "bilstm.v1", "recurrent.v1"],
    ["\u{200D}", "\u{FEFF}\u{200B}", " ", "the", "..."])
  func noTokens(classifier: String, text: String) throws {
    let folder = TestFolder()
    let rows = (0..<6).map { "a\t\(text)\nb\t\(text)\n\($0 < 0 ? "" : "")" }.joined()
    for name in ["train.tsv", "test.tsv"] { try folder.file(name, rows) }
    try folder.file("stop.txt", "the\n")
    try folder.file(
      "p.yaml",
      """
      docket: 1
      corpus: {train: train.tsv, test: test.tsv}
      normalizers: [unicode.v1, {stage: stopwords.v1, words: stop.txt}]
      tokenizer: {stage: words.v1, punctuation: drop}
      \(classifier == "ngrams.v1" ? "" : "embedding: random.v1")
      classifier: \(classifier)
      """)
    for verb in [["train"], ["run", "--output", "out"]] {
      let outcome = try Command.docket(verb + ["p.yaml"], folder: folder.path)
      #expect(outcome.code == 65 && outcome.errors.hasSuffix("[no-tokens]\n"), "\(outcome.errors)")
      #expect(!folder.names.contains("model.docket"))
    }
    let check = try Command.docket("check", "p.yaml", folder: folder.path)
    #expect(check.code == 1 && check.text.contains("[no-tokens]"), "\(check.text)")
  }

  @Test("Without validation documents a linear model has no validation scores")
  func noValidation() throws {
    let folder = try TinyPipeline.folder()
    try folder.file(
      "pipeline.yaml",
      "docket: 1\ncorpus: {train: train.tsv, validation: 0}\nclassifier: ngrams.v1\n")
    let outcome = try Command.docket(
      "train", "pipeline.yaml", "--progress", "json", folder: folder.path)
    #expect(outcome.code == 0)
    #expect(outcome.errors.contains("\"validationLoss\":null,\"validationAccuracy\":null"))
    let shown = try Command.docket("show", "model.docket", "--json", folder: folder.path)
    #expect(
      shown.text.contains("\"validationAccuracy\": null") && !shown.text.contains("bestEpoch"))
  }

  @Test(
    "Cosines of vectors of any length are numbers",
    arguments: ["1e-40", "1e-44", "1e-20", "1e19", "3e38", "1"])
  func cosines(scale: String) throws {
    let folder = TestFolder()
    try folder.file("v.txt", "3 2\na \(scale) 0\nb \(scale) 0\nc 0 -\(scale)\n")
    for options in [["--neighbours", "a"], ["--analogy", "a", "b", "c"]] {
      let outcome = try Command.docket(
        ["vectors", "info", "v.txt", "--json"] + options, folder: folder.path)
      #expect(outcome.code == 0, "\(outcome.code) \(outcome.errors)")
    }
    let text = try Command.docket(
      "vectors", "info", "v.txt", "--neighbours", "a", folder: folder.path)
    #expect(
      text.lines.suffix(2).map { $0.split(separator: "\t").last.map(String.init) } == [
        "1.0", "-0.0",
      ]
        || text.lines.suffix(2).map { $0.split(separator: "\t").last.map(String.init) } == [
          "1.0", "0.0",
        ])
  }
}
