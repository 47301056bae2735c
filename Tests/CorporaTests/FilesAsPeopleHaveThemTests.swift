import Corpora
import FileAccess
import Glibc
import PipelineCore
import TestSupport
import Testing

/// Tables and texts as spreadsheets, other programs and other countries write them.
@Suite struct FilesAsPeopleHaveThemTests {
  private let folder = TestFolder()

  private static let rows: [(label: String, text: String)] = (0..<12).map {
    let label = $0 % 2 == 0 ? "sport" : "money"
    return (label, "the \(label) pages have story number \($0) today, at length")
  }

  private func read(_ name: String, _ text: String) throws -> Corpus {
    try Corpus.read([try folder.file(name, text)])
  }

  private func isExpected(_ corpus: Corpus) -> Bool {
    corpus.documents.count == Self.rows.count
      && zip(corpus.documents, Self.rows).allSatisfy { document, row in
        document.label == Label(row.label) && document.text == Array(row.text.utf8)
      }
  }

  @Test("The separator of a CSV file is found by its content", arguments: [",", ";", "\t", "|"])
  func separators(separator: String) throws {
    func table(_ header: [String]) -> String {
      ([header] + Self.rows.map { ["\"\($0.text)\"", $0.label] })
        .map { $0.joined(separator: separator) + "\r\n" }.joined()
    }
    #expect(isExpected(try read("a.csv", table(["text", "label"]))))
    #expect(isExpected(try read("b.csv", "sep=\(separator)\r\n" + table(["text", "label"]))))
    #expect(isExpected(try read("c.csv", "\u{FEFF}" + table(["Text", "LABEL"]))))
  }

  @Test(
    "Columns with other names are taken when it is plain which is which",
    arguments: [
      ("category", "review"), ("etiket", "metin"), ("برچسب", "متن"), ("类别", "文本"), ("a", "b"),
    ])
  func names(label: String, text: String) throws {
    let rows = Self.rows.map { "\($0.label),\"\($0.text)\"\n" }.joined()
    let corpus = try read("a.csv", "\(label),\(text)\n" + rows)
    #expect(isExpected(corpus))
    #expect(corpus.warnings.map(\.kind) == [.columnsChosen])
  }

  @Test(
    "JSON members with other names are taken when it is plain which is which",
    arguments: [("category", "review"), ("etiket", "metin"), ("a", "b")])
  func members(label: String, text: String) throws {
    let rows = Self.rows.map { "{\"\(label)\":\"\($0.label)\",\"\(text)\":\"\($0.text)\"}\n" }
    let corpus = try read("a.jsonl", rows.joined())
    #expect(isExpected(corpus) && corpus.warnings.map(\.kind) == [.columnsChosen])
  }

  @Test("Columns that could be either are refused with their names")
  func ambiguous() throws {
    let rows = (0..<12).map { "value\($0 % 3),other\($0 % 4)\n" }.joined()
    let path = try folder.file("a.csv", "left,right\n" + rows)
    let error = #expect(throws: CorpusError.self) { try Corpus.read([path]) }
    #expect(error?.code == "missing-column")
    #expect(error?.sentence.contains("\"left\", \"right\"") == true)
  }

  @Test("A CSV file without a header is read by position")
  func noHeader() throws {
    let rows = Self.rows.map { "\($0.label),\"\($0.text)\"\n" }.joined()
    #expect(isExpected(try read("a.csv", rows)))
    var options = CorpusOptions()
    (options.labelColumn, options.textColumn) = ("2", "1")
    let reversed = Self.rows.map { "\"\($0.text)\",\($0.label)\n" }.joined()
    let path = try folder.file("b.csv", reversed)
    #expect(isExpected(try Corpus.read([path], options: options)))
  }

  @Test("If the position of one of two columns is set, the other column is the other one")
  func onePosition() throws {
    let path = try folder.file("a.tsv", Self.rows.map { "\($0.text)\t\($0.label)\n" }.joined())
    var options = CorpusOptions()
    options.labelColumn = "2"
    #expect(isExpected(try Corpus.read([path], options: options)))
    options = CorpusOptions()
    options.textColumn = "1"
    #expect(isExpected(try Corpus.read([path], options: options)))
    options.labelColumn = "1"
    #expect(throws: CorpusError.self) { try Corpus.read([path], options: options) }
    // Two of three columns remain, so a position must not be ignored.
    let rows = (0..<12).map { "\($0 % 2)\tone two three \($0)\tfour five six \($0)\n" }
    let three = try folder.file("b.tsv", rows.joined())
    options = CorpusOptions()
    options.labelColumn = "1"
    #expect(throws: CorpusError.self) { try Corpus.read([three], options: options) }
  }

