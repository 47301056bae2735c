import Corpora
import FileAccess
import PipelineCore
import TestSupport
import Testing

/// The documents of `corpus.unlabelled`, in every format.
@Suite("Unlabelled corpus")
struct UnlabelledCorpusTests {
  private let folder = TestFolder()

  private func read(
    _ names: [String], _ change: (inout CorpusSection) -> Void = { _ in }
  ) throws -> (texts: [String], summary: UnlabelledCorpus.Summary) {
    var section = CorpusSection()
    section.unlabelled = names.map {
      FilePath(written: $0, resolved: "\(folder.path)/\($0)")
    }
    change(&section)
    var texts: [String] = []
    let summary = try UnlabelledCorpus(section).read { piece in
      texts += piece.map { String(decoding: $0, as: UTF8.self) }
    }
    #expect(summary.documents == texts.count)
    return (texts, summary)
  }

  @Test("Text has one document per line; empty, long and broken lines are counted")
  func lines() throws {
    let long = String(repeating: "x", count: 50)
    let bytes =
      Array("first one\r\n\n  \nsecond\n\(long)\n".utf8) + [0xFF, 0x0A] + Array("third".utf8)
    try folder.file("more.txt", bytes)
    let (texts, summary) = try read(["more.txt"]) { $0.documentBytes = 40 }
    #expect(texts == ["first one", "second", "third"])
    #expect(summary.empty == 2 && summary.tooLong == 1 && summary.unreadable == 1)
    #expect(summary.sha256 == SHA256Digest.hexadecimal(of: bytes))
  }

  @Test("JSON lines and arrays give the member of the text column")
  func json() throws {
    try folder.file("a.jsonl", "{\"body\": \"one\"}\n{\"text\": \"no\"}\n{\"body\": \"two\"}\n")
    try folder.file("b.txt", "[{\"body\": \"three\"}, {\"body\": \"\"}]")
    let (texts, summary) = try read(["a.jsonl", "b.txt"]) { $0.textColumn = "body" }
    #expect(texts == ["one", "two", "three"])
    #expect(summary.unreadable == 1 && summary.empty == 1)
    let digests = ["a.jsonl", "b.txt"].map { name in
      (try? InputFile.readAll(path: "\(folder.path)/\(name)", limit: 1 << 10))
        .map { SHA256Digest.hexadecimal(of: $0) } ?? ""
    }
    let joined = digests.map { $0 + "\n" }.joined()
    #expect(summary.sha256 == SHA256Digest.hexadecimal(of: Array(joined.utf8)))
  }

  @Test("A folder gives a document per .txt file, in byte order; other files are counted")
  func folders() throws {
    try folder.file("texts/b.txt", "second\nline\n")
    try folder.file("texts/a.txt", "first\n")
    try folder.file("texts/notes.md", "no")
    try folder.file("texts/below/c.txt", "no")
    let (texts, summary) = try read(["texts"])
    #expect(texts == ["first", "second\nline"])
    #expect(summary.otherFiles == 2)
  }

  @Test("A file in pieces gives the same documents, whatever its size")
  func pieces() throws {
    let rows = (0..<10_000).map { "row \($0)" }
    try folder.file("more.txt", rows.joined(separator: "\n"))
    #expect(try read(["more.txt"]).texts == rows)
  }

  @Test(
    "A labelled file is refused, because its labels would be read as text",
    arguments: [
      ("a.tsv", "sport\tgoal\n"), ("a.csv", "label,text\nsport,goal\n"),
      ("a.txt", "__label__sport goal\n"),
    ])
  func labelled(name: String, content: String) throws {
    try folder.file(name, content)
    let error = #expect(throws: CorpusError.self) { try read([name]) }
    #expect(error?.code == "labelled-format" && error?.position == .file("\(folder.path)/\(name)"))
  }

  @Test("A file without a usable document is refused with its first error")
  func unusable() throws {
    try folder.file("empty.txt", "\n\n")
    #expect(#expect(throws: CorpusError.self) { try read(["empty.txt"]) }?.code == "corpus-empty")
    try folder.file("a.jsonl", "{\"body\": \"one\"}\n")
    let error = #expect(throws: CorpusError.self) { try read(["a.jsonl"]) }
    #expect(error?.fact == .missingMember("text", found: ["body"]))
    #expect(throws: FileError.self) { try read(["missing.txt"]) }
  }
}
