import TestSupport
import Corpora
import FileAccess
import PipelineCore
import Testing

@Suite("Corpus")
struct CorpusTests {
  private let folder = TestFolder()

  private static let twoRows = [("World", "war, and \"peace\""), ("Sport", "سلام 体育")]

  /// The same two documents in each format.
  private static let sameDocuments = [
    ("a.tsv", "World\twar, and \"peace\"\nSport\tسلام 体育\n", CorpusFormat.tsv),
    (
      "a.csv", "id,text,label\n1,\"war, and \"\"peace\"\"\",World\n2,سلام 体育,Sport\n",
      CorpusFormat.csv
    ),
    (
      "a.jsonl",
      "{\"text\":\"war, and \\\"peace\\\"\",\"label\":\"World\"}\n"
        + "{\"label\":\"Sport\",\"text\":\"\\u0633لام 体育\"}\n",
      CorpusFormat.jsonl
    ),
    ("a.txt", "__label__World war, and \"peace\"\n__label__Sport سلام 体育\n", CorpusFormat.fastText),
  ]

  @Test(
    "Each format is recognized by its extension and gives the same corpus", arguments: sameDocuments
  )
  func formats(name: String, text: String, format: CorpusFormat) throws {
    let corpus = try Corpus.read([try folder.file(name, text)])
    #expect(corpus.format == format)
    #expect(rows(corpus) == rows(Self.twoRows))
    #expect(corpus.sha256 == SHA256Digest.hexadecimal(of: Array(text.utf8)))
  }

  @Test("Documents of several files keep their order, positions, labels and ids")
  func manyDocuments() throws {
    // More documents than fit into one block while a corpus is read.
    let counts = [40_000, 3, 30_000]
    let paths = try counts.enumerated().map { file, count in
      let rows = (0..<count).map { number in
        let id = number % 3 == 0 ? ",\"id\":\"\(file)-\(number)\"" : ""
        return "{\"label\":\"\(number % 7)\",\"text\":\"t\(file) \(number)\"\(id)}\n"
      }
      return try folder.file("\(file).jsonl", rows.joined())
    }
    let corpus = try Corpus.read(paths)
    var expected: [CorpusDocument] = []
    for (file, count) in counts.enumerated() {
      for number in 0..<count {
        expected.append(
          CorpusDocument(
            text: Array("t\(file) \(number)".utf8), label: Label("\(number % 7)"),
            position: .line(paths[file], number + 1, column: nil),
            id: number % 3 == 0 ? "\(file)-\(number)" : nil))
      }
    }
    let isSame = corpus.documents == expected
    #expect(isSame)
    #expect(corpus.sources.map(\.documentCount) == counts)
  }