  @Test("A row means the same with and without quotes", arguments: [",", ";", "|"])
  func quotes(separator: String) throws {
    let rows = [
      ["label", "text"], ["a", "x y"], ["b", ""], ["a"], ["a", "x", "z"], ["", "x"], ["b", "z"],
    ]
    func table(_ quote: String) -> String {
      rows.map { $0.map { quote + $0 + quote }.joined(separator: separator) + "\n" }.joined()
    }
    var options = CorpusOptions()
    options.collectsFaults = true
    let path = try folder.file("a.csv", table(""))
    let plain = try Corpus.read([path], options: options)
    try folder.file("a.csv", table("\""))
    let quoted = try Corpus.read([path], options: options)
    #expect(plain.documents == quoted.documents)
    #expect(plain.documents.map(\.position) == [2, 3, 7].map { .line(path, $0, column: nil) })
    #expect(plain.faults.list == quoted.faults.list)
    #expect(plain.faults.listed.map(\.code) == ["wrong-columns", "wrong-columns", "empty-label"])
  }

  @Test("TSV with the text before the label is refused as that")
  func reversedColumns() throws {
    let rows = Self.rows.map { "\($0.text)\t\($0.label)\n" }.joined()
    let path = try folder.file("a.tsv", rows)
    #expect(
      #expect(throws: CorpusError.self) { try Corpus.read([path]) }?.code == "columns-reversed")
  }

