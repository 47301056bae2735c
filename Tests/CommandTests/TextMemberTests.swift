import TestSupport
import Testing

/// The member with the text in JSON documents, by default that of the training corpus.
@Suite struct TextMemberTests {
  @Test("The text column of a table can be a number; JSON documents then have the member text")
  func numberedColumn() throws {
    let folder = TestFolder()
    let rows = TinyPipeline.corpus(60).split(separator: "\n").map { line in
      let fields = line.split(separator: "\t")
      return "\"\(fields[1])\",\(fields[0])\n"
    }
    try folder.file("all.csv", rows.joined())
    try folder.file(
      "p.yaml",
      """
      docket: 1
      corpus: {train: all.csv, format: csv, textColumn: "1", labelColumn: "2", testShare: 0.2}
      classifier: ngrams.v1
      """)
    let train = try Command.docket("train", "p.yaml", "--output", "m.docket", folder: folder.path)
    try #require(train.code == 0, "\(train.errors)")
    for (verb, source) in [
      ("classify", "m.docket"), ("explain", "m.docket"), ("tokenize", "m.docket"),
      ("tokenize", "p.yaml"),
    ] {
      let outcome = try Command.docket(
        verb, source, "--format", "jsonl", input: Array("{\"id\":1,\"text\":\"guitar\"}\n".utf8),
        folder: folder.path)
      #expect(outcome.code == 0, "\(verb): \(outcome.text)\(outcome.errors)")
      #expect(outcome.text.hasPrefix(verb == "tokenize" ? "guitar\n" : "music\t"))
    }
  }

  @Test("The member of a JSON corpus can have a number as its name")
  func numberedMember() throws {
    let folder = TestFolder()
    try folder.file(
      "p.yaml",
      """
      docket: 1
      corpus: {train: a.jsonl, format: jsonl, textColumn: "1"}
      tokenizer: spaces.v1
      classifier: ngrams.v1
      """)
    let outcome = try Command.docket(
      "tokenize", "p.yaml", "--format", "jsonl", input: Array("{\"1\":\"guitar\"}\n".utf8),
      folder: folder.path)
    #expect(outcome.text == "guitar\n", "\(outcome.errors)")
  }
}
