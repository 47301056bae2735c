import Corpora
import Glibc
import PipelineCore
import TestSupport
import Testing

/// What a first look at a corpus finds: headers, labels that look alike, empty folders, rows that
/// are too long.
@Suite struct CorpusLookTests {
  private func warnings(_ text: String) throws -> [CorpusWarning.Kind] {
    let folder = TestFolder()
    return try Corpus.read([folder.file("train.tsv", text)]).warnings.map(\.kind)
  }

  @Test(
    "Labels that look alike are reported",
    arguments: [
      ("Spor", "spor"), ("İŞ", "iş"), ("IŞIK", "ışık"), ("STRASSE", "straße"), ("ΟΔΟΣ", "οδος"),
      ("new york", "new\u{A0}york"), ("new york", "new  york"), ("caf\u{E9}", "cafe\u{301}"),
      ("ＡＢＣ", "abc"), ("soft\u{AD}ware", "software"), ("\u{200F}خبر", "خبر"), ("علي", "علی"),
      ("كتاب", "کتاب"), (" sport", "sport"),
    ])
  func alike(first: String, second: String) throws {
    let rows = (0..<2).map { "\(first)\ta\($0)\n\(second)\tb\($0)\n" }.joined()
    #expect(try warnings(rows).contains(.similarLabels))
  }

  @Test(
    "Labels that look different are not reported",
    arguments: [
      ("sport", "sports"), ("iş", "ış2"), ("a b", "ab"), ("خبر", "خبره"), ("straße", "strase"),
    ])
  func different(first: String, second: String) throws {
    let rows = (0..<2).map { "\(first)\ta\($0)\n\(second)\tb\($0)\n" }.joined()
    #expect(try !warnings(rows).contains(.similarLabels))
  }

  @Test(
    "A first row that looks like a header is reported",
    arguments: [
      ("label\ttext\n", true), ("Label\tText\n", true), ("class\tdocument\n", true),
      ("category\tcontent\n", true), ("topic\tbody\n", true), ("sport\ttext\n", false),
      ("label\tprinting on bottles\n", false),
    ])
  func header(row: String, isHeader: Bool) throws {
    let rows = (0..<2).map { "sport\ta\($0)\nmoney\tb\($0)\n" }.joined()
    #expect(try warnings(row + rows).contains(.headerRow) == isHeader)
    // If other rows have the label of the first row too, the first row is not a header.
    #expect(try !warnings(row + rows + "label\tx\nclass\ty\nLabel\tz\n" + row).contains(.headerRow))
  }

  @Test("Labels that a record without a label has are reported", arguments: ["unknown", "error"])
  func reserved(label: String) throws {
    #expect(try warnings("\(label)\ta\nsport\tb\nsport\tc\n").contains(.reservedLabel))
    #expect(try !warnings("\(label)s\ta\nsport\tb\nsport\tc\n").contains(.reservedLabel))
  }

  @Test("A label folder without documents is reported")
  func emptyFolder() throws {
    let folder = TestFolder()
    for path in ["c/a/1.txt", "c/a/2.txt", "c/b/1.txt", "c/b/2.txt", "c/none/.hidden"] {
      try folder.file(path, "text of \(path)")
    }
    #expect(mkdir("\(folder.path)/c/void", 0o755) == 0)
    let warnings = try Corpus.read(["\(folder.path)/c"]).warnings
    let empty = try #require(warnings.first { $0.kind == .emptyFolder })
    #expect(
      empty.count == 2 && empty.description.contains("c/none: warning: 2 label folders are empty"))
  }

  @Test("A document over the limit, or with a zero byte, is a row that cannot be used")
  func limits() throws {
    let folder = TestFolder()
    let rows = (0..<2).map {
      "{\"label\":\"a\",\"text\":\"x\($0)\"}\n{\"label\":\"b\",\"text\":\"y\($0)\"}\n"
    }
    let bad = "{\"label\":\"a\",\"text\":\"\(String(repeating: "z", count: 40))\"}\n"
    let zero = "{\"label\":\"a\",\"text\":\"z\\u0000\"}\n"
    let path = try folder.file("train.jsonl", rows.joined() + bad + zero)
    var options = CorpusOptions()
    options.documentBytes = 30
    let error = #expect(throws: CorpusError.self) { try Corpus.read([path], options: options) }
    #expect(error?.code == "document-too-long" && error?.position == .line(path, 5, column: nil))
    options.collectsFaults = true
    let corpus = try Corpus.read([path], options: options)
    #expect(corpus.documents.count == 4)
    #expect(corpus.faults.listed.map(\.code) == ["document-too-long", "nul-byte"])
  }

  @Test("A warning about many lines of a file names the file once")
  func oneName() throws {
    let folder = TestFolder()
    let rows = String(repeating: "a\tx\n", count: 9) + "b\ty\n"
    let found = try Corpus.read([folder.file("train.tsv", rows)]).warnings
      .first { $0.kind == .duplicate }
    let text = try #require(found?.description)
    #expect(text.ranges(of: "train.tsv").count == 1, "\(text)")
    #expect(text.contains("also in lines 3, 4"), "\(text)")
  }

  @Test("A label that begins or ends with a space is named as that")
  func spaceAtTheEnd() throws {
    let folder = TestFolder()
    let rows = (0..<4).map { "{\"label\":\"\($0 < 2 ? "a" : "a ")\",\"text\":\"x\($0)\"}\n" }
    let found = try Corpus.read([folder.file("train.jsonl", rows.joined())]).warnings
      .first { $0.kind == .similarLabels }
    #expect(found?.sentence.contains("; \"a \" begins or ends with a space") == true)
  }
}
