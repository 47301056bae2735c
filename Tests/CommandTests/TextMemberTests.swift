import TestSupport
import Testing

/// The member with the text in JSON documents, by default the one that the training corpus uses.
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

  @Test("A record without the member with the text says what it has, and which option to use")
  func missingMember() throws {
    let folder = TestFolder()
    try folder.file(
      "train.jsonl",
      TinyCorpus.documents(60)
        .map { #"{"label":"\#($0.label)","metin":"\#($0.text)"}"# + "\n" }.joined())
    try folder.file(
      "p.yaml",
      "docket: 1\ncorpus: {train: train.jsonl, textColumn: metin}\nclassifier: ngrams.v1\n")
    let train = try Command.docket("train", "p.yaml", folder: folder.path)
    try #require(train.code == 0, "\(train.errors)")
    func classify(_ verb: String, _ lines: String, _ options: String...) throws -> Command.Outcome {
      try Command.docket(
        [verb, "model.docket", "--format", "jsonl"] + options, input: Array(lines.utf8),
        folder: folder.path)
    }
    let text = #"{"id":1,"text":"guitar"}"# + "\n"
    for verb in ["classify", "explain", "tokenize"] {
      let outcome = try classify(verb, text + text)
      #expect(outcome.code == 1)
      let reason = #"the object has no member "metin"; found "id", "text""#
      #expect(outcome.lines.allSatisfy { $0.contains(reason) }, "\(outcome.text)")
      let advice = #"; to read the member "text" instead, use --text-field text"#
      #expect(
        outcome.errors.contains("warning: 2 documents have no member \"metin\"" + advice),
        "\(outcome.errors)")
      #expect(try classify(verb, text, "--text-field", "text").code == 0)
      #expect(try !classify(verb, text, "--quiet").errors.contains("warning"))
    }
    let body = try classify("classify", #"{"body":"guitar"}"# + "\n")
    #expect(body.text.hasSuffix(#"found "body" [missing-member]"# + "\n"), "\(body.text)")
    #expect(body.errors.contains("use --text-field NAME to specify the member"), "\(body.errors)")
    let none = try classify("classify", "{}\n")
    #expect(none.text.hasSuffix(#"no member "metin" [missing-member]"# + "\n"), "\(none.text)")
    #expect(!none.errors.contains("NAME"), "\(none.errors)")
    let some = try classify("classify", #"{"metin":"guitar"}"# + "\n" + text)
    #expect(some.code == 1 && !some.errors.contains("warning"), "\(some.errors)")
  }

  @Test("Empty input is a note, unless --quiet", arguments: ["classify", "explain", "tokenize"])
  func emptyInput(verb: String) throws {
    let empty = try Command.docket(verb, SharedRun.model)
    #expect(empty.code == 0 && empty.output.isEmpty)
    #expect(empty.errors.contains("no documents: standard input is empty\n"), "\(empty.errors)")
    let quiet = try Command.docket(verb, SharedRun.model, "--quiet")
    #expect(quiet.code == 0 && quiet.errors.isEmpty, "\(quiet.errors)")
    let blank = try Command.docket(verb, SharedRun.model, input: Array("\n".utf8))
    #expect(blank.lines.count <= 1 && !blank.errors.contains("no documents"))
  }
}
