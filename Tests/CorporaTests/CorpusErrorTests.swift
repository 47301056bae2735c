import TestSupport
import Corpora
import FileAccess
import Glibc
import PipelineCore
import Testing

@Suite("Corpus errors")
struct CorpusErrorTests {
  private let folder = TestFolder()

  @Test(
    "An error has a code, a position and a sentence",
    arguments: [
      ("a.tsv", "", "corpus-empty", ""), ("a.csv", "label,text\n", "corpus-empty", ""),
      ("a.tsv", "\n\n", "corpus-empty", ""), ("a", "\n", "corpus-empty", ""),
      ("a.tsv", "a\tx\na\ty\n", "one-label", ""),
      ("a", "just words\n", "unknown-format", ":1"), ("a", "one, two\n", "unknown-format", ":1"),
      ("a.tsv", "a\tx\nb\n", "wrong-columns", ":2"),
      ("a.tsv", "a\té\nb\té\tz\n", "wrong-columns", ":2:4"),
      ("a.tsv", "a\tx\n\tno label\n", "empty-label", ":2"),
      ("a.tsv", "a\tx\n\nb\ty\n", "blank-line", ":2"),
      ("a.tsv", "a\tx\nb\ty\0z\n", "nul-byte", ":2@3"),
      ("a.tsv", "a\tx\rb\ty\r", "lone-carriage-return", ":1@3"),
      ("a.tsv", "a\tx\nb\u{1}\ty\n", "label-with-control", ":2"),
      ("a.csv", "one,two\nx,a\ny,b\n", "missing-column", ":1"),
      ("a.csv", "label,text,text\na,x,y\n", "column-twice", ":1"),
      ("a.csv", "label,text\na,x\nb,y,z\n", "wrong-columns", ":3"),
      ("a.csv", "label,text\na,\"x\nb,y\nc,z\n", "unclosed-quote", ":2:3"),
      ("a.csv", "label,text\na,\"x\" y\n", "text-after-quote", ":2:6"),
      ("a.csv", "label,text\na,x \"y\"\n", "quote-in-field", ":2:5"),
      ("a.csv", "label,text\na,x\n\nb,y\n", "blank-line", ":3"),
      ("a.csv", "label,text\n\"a\nb\",x\n", "label-with-control", ":2"),
      ("a.jsonl", "{\"label\":\"a\",\"text\":\"x\"}\n{\"label\":\n", "json-unfinished", ":2:10"),
      ("a.jsonl", "\"text\"\n", "not-an-object", ":1"),
      ("a.jsonl", "[{}]\n", "missing-member", ":1"), ("a.jsonl", "[1]\n", "not-an-object", ":1"),
      ("a.jsonl", "[{\"label\":\"a\",\"text\":\"x\"} {}]\n", "json-trailing-text", ":1:27"),
      ("a.jsonl", "[{\"label\":\"a\",\"text\":\"x\"}\n", "bad-array", ":2:1"),
      ("a.jsonl", "{\"label\":\"a\"}\n", "missing-member", ":1"),
      ("a.jsonl", "{\"label\":\"a\",\"text\":5}\n", "wrong-member", ":1"),
      ("a.jsonl", "{\"label\":{},\"text\":\"x\"}\n", "wrong-member", ":1"),
      ("a.jsonl", "{\"label\":[\"a\",\"b\"],\"text\":\"x\"}\n", "several-labels", ":1"),
      ("a.jsonl", "{\"label\":1,\"text\":\"x\"}\n", "one-label", ""),
      ("a.jsonl", "{\"label\":\"a\",\"text\":\"x\",\"id\":[]}\n", "wrong-member", ":1"),
      (
        "a.jsonl", "{\"label\":\"a\",\"label\":\"b\",\"text\":\"x\"}\n", "json-duplicate-key",
        ":1:14"
      ),
      ("a.jsonl", "{\"label\":\"a\",\"text\":\"x\",}\n", "json-trailing-comma", ":1:24"),
      ("a.jsonl", "{\"label\":\"a\",\"text\":NaN}\n", "json-not-a-number", ":1:21"),
      ("a.jsonl", "{\"label\":\"a\",\"text\":\"\\ud800\"}\n", "json-lone-surrogate", ":1:22"),
      ("a.jsonl", "{\"label\":\"a\",\"text\":\"x\"} {}\n", "json-trailing-text", ":1:26"),
      ("a.jsonl", "{\"label\":\"a\\n\",\"text\":\"x\"}\n", "label-with-control", ":1"),
      ("a.ft", "__label__a x\nno label\n", "missing-label", ":2"),
      ("a.ft", "__label__a x\n__label__b\n", "missing-text", ":2"),
      ("a.ft", "__label__a x\n__label__b \n", "missing-text", ":2"),
      ("a.ft", "__label__a x\n__label__ y\n", "empty-label", ":2"),
      ("a.ft", "__label__a __label__b x\n", "two-labels", ":1:12"),
      ("a.ft", "__label__a x __label__b\n", "two-labels", ":1:14"),
    ])
  func refused(name: String, text: String, code: String, place: String) throws {
    let path = try folder.file(name, text)
    let error = try #require(thrown { try Corpus.read([path]) })
    #expect(error.code == code)
    #expect(error.position?.description == path + place)
    #expect(error.category == .badInput)
    // No sentence is missing or only repeats the code.
    #expect(error.sentence.contains(" ") && error.sentence != error.code)
  }

