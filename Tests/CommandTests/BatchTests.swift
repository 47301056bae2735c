import FileAccess
import TestSupport
import Testing

/// Classifying whole files.
@Suite struct BatchTests {
  private static let folder: Result<TestFolder, any Error> = Result {
    let folder = try TinyPipeline.folder(epochs: 1)
    let outcome = try Command.docket("train", "pipeline.yaml", folder: folder.path)
    try #require(outcome.code == 0)
    try folder.file("in.txt", "bread and butter\nguitar\nrain\n")
    let zipped = try Command.shell("gzip -k in.txt", folder: folder.path)
    try #require(zipped.code == 0)
    return folder
  }

  private func docket(_ line: String, input: String = "") throws -> Command.Outcome {
    try Command.docket(
      line.split(separator: " ").map(String.init), input: Array(input.utf8),
      folder: Self.folder.get().path)
  }

  @Test("A file gives the same records as standard input, also compressed, also into a file")
  func files() throws {
    let piped = try docket("classify model.docket", input: "bread and butter\nguitar\nrain\n")
    #expect(piped.lines.count == 3)
    #expect(try docket("classify model.docket --input in.txt").output == piped.output)
    #expect(try docket("classify model.docket --input in.txt.gz").output == piped.output)
    let written = try docket("classify model.docket --input in.txt --output records.tsv")
    #expect(written.code == 0 && written.output.isEmpty)
    let folder = try Self.folder.get()
    #expect(
      try InputFile.readAll(path: "\(folder.path)/records.tsv", limit: 1 << 16) == piped.output)
    let explained = try docket("explain model.docket --input in.txt --output shares.tsv")
    #expect(explained.code == 0 && explained.output.isEmpty)
    let tokens = try docket("tokenize model.docket --input in.txt")
    #expect(tokens.lines == ["bread and butter", "guitar", "rain"])
  }

  @Test("An output file is written completely or not at all")
  func wholeOutput() throws {
    let folder = try Self.folder.get()
    try folder.file("before.tsv", "before")
    let missing = try docket("classify model.docket --input nosuch.txt --output before.tsv")
    #expect(missing.code == 66)
    #expect(
      try InputFile.readAll(path: "\(folder.path)/before.tsv", limit: 99) == Array("before".utf8))
    let same = try docket("classify model.docket --input in.txt --output in.txt")
    #expect(same.code == 73 && same.errors.contains("the output is also an input"))
    let failed = try docket(
      "classify model.docket --format jsonl --output failed.tsv", input: "{}\n")
    #expect(failed.code == 1)
    let records = try InputFile.readAll(path: "\(folder.path)/failed.tsv", limit: 999)
    #expect(String(decoding: records, as: UTF8.self).hasPrefix("error\t"))
  }

  @Test("The members of a JSON document have any names, and others are repeated on request")
  func members() throws {
    let input = """
      {"body": "bread", "key": 7, "url": "u", "tags": [1, {"a": null}]}
      {"body": "rain", "url": 3}
      {"text": "rain", "url": "lost"}

      """
    let outcome = try docket(
      "classify model.docket --format jsonl --json --text-field body --id-field key --copy url "
        + "--copy tags", input: input)
    #expect(outcome.code == 1)
    let records = try outcome.lines.map { try JSONValue.parse(Array($0.utf8), file: "records") }
    #expect(records[0]["id"]?.integer == 7)
    #expect(records[0]["label"]?.string == "cooking")
    #expect(records[0]["fields"]?.text() == #"{"url":"u","tags":[1,{"a":null}]}"#)
    #expect(records[1]["id"]?.integer == 2)
    #expect(records[1]["fields"]?.text() == #"{"url":3}"#)
    #expect(
      records[2]["error"]?["message"]?.string
        == "the object has no member \"body\"; found \"text\", \"url\"")
    #expect(!outcome.errors.contains("warning: "), "\(outcome.errors)")
    #expect(records[2]["fields"]?.text() == #"{"url":"lost"}"#)
  }

  @Test("The members that the training corpus had are the default")
  func trainedMembers() throws {
    let folder = try TinyPipeline.folder(epochs: 1)
    let rows = TinyPipeline.corpus(90).split(separator: "\n").map { row in
      let parts = row.split(separator: "\t")
      return "{\"topic\":\"\(parts[0])\",\"body\":\"\(parts[1])\"}\n"
    }
    try folder.file("train.jsonl", rows.joined())
    let settings = [
      "--set", "corpus.train=train.jsonl", "--set", "corpus.labelColumn=topic", "--set",
      "corpus.textColumn=body", "--set", "corpus.test=train.jsonl",
    ]
    let trained = try Command.docket(["train", "pipeline.yaml"] + settings, folder: folder.path)
    #expect(trained.code == 0, "\(trained.errors)")
    let classified = try Command.docket(
      "classify", "model.docket", "--format", "jsonl", input: Array(#"{"body":"bread"}"#.utf8),
      folder: folder.path)
    #expect(classified.code == 0)
    let evaluated = try Command.docket(
      "evaluate", "model.docket", "train.jsonl", folder: folder.path)
    #expect(evaluated.code == 0, "\(evaluated.errors)")
    let others = rows.joined().replacing("topic", with: "t").replacing("body", with: "b")
    try folder.file("others.jsonl", others)
    let named = try Command.docket(
      "evaluate", "model.docket", "others.jsonl", "--label-field", "t", "--text-field", "b",
      folder: folder.path)
    #expect(named.code == 0, "\(named.errors)")
  }

  @Test("All labels are printed on request, and a document without tokens can be unknown")
  func labels() throws {
    let all = try docket("classify model.docket --top all", input: "bread\n")
    #expect(all.lines.first?.split(separator: "\t").count == 6)
    let empty = try docket("classify model.docket --empty unknown", input: "\nbread\n")
    #expect(empty.lines[0].hasPrefix("unknown\t") && empty.lines[1].hasPrefix("cooking\t"))
    let json = try docket("classify model.docket --empty unknown --json", input: "\n")
    #expect(json.text.contains("\"label\":\"unknown\"") && json.text.contains("\"rejected\":true"))
    let asLabel = try docket("classify model.docket", input: "\n")
    #expect(!asLabel.text.hasPrefix("unknown"))
  }

  @Test(
    "An option that would have no effect is wrong use",
    arguments: [
      "classify model.docket --text-field body", "classify model.docket --id-field key",
      "classify model.docket --format jsonl --copy url", "classify model.docket --json --copy url",
      "classify model.docket --top 0", "classify model.docket --empty nothing",
    ])
  func noEffect(line: String) throws { #expect(try docket(line).code == 64) }

  @Test("Long inputs show the number of documents and the speed")
  func speed() throws {
    let outcome = try docket("classify model.docket --input in.txt --progress json")
    #expect(outcome.errors.contains("\"phase\":\"classifying\""))
    #expect(outcome.errors.contains("\"documents\":3"))
  }
}
