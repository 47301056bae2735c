import FileAccess
import Glibc
import TestSupport
import Testing

/// Inputs that are read differently from what people expect. Each gets a warning that says how it
/// is read.
@Suite("Inputs that are easily misread")
struct MisreadInputTests {
  private static let folder: Result<TestFolder, any Error> = Result {
    let folder = try TinyPipeline.folder(epochs: 1)
    let outcome = try Command.docket(
      "run", "pipeline.yaml", "--output", "run", "--quiet", folder: folder.path)
    try #require(outcome.code == 0, "\(outcome.errors)")
    try folder.file("news.jsonl", "{\"body\":\"rain\",\"key\":1}\n{\"key\":2}\n{\"body\":\"\n")
    try folder.file("news.csv", "id;text\n1;rain and wind\n")
    return folder
  }

  @Test(
    "The warning says how the input is read and what to do",
    arguments: [
      (
        ["classify", "run/model.docket", "--input", "news.csv"],
        "every line of news.csv is read as one document"
      ),
      (
        ["vectors", "train", "train.tsv", "--set", "epochs=1", "--output", "v.bin"],
        "use --corpus to read the texts"
      ),
      (["evaluate", "run/model.docket", "train.tsv"], "the model was trained on"),
      (
        [
          "classify", "run/model.docket", "--format", "jsonl", "--json", "--text-field", "body",
          "--copy", "kye", "--copy", "key", "--input", "news.jsonl",
        ], "no document has the member \"kye\" named in --copy"
      ),
    ])
  func warnings(arguments: [String], phrase: String) throws {
    let outcome = try Command.docket(arguments, folder: try Self.folder.get().path)
    #expect(outcome.errors.contains("warning: "), "\(outcome.errors)")
    #expect(outcome.errors.contains(phrase), "\(outcome.errors)")
    #expect(outcome.errorLines.filter { $0.hasPrefix("warning: ") }.count == 1)
  }

  @Test("JSON objects on standard input are lines of text, with a warning")
  func objects() throws {
    for verb in ["classify", "tokenize"] {
      let outcome = try Command.shell(
        "$docket \(verb) run/model.docket < news.jsonl", folder: try Self.folder.get().path)
      #expect(outcome.code == 0 && outcome.errorLines.count == 1)
      #expect(outcome.errors.hasPrefix("warning: "), "\(outcome.errors)")
      #expect(outcome.errors.contains("use --format jsonl"), "\(outcome.errors)")
    }
  }

  @Test("What was meant has no warning")
  func intended() throws {
    let folder = try Self.folder.get()
    let lines = try Command.docket(
      "classify", "run/model.docket", input: Array("{rain} and wind\n".utf8), folder: folder.path)
    #expect(lines.code == 0 && lines.errors.isEmpty, "\(lines.errors)")
    let test = try Command.docket("evaluate", "run/model.docket", "test.tsv", folder: folder.path)
    #expect(!test.errors.contains("trained on"))
  }

  @Test("The summary counts the documents that could not be used by their errors")
  func summary() throws {
    let outcome = try Command.docket(
      "classify", "run/model.docket", "--format", "jsonl", "--text-field", "body", "--input",
      "news.jsonl", folder: try Self.folder.get().path)
    #expect(outcome.code == 1)
    #expect(
      outcome.errors == "2 of 3 documents could not be used: 1 json-unfinished, 1 missing-member\n",
      "\(outcome.errors)")
  }

  @Test("An output that would have to be compressed is refused")
  func compressed() throws {
    let outcome = try Command.docket(
      "classify", "run/model.docket", "--output", "records.tsv.gz",
      folder: try Self.folder.get().path)
    #expect(outcome.code == 64 && outcome.errors.contains("| gzip > records.tsv.gz"))
  }

  @Test("vectors train --corpus reads with the columns and the encoding of the pipeline")
  func encoding() throws {
    let folder = TestFolder()
    // "ı" is the byte 0xFD in windows-1254.
    let row = Array("1;spor;".utf8) + [0x6B, 0xFD, 0xFE] + Array(" top top\n".utf8)
    try folder.file("news.csv", Array("id;konu;metin\n".utf8) + row + row + row)
    try folder.file(
      "p.yaml",
      "docket: 1\ncorpus: {train: news.csv, encoding: windows-1254, labelColumn: konu, "
        + "textColumn: metin}\nnormalizers: []\ntokenizer: words.v1\nclassifier: ngrams.v1\n")
    let outcome = try Command.docket(
      "vectors", "train", "news.csv", "--corpus", "--pipeline", "p.yaml", "--text", "--set",
      "epochs=1", "--output", "v.txt", folder: folder.path)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let vectors = try InputFile.readAll(path: folder.path + "/v.txt", limit: 1 << 20)
    let words = vectors.split(separator: 0x0A).dropFirst()
      .map { String(decoding: $0.prefix { $0 != 0x20 }, as: UTF8.self) }
    #expect(Set(words) == ["kış", "top"])
  }

  @Test("compare finds the documents that were held out, unless the corpus has changed")
  func heldOut() throws {
    let folder = try TinyPipeline.folder(epochs: 1)
    let pipeline = TinyPipeline.text(epochs: 1)
    try folder.file(
      "share.yaml", pipeline.replacing("test: test.tsv", with: "testShare: 0.25"))
    for name in ["one", "two"] {
      let outcome = try Command.docket(
        "run", "share.yaml", "--output", name, "--quiet", folder: folder.path)
      try #require(outcome.code == 0, "\(outcome.errors)")
    }
    let same = try Command.docket("compare", "one", "two", "--json", folder: folder.path)
    #expect(same.code == 0, "\(same.errors)")
    let report = try InputFile.readAll(path: folder.path + "/one/report.json", limit: 1 << 20)
    let value = try JSONValue.parse(same.output, file: "compare")
    let reported = try JSONValue.parse(report, file: "report")
    #expect(value["documents"] == reported["documents"])
    #expect(value["candidates"]?.array?[0]["accuracy"] == reported["accuracy"])
    try folder.file("train.tsv", TinyPipeline.corpus(91))
    let changed = try Command.docket("compare", "one", "two", folder: folder.path)
    #expect(changed.code == 64)
    #expect(changed.errors.contains("have changed since the model was trained"))
  }

  @Test("A signal removes the unfinished output of classify and says so")
  func interrupted() throws {
    let folder = try Self.folder.get()
    try folder.file("many.txt", String(repeating: "rain and wind in the storm\n", count: 4_000_000))
    let command = try Command(
      ["classify", "run/model.docket", "--input", "many.txt", "--output", "records.tsv"],
      folder: folder.path)
    while !(try Folder.names(in: folder.path)).contains(where: { $0.contains("records.tsv.tmp") }) {
      usleep(10_000)
    }
    command.send(SIGINT)
    let outcome = try command.wait()
    #expect(outcome.code == 130)
    #expect(outcome.errors.contains("interrupted; nothing was written"), "\(outcome.errors)")
    #expect(!(try Folder.names(in: folder.path)).contains { $0.contains("records") })
  }
}