  @Test("Invalid UTF-8 is refused with line and byte in every format")
  func invalidUTF8() throws {
    let broken: [UInt8] = [0xE2, 0x28]
    for (name, start, end) in [
      ("a.tsv", "a\tx\nb\té", "\n"), ("a.csv", "label,text\nb,é", "\n"),
      ("a.jsonl", "{\"label\":\"a\",\"text\":\"x\"}\n\"é", "\"\n"),
      ("a.ft", "__label__a x\n__é", "\n"),
    ] {
      let path = try folder.file(name, Array(start.utf8) + broken + Array(end.utf8))
      let error = try #require(
        thrown { try Corpus.read([path], format: name == "a.ft" ? .fastText : nil) })
      let line = start.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
      #expect(error.position == .lineByte(path, 2, byte: line[1].count), "\(name)")
      #expect(error.code == "invalid-utf8")
    }
  }

  @Test("A byte order mark counts in the byte position of an error on the first line")
  func byteOrderMark() throws {
    for (text, code) in [("a\tx\0", "nul-byte"), ("a\tx\ry", "lone-carriage-return")] {
      let path = try folder.file("a.tsv", "\u{FEFF}\(text)\nb\ty\n")
      let error = try #require(thrown { try Corpus.read([path], format: .tsv) })
      #expect(error.code == code)
      #expect(error.position == .lineByte(path, 1, byte: 6))
    }
    let path = try folder.file("a.tsv", [0xEF, 0xBB, 0xBF, 0x61, 0x09, 0xFF, 0x0A])
    let error = try #require(thrown { try Corpus.read([path], format: .tsv) })
    #expect(error.position == .lineByte(path, 1, byte: 5))
  }

  @Test("The length of a row and the length and number of labels are limited")
  func limits() throws {
    var options = CorpusOptions()
    options.rowLimit = 20
    options.labelCountLimit = 2
    for (name, text, code, place) in [
      ("a.tsv", "a\tx\nb\t" + String(repeating: "y", count: 19) + "\n", "row-too-long", ":2"),
      ("a.csv", "label,text\na,\"" + String(repeating: "y\n", count: 30), "row-too-long", ":2:3"),
      ("b.tsv", "a\tx\nb\ty\nc\tz\n", "too-many-labels", ":3"),
    ] {
      let path = try folder.file(name, text)
      let error = try #require(thrown { try Corpus.read([path], options: options) })
      #expect(error.code == code)
      #expect(error.position?.description == path + place)
    }
    options.documentLimit = 2
    for (isSkipping, text, line) in [
      (false, "a\tx\nb\ty\na\tz\n", 3), (true, "a\tx\nbad\nb\ty\na\tz\nbad\n", 4),
    ] {
      options.collectsFaults = isSkipping
      let path = try folder.file("d.tsv", text)
      let error = try #require(thrown { try Corpus.read([path], options: options) })
      #expect(error.code == "too-many-documents")
      #expect(error.position?.description == "\(path):\(line)")
    }
    options.collectsFaults = false
    let fits = "a\tx\nb\t" + String(repeating: "y", count: 18) + "\n"
    #expect(
      try Corpus.read([try folder.file("c.tsv", fits)], options: options).documents.count == 2)
    for (length, code) in [(256, nil), (257, "label-too-long")] as [(Int, String?)] {
      let label = String(repeating: "l", count: length)
      let path = try folder.file("d.tsv", "a\tx\n\(label)\ty\n")
      #expect(thrown { try Corpus.read([path]) }?.code == code)
    }
  }

  @Test("A 17 MiB line is refused by default")
  func longLine() throws {
    let path = try folder.file("a.tsv", Array("a\t".utf8) + Array(repeating: 0x78, count: 17 << 20))
    #expect(thrown { try Corpus.read([path]) }?.code == "row-too-long")
  }

  @Test("A CSV row of ten thousand commas is refused")
  func manyColumns() throws {
    let path = try folder.file("a.csv", "label,text\n" + String(repeating: ",", count: 10_000))
    let error = try #require(thrown { try Corpus.read([path]) })
    #expect(error.code == "too-many-columns")
    #expect(error.position == .line(path, 2, column: nil))
  }

  @Test("A label that is not allowed is refused with the nearest allowed one")
  func unknownLabel() throws {
    var options = CorpusOptions()
    options.allowedLabels = LabelSet([Label("sports"), Label("world")])
    let path = try folder.file("a.tsv", "sports\tx\nsport\ty\n")
    let error = try #require(thrown { try Corpus.read([path], options: options) })
    #expect(error.code == "unknown-label")
    #expect(error.position == .line(path, 2, column: nil))
    #expect(error.sentence.contains("did you mean \"sports\"?"))
  }

  @Test("One label is enough for evaluation")
  func oneLabelForEvaluation() throws {
    var options = CorpusOptions()
    options.purpose = .evaluation
    let path = try folder.file("a.tsv", "a\tx\na\ty\n")
    #expect(try Corpus.read([path], options: options).documents.count == 2)
  }

  @Test("Truncated or changed gzip data and trailing bytes are refused")
  func gzip() throws {
    let good = Gzip.stored(Array("a\tx\nb\ty\n".utf8))
    var changed = good
    changed[changed.count - 6] ^= 1
    for (bytes, code) in [
      (Array(good.dropLast(3)), "gzip-truncated"), (changed, "gzip-damaged"),
      (good + Array("junk".utf8), "gzip-trailing-bytes"),
    ] {
      let path = try folder.file("a.tsv.gz", bytes)
      #expect(thrown { try Corpus.read([path]) }?.code == code)
    }
  }

  @Test("Missing paths, folders for files and files for folders have distinct errors")
  func paths() throws {
    try folder.file("c/a/1", "x")
    let root = "\(folder.path)/c"
    let file = try folder.file("a.tsv", "a\tx\nb\ty\n")
    #expect(thrown { try Corpus.read(["\(root)/none.tsv"]) }?.code == "file-missing")
    #expect(thrown { try Corpus.read(["\(root)/none"], format: .folder) }?.code == "file-missing")
    #expect(thrown { try Corpus.read([root], format: .tsv) }?.code == "folder-as-file")
    #expect(thrown { try Corpus.read([file], format: .folder) }?.code == "file-as-folder")
    #expect(thrown { try Corpus.read([folder.path + "/c/a"]) }?.code == "corpus-empty")
    try folder.file("c/b/deeper/1", "x")
    #expect(thrown { try Corpus.read([root]) }?.code == "not-a-regular-file")
  }

  @Test("A folder whose name is not UTF-8 is refused, not skipped")
  func brokenName() throws {
    try folder.file("c/a/1", "x")
    let name = Array("\(folder.path)/c/b".utf8CString.dropLast()) + [CChar(bitPattern: 0xFF), 0]
    #expect(mkdir(name, 0o777) == 0)
    defer { rmdir(name) }
    #expect(thrown { try Corpus.read(["\(folder.path)/c"]) }?.code == "name-not-utf8")
  }

  @Test("Truncated and damaged files never trap, and every error has a position")
  func survivesDamage() throws {
    for (name, text) in [
      ("a.tsv", "a\tx é\nb\ty\n"), ("a.csv", "label,text\r\na,\"x\n\"\"é\"\nb,y\n"),
      ("a.jsonl", "{\"label\":\"a\",\"text\":\"\\u00e9\"}\n{\"label\":\"b\",\"text\":\"y\"}\n"),
      ("a.ft", "__label__a x é\n__label__b y\n"),
    ] {
      let format: CorpusFormat? = name == "a.ft" ? .fastText : nil
      let bytes = Array(text.utf8)
      for index in bytes.indices {
        for damaged in [Array(bytes[..<index])] + [0, 4, 7].map({ flip(bytes, index, $0) }) {
          let path = try folder.file(name, damaged)
          do {
            #expect(try Corpus.read([path], format: format).documents.count > 0)
          } catch {
            let error = try #require(error as? any DiagnosableError)
            #expect(error.position?.description.hasPrefix(path) == true)
          }
        }
      }
    }
  }

  private func flip(_ bytes: [UInt8], _ index: Int, _ bit: Int) -> [UInt8] {
    var bytes = bytes
    bytes[index] ^= 1 << bit
    return bytes
  }

  private func thrown(by body: () throws -> Corpus) -> (any DiagnosableError)? {
    do {
      _ = try body()
      return nil
    } catch {
      return error as? any DiagnosableError
    }
  }
}