  @Test("Each format is recognized by its first line", arguments: sameDocuments)
  func contents(name: String, text: String, format: CorpusFormat) throws {
    #expect(try CorpusFormat.detect(try folder.file("data", "\n" + text)) == format)
    #expect(
      try CorpusFormat.detect(try folder.file("b.data.gz", Gzip.stored(Array(text.utf8)))) == format
    )
  }

  @Test(
    "A byte order mark, CRLF, the end of the last line, empty last lines and gzip make no difference",
    arguments: sameDocuments)
  func variants(name: String, text: String, format: CorpusFormat) throws {
    let clean = Array(text.utf8)
    let crlf = Array(text.split(separator: "\n").joined(separator: "\r\n").utf8)
    for (number, bytes) in [
      [0xEF, 0xBB, 0xBF] + clean, crlf, crlf + [0x0D, 0x0A], Array(clean.dropLast()),
      clean + [0x0A, 0x0D, 0x0A], Gzip.stored(clean),
    ].enumerated() {
      let corpus = try Corpus.read([try folder.file("\(number)\(name)", bytes)])
      #expect(rows(corpus) == rows(Self.twoRows), "variant \(number)")
      #expect(corpus.warnings.map(\.kind) == [.singleDocument])
    }
  }

  @Test("A folder per label is read in byte order, and skipped files are counted")
  func folders() throws {
    for (name, text) in [
      ("c/b/2", "two\r\nlines\r\n"), ("c/b/10", "\u{FEFF}ten"), ("c/B/x.txt", ""),
      ("c/README", "no"), ("c/b/.hidden", "no"), ("c/.git/x", "no"),
    ] {
      try folder.file(name, text)
    }
    try folder.file("c/b/z.gz", Gzip.stored(Array("packed\n".utf8)))
    let root = "\(folder.path)/c"
    let corpus = try Corpus.read([root])
    #expect(
      rows(corpus)
        == rows([("B", ""), ("b", "ten"), ("b", "two\nlines"), ("b", "packed")]))
    #expect(corpus.format == .folder)
    #expect(corpus.documents[1].position == .file("\(root)/b/10"))
    let skipped = corpus.warnings.first { $0.kind == .skippedFile }
    #expect(skipped?.count == 3)
    let before = corpus.sha256
    try folder.file("c/b/2", "other")
    #expect(try Corpus.read([root]).sha256 != before)
  }

  @Test("Several sources are joined, each with its own format")
  func joined() throws {
    let paths = try Self.sameDocuments.map { try folder.file($0.0, $0.1) }
    let corpus = try Corpus.read(paths)
    #expect(corpus.documents.count == 8)
    #expect(corpus.sources.map(\.format) == [.tsv, .csv, .jsonl, .fastText])
    #expect(corpus.sources.map(\.documentCount) == [2, 2, 2, 2])
    #expect(corpus.sha256 != corpus.sources[0].sha256)
    #expect(corpus.documents[5].position == .line(paths[2], 2, column: nil))
    #expect(corpus.warnings.map(\.kind) == [.duplicate])
    #expect(corpus.warnings.first?.count == 6)
  }

  @Test("CSV fields span lines and contain doubled quotes, and later line numbers are right")
  func csv() throws {
    let text = "label,text\r\na,\"one\r\n\r\ntwo \"\"q\"\"\"\r\nb,\"\"\r\n\"c\",x\r\n"
    let corpus = try Corpus.read([try folder.file("a.csv", text)])
    #expect(rows(corpus) == rows([("a", "one\n\ntwo \"q\""), ("b", ""), ("c", "x")]))
    let lines = corpus.documents.map(\.position)
    let path = "\(folder.path)/a.csv"
    #expect(lines == [2, 5, 6].map { .line(path, $0, column: nil) })
  }

  @Test("Label and text can have other column names, and JSON rows can have an id")
  func columns() throws {
    var options = CorpusOptions()
    options.labelColumn = "klass"
    options.textColumn = "body"
    let csv = try folder.file("a", "body,klass\nx,a\ny,b\n")
    #expect(rows(try Corpus.read([csv], options: options)) == rows([("a", "x"), ("b", "y")]))
    let lines =
      "{\"klass\":\"a\",\"body\":\"x\",\"id\":12}\n{\"klass\":\"b\",\"body\":\"y\",\"id\":\"k\"}"
    let corpus = try Corpus.read([try folder.file("a.jsonl", lines)], options: options)
    #expect(corpus.documents.map(\.id) == ["12", "k"])
  }

  @Test("U+2028, NEL, vertical tab and form feed are text")
  func oddSpaces() throws {
    let text = "a\tx\u{2028}y\u{85}z\u{0B}\u{0C}\nb\ty\n"
    let corpus = try Corpus.read([try folder.file("a.tsv", text)])
    #expect(corpus.documents.count == 2)
    #expect(corpus.documents[0].text == Array("x\u{2028}y\u{85}z\u{0B}\u{0C}".utf8))
  }

  @Test("Each warning has its count, lines and labels")
  func warnings() throws {
    let text = "News\tx\nnews \ty\nNews\t\nArt\tx\nNews\tx\nnews \tz\nOne\tq\nArt\tx\n"
    let corpus = try Corpus.read([try folder.file("a.tsv", text)])
    let found = corpus.warnings.map { warning in
      "\(warning.kind.rawValue) \(warning.count) "
        + warning.labels.map { "<\($0)>" }.joined()
        + warning.positions.map { place in
          if case .line(_, let line, _) = place { " \(line)" } else { " ?" }
        }.joined()
    }
    #expect(
      found == [
        "empty-text 1  3", "duplicate 1  5", "conflicting-labels 2 <News><Art> 4 8",
        "single-document 1 <One> 7", "similar-labels 2 <News><news > 1 2",
      ])
    #expect(corpus.labels.count == 4)
    let description = corpus.warnings.first?.description
    #expect(
      description == "\(folder.path)/a.tsv:3: warning: 1 document without text; kept [empty-text]")
  }

  @Test("Overlapping documents are found whatever their label")
  func overlap() throws {
    let training = try Corpus.read([try folder.file("a.tsv", "a\tx\nb\ty\na\t\n")])
    let test = try Corpus.read([try folder.file("b.tsv", "b\tx\na\tX\na\t\nb\ty\n")])
    #expect(test.overlap(with: training) == [0, 3])
  }

  private func rows(_ corpus: Corpus) -> [[UInt8]] {
    corpus.documents.flatMap { [$0.label.bytes, $0.text] }
  }

  private func rows(_ rows: [(String, String)]) -> [[UInt8]] {
    rows.flatMap { [Array($0.0.utf8), Array($0.1.utf8)] }
  }
}