  @Test("Labels in JSON may be numbers or truth values, and a list is refused")
  func jsonLabels() throws {
    func labels(_ values: [String]) throws -> [Label] {
      let rows = values.map { "{\"label\": \($0), \"text\": \"x\"}\n" }.joined()
      return try read("a.jsonl", rows).documents.map(\.label)
    }
    #expect(
      try labels(["1", "-2", "0.50", "true", "false"]).map(\.description)
        == ["1", "-2", "0.50", "true", "false"])
    for list in ["[\"a\"]", "[\"a\", \"b\"]", "[]"] {
      let error = #expect(throws: CorpusError.self) { try labels([list, "1"]) }
      #expect(error?.code == "several-labels")
    }
  }

  @Test("An array of records is read like lines of JSON, and a truncated one is refused")
  func jsonArray() throws {
    let records = Self.rows.map { "{\"label\": \"\($0.label)\", \"text\": \"\($0.text)\"}" }
    #expect(isExpected(try read("a.json", "[" + records.joined(separator: ",") + "]")))
    #expect(isExpected(try read("b.json", "[\n " + records.joined(separator: " ,\n ") + "\n]\n")))
    for text in [
      "[" + records.joined(separator: ","), "[" + records.joined(separator: ",") + ",",
      "[" + records.joined(separator: ",") + "] x", "[" + records.joined(separator: " ") + "]",
      "[" + records[0] + ",," + records[1] + "]",
    ] {
      let path = try folder.file("c.json", text)
      #expect(thrown { try Corpus.read([path]) } != nil, "\(text.suffix(20))")
    }
  }

  @Test(
    "Damage to a JSON array is an error, also when unusable rows are skipped",
    arguments: ["] x", "", " {}]", "]]"])
  func damagedArray(end: String) throws {
    let records = Self.rows.map { "{\"label\": \"\($0.label)\", \"text\": \"\($0.text)\"}" }
    let path = try folder.file("d.json", "[" + records.joined(separator: ",") + end)
    var options = CorpusOptions()
    options.collectsFaults = true
    // With text after the last record, only that record is unusable; the array is not damaged.
    let codes = ["bad-array", "json-trailing-text"]
    let error = thrown { try Corpus.read([path], options: options) }
    #expect(error.map { codes.contains($0.code) } ?? (end == " {}]"), "\(end)")
  }

  /// Returns a text in another encoding, converted by the C library.
  private static func encoded(_ text: String, as encoding: String) -> [UInt8] {
    guard let converter = iconv_open(encoding, "UTF-8"), converter != iconv_t(bitPattern: -1)
    else { return [] }
    defer { iconv_close(converter) }
    var input = text.utf8CString.map { $0 }
    var output = [CChar](repeating: 0, count: 8 * input.count)
    var (left, room) = (input.count - 1, output.count)
    input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        var (from, to) = (input.baseAddress, output.baseAddress)
        _ = iconv(converter, &from, &left, &to, &room)
      }
    }
    return output[..<(output.count - room)].map { UInt8(bitPattern: $0) }
  }

  private static let samples: [(name: String, system: String, text: String)] = [
    ("windows-1254", "CP1254", "spor\tGüneşli bir günde iğde ağacının altında şiir okuduk\n"),
    ("windows-1256", "CP1256", "خبر\tهذا نص عربي طويل عن الأخبار والرياضة والاقتصاد\n"),
    ("windows-1252", "CP1252", "sport\tLe café était fermé à cause de la fête des élèves\n"),
    ("gb18030", "GB18030", "体育\t中国队在昨天的比赛中以三比二战胜了对手\n"),
    ("windows-1251", "CP1251", "спорт\tВчера в Москве прошла встреча по футболу\n"),
  ]

  @Test("An encoding that is set is read, and without it the error names it", arguments: samples)
  func encodings(name: String, system: String, text: String) throws {
    let bytes = Self.encoded(String(repeating: text, count: 4), as: system)
    let path = try folder.file("\(name).tsv", bytes)
    let error = thrown { try Corpus.read([path]) }
    #expect(error?.code == "invalid-utf8")
    #expect(error?.sentence.contains("appears to be \(name)") == true, "\(error?.sentence ?? "")")
    var options = CorpusOptions()
    options.purpose = .evaluation
    options.encoding = TextEncoding(named: name)
    let corpus = try Corpus.read([path], options: options)
    let columns = text.dropLast().split(separator: "\t").map(String.init)
    #expect(corpus.documents.count == 4)
    #expect(corpus.documents[0].label == Label(columns[0]))
    #expect(corpus.documents[0].text == Array(columns[1].utf8))
  }

  @Test(
    "UTF-16 and UTF-32 with a byte order mark are read",
    arguments: ["UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"])
  func byteOrderMarks(encoding: String) throws {
    let rows = Self.rows.map { "\($0.label)\t\($0.text)\n" }.joined()
    let bytes = Self.encoded("\u{FEFF}" + rows, as: encoding)
    #expect(isExpected(try Corpus.read([try folder.file("a.tsv", bytes)])))
  }

  @Test(
    "A byte order mark overrides the encoding that is set, with a warning",
    arguments: [("UTF-8", "windows-1254", 1), ("UTF-16LE", "utf-8", 1), ("UTF-8", "utf-8", 0)])
  func byteOrderMarkWins(written: String, set: String, warnings: Int) throws {
    let rows = Self.rows.map { "\($0.label)\t\($0.text)\n" }.joined()
    let bytes = Self.encoded("\u{FEFF}" + rows, as: written)
    var options = CorpusOptions()
    options.encoding = TextEncoding(named: set)
    let corpus = try Corpus.read([try folder.file("a.tsv", bytes)], options: options)
    #expect(isExpected(corpus))
    let found = corpus.warnings.filter { $0.kind == .byteOrderMark }
    #expect(found.count == warnings, "\(corpus.warnings)")
    #expect(found.allSatisfy { $0.sentence.contains(set) })
  }

  @Test("Bytes that an encoding does not have are an error on their line")
  func undecodable() throws {
    var options = CorpusOptions()
    options.encoding = TextEncoding(named: "gb18030")
    let path = try folder.file("a.tsv", Array("a\tx\nb\ty".utf8) + [0xFF, 0xFF] + Array("\n".utf8))
    let error = thrown { try Corpus.read([path], options: options) }
    #expect(error?.code == "undecodable-text")
    #expect(error?.position?.description.hasPrefix("\(path):2") == true)
  }

  @Test(
    "Files of other programs are told by their first bytes",
    arguments: [
      ("PK\u{3}\u{4}", "zip"), ("%PDF-1.7\n", "PDF"), ("BZh91AY&SY", "bzip2"),
      ("PAR1\u{15}\u{4}\u{15}\u{0}", "Parquet"), ("{\\rtf1", "Rich Text"),
      ("<!DOCTYPE html>\n<html>", "web page"),
      ("PK\u{3}\u{4}[Content_Types].xml xl/workbook.xml", "Excel"),
      ("PK\u{3}\u{4}[Content_Types].xml word/document.xml", "Word"),
      ("SQLite format 3\0", "SQLite"), ("\u{8}\u{1E}\0\0\0\0\0\0{\"__meta", "model"),
    ])
  func foreign(start: String, name: String) throws {
    let path = try folder.file("a.tsv", Array(start.utf8) + [UInt8](repeating: 0x20, count: 600))
    let error = thrown { try Corpus.read([path]) }
    #expect(error?.code == "foreign-file")
    #expect(error?.sentence.contains(name) == true, "\(error?.sentence ?? "")")
  }

  @Test(
    "Compressed files are told by their first bytes",
    arguments: [
      ([0x28, 0xB5, 0x2F, 0xFD], "Zstandard"), ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], "xz"),
    ]
      as [([UInt8], String)])
  func compressed(start: [UInt8], name: String) throws {
    let path = try folder.file("a.tsv", start + [UInt8](repeating: 0x20, count: 600))
    let error = thrown { try Corpus.read([path]) }
    #expect(error?.code == "foreign-file" && error?.sentence.contains(name) == true)
  }

  @Test(
    "Turkish encodings are known by their usual names",
    arguments: [("iso-8859-9", "ISO-8859-9"), ("latin5", "ISO-8859-9"), ("cp1254", "CP1254")])
  func turkish(name: String, system: String) throws {
    let path = try folder.file(
      "a.tsv", Self.encoded("spor\tşiir ığdır\nhaber\tgüneş\n", as: system))
    var options = CorpusOptions()
    options.encoding = TextEncoding(named: name)
    let text = try Corpus.read([path], options: options).documents[0].text
    #expect(text == Array("şiir ığdır".utf8))
  }

  private func thrown(_ body: () throws -> Corpus) -> (any DiagnosableError)? {
    do {
      _ = try body()
      return nil
    } catch {
      return error as? any DiagnosableError
    }
  }
}
