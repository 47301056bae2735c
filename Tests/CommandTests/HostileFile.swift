import TestSupport

/// Contents of files that are made to take time or memory.
enum HostileFile {
  /// The kinds of file.
  enum Kind: String, CaseIterable, Sendable {
    case tsv, csv, jsonl, fasttext, gzip, pipeline, model, words
    case vectorsText = "vectors, text"
    case vectorsBinary = "vectors, binary"
    case documents, jsonDocuments

    /// The name of the file.
    var fileName: String {
      switch self {
      case .tsv, .csv, .jsonl: "hostile.\(rawValue)"
      case .fasttext: "hostile.txt"
      case .gzip: "hostile.tsv.gz"
      default: "hostile"
      }
    }

    /// The arguments of `docket` that read the file. `p.yaml` is a pipeline with the file as corpus.
    var command: String {
      switch self {
      case .tsv, .csv, .jsonl, .fasttext, .gzip: "check p.yaml"
      case .pipeline: "check hostile"
      case .model: "show hostile"
      case .words: "check m.yaml --set normalizers='[{stage: stopwords.v1, words: hostile}]'"
      case .vectorsText, .vectorsBinary: "vectors info hostile"
      case .documents: "classify m.docket < hostile > /dev/null"
      case .jsonDocuments: "classify m.docket --format jsonl < hostile > /dev/null"
      }
    }
  }

  /// Returns the contents of a kind with their descriptions, of about `size` bytes each.
  static func contents(of kind: Kind, size: Int) -> [(String, [UInt8])] {
    func fill(_ start: String, _ unit: String, _ end: String = "") -> [UInt8] {
      let unit = Array(unit.utf8)
      let rest = max(0, size - start.utf8.count - end.utf8.count) / unit.count
      var bytes = Array(start.utf8)
      bytes.reserveCapacity(size)
      for _ in 0..<rest { bytes += unit }
      return bytes + end.utf8
    }
    func numbered(_ start: String, _ line: (Int) -> String) -> [UInt8] {
      var bytes = Array(start.utf8)
      var number = 0
      while bytes.count < size {
        bytes += line(number).utf8
        number += 1
      }
      return bytes
    }
    let bytes: [(String, [UInt8])] = [
      ("zeros", [UInt8](repeating: 0, count: size)),
      ("bytes 0xFF", [UInt8](repeating: 0xFF, count: size)),
      ("one line of letters", fill("", "a")), ("empty lines", fill("", "\n")),
      ("spaces", fill("", " ")), ("quotes", fill("", "\"")), ("carriage returns", fill("", "\r")),
      ("brackets", fill("", "[")), ("combining marks", fill("", "\u{301}")),
      ("UTF-16", [0xFF, 0xFE] + fill("", "a\n")),
    ]
    switch kind {
    case .tsv:
      return bytes + [
        ("tabs", fill("", "\t")), ("lines of tabs", fill("", "\t\n")),
        ("smallest rows", fill("a\tb\nb\tc\n", "a\tb\n")),
        ("rows of one label", fill("", "a\tb\n")),
        ("a label per row", numbered("") { "\($0)\tx\n" }),
        ("one long text", fill("a\tb\nb\t", "word ")),
        ("one long word", fill("a\tb\nb\t", "w")), ("one long label", fill("a\tb\n", "l", "\tx\n")),
        ("a text of marks", fill("a\tb\nb\t", "a\u{301}\u{300}")),
        ("a text of markup", fill("a\tb\nb\t", "<a &amp;")),
        ("rows without a tab", fill("a\tb\nb\tc\n", "x\n")),
        ("invalid rows", fill("a\tb\nb\tc\n", "a\tb\r x\n")),
      ]
    case .csv:
      return bytes + [
        ("an open quote", fill("label,text\na,b\nb,\"", "x")),
        ("an open quote and lines", fill("label,text\na,b\nb,\"", "x\n")),
        ("doubled quotes", fill("label,text\na,b\nb,\"", "\"\"", "\"\n")),
        ("smallest rows", fill("label,text\nb,c\n", "a,b\n")),
        ("empty fields", fill("label,text\n", ",\n")), ("commas", fill("", ",")),
        ("a header of many columns", numbered("label,text") { ",c\($0)" }),
        (
          "a header of many columns, rows",
          numbered("label,text" + String(repeating: ",x", count: 5000) + "\n") { _ in
            "a,b" + String(repeating: ",", count: 5000) + "\n"
          }
        ),
        ("alternating separators", fill("", ",;\t|\n")),
        ("no header", numbered("") { "\($0),\($0 % 7),x\n" }),
        ("quoted rows", fill("label,text\na,b\n", "\"b\",\"c\"\n")),
      ]
    case .jsonl, .jsonDocuments:
      return bytes + [
        ("an open string", fill("{\"text\": \"", "x")),
        ("escapes", fill("{\"label\": \"a\", \"text\": \"", "\\u0041", "\"}\n")),
        ("nested arrays", fill("{\"label\": ", "[")), ("nested objects", fill("", "{\"a\":")),
        ("an array of numbers", fill("{\"x\": [", "0,", "0]}\n")), ("digits", fill("", "1")),
        ("members", numbered("{") { "\"\($0)\":0," }),
        ("empty objects", fill("", "{}\n")), ("an array of objects", fill("[", "{},", "{}]")),
        ("an array of objects, one line each", fill("[", "{},\n", "{}]")),
        ("an array with an open object", fill("[{\"label\":\"a\",\"text\":\"b\"},{", "\"a")),
        (
          "smallest rows",
          fill("{\"label\":\"b\",\"text\":\"\"}\n", "{\"label\":\"a\",\"text\":\"b\"}\n")
        ),
        ("duplicate keys", fill("", "{\"a\":1,\"a\":2}\n")),
      ]
    case .fasttext:
      return bytes + [
        ("labels", fill("__label__a x\n", "__label__b ")),
        ("smallest rows", fill("__label__a x\n", "__label__b c\n")),
        ("one long label", fill("__label__a x\n__label__", "b")),
        ("a label per row", numbered("") { "__label__\($0) x\n" }),
        ("rows without a label", fill("__label__a x\n__label__b y\n", "x\n")),
      ]
    case .gzip:
      let member = Gzip.stored(Array("a\tb\n".utf8))
      var members: [UInt8] = []
      while members.count < size { members += member }
      var empty: [UInt8] = []
      while empty.count < size { empty += Gzip.stored([]) }
      let named: [UInt8] = [0x1F, 0x8B, 8, 8, 0, 0, 0, 0, 0, 255]
      return [
        ("zeros", Gzip.zeros(runs: size / 2)), ("members", members), ("empty members", empty),
        ("a name without end", named + [UInt8](repeating: 0x61, count: size)),
        ("padding", member + [UInt8](repeating: 0, count: size)),
        ("text after the end", member + [UInt8](repeating: 0x61, count: size)),
        ("stored bytes", Gzip.stored(fill("a\tb\nb\t", "x "))),
        (
          "empty blocks",
          Array(member.prefix(10))
            + (0..<size / 5).flatMap { _ in [0, 0, 0, 0xFF, 0xFF] as [UInt8] }
        ),
      ]
    case .pipeline:
      let limit = 256 << 10
      func small(_ start: String, _ unit: String, _ end: String = "") -> [UInt8] {
        Array(
          (start
            + String(
              repeating: unit, count: (limit - start.utf8.count - end.utf8.count) / unit.utf8.count)
            + end).utf8)
      }
      let start = "docket: 1\nclassifier: ngrams.v1\n"
      return bytes + [
        ("256 KiB of brackets", small("docket: ", "[")), ("256 KiB of braces", small("", "{a: ")),
        ("256 KiB of dashes", small("", "- ")), ("256 KiB of question marks", small("", "? ")),
        ("256 KiB of colons", small("", ": ")), ("256 KiB of quotes", small("a: ", "'")),
        ("256 KiB of an open string", small("a: \"", "x\\\n ")),
        ("256 KiB of anchors", small("", "&a ")),
        ("256 KiB of aliases", small("a: &a [x]\nb: [", "*a,")),
        ("256 KiB of tags", small("a: ", "!!")), ("256 KiB of one key", small("", "k", ": 1")),
        (
          "256 KiB of keys",
          Array((start + (0..<24_000).map { "k\($0): 1\n" }.joined()).utf8.prefix(limit))
        ),
        ("256 KiB of the same key", small("", "a: 1\n")),
        ("256 KiB of a list", small(start + "normalizers: [", "unicode.v1, ", "x]")),
        ("256 KiB of lines in a string", small(start + "language: |\n", "  x\n")),
        ("256 KiB of comments", small(start, "#\n")),
        ("256 KiB of combining marks", small("a", "\u{301}")),
        ("256 KiB of percent signs", small("", "%")), ("256 KiB of documents", small("", "---\n")),
      ]
    case .model:
      func header(_ text: [UInt8]) -> [UInt8] { ModelBytes.file(header: text, data: []) }
      let limit = min(size, 8 << 20)
      func short(_ start: String, _ unit: String, _ end: String = "") -> [UInt8] {
        header(Array(fill(start, unit).prefix(limit - end.utf8.count)) + end.utf8)
      }
      return bytes + [
        ("a header of brackets", short("", "[")), ("a header of objects", short("", "{\"a\":")),
        ("a header of spaces", short("", " ", "{}")), ("a header of one string", short("{\"", "a")),
        ("a header of numbers", short("{\"a\":[", "0,")),
        ("a header of digits", short("{\"a\":", "1")),
        ("a header of marks", short("{\"", "\u{301}", "\":1}")),
        (
          "a header of tensors",
          header(
            Array(
              numbered("{\"__metadata__\":{\"format\":\"docket-model\"}") {
                ",\"\($0)\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}"
              }.prefix(limit - 1)) + [0x7D])
        ),
        (
          "metadata",
          header(
            Array(
              numbered("{\"__metadata__\":{\"format\":\"docket-model\"") { ",\"\($0)\":\"\"" }
                .prefix(limit - 2)) + [0x7D, 0x7D])
        ),
        ("a huge length", [0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0] + fill("{", " ")),
      ]
    case .words:
      return bytes + [("words", numbered("") { "w\($0)\n" }), ("one word", fill("", "a\n"))]
    case .vectorsText:
      return bytes + [
        ("a header of large counts", fill("999999999 999999999\n", "a 1 2\n")),
        ("a header of one number", fill("99999999 1\n", "a 1\n")),
        ("numbers", fill("a ", "1 ")), ("digits", fill("a ", "1")),
        ("digits of a fraction", fill("a 0.", "0")),
        ("smallest rows", fill("", "a 1\n")), ("a word per row", numbered("") { "\($0) 1 2\n" }),
        ("rows of words", fill("a 1 2\n", "a b c\n")), ("NaN", fill("a 1 2\n", "a nan inf\n")),
        ("zeros, exponents", fill("a 1 2\n", "b 1e999999999 1e-99999999\n")),
      ]
    case .vectorsBinary:
      return [
        ("large counts", fill("999999999 999999999\n", "a")),
        ("no spaces", fill("100000 2\n", "a")), ("spaces", fill("1000000 2\n", " ")),
        ("one number", fill("3000000 1\n", "a \0\0\0\0")), ("zeros", fill("1000000 2\n", "\0")),
        ("many numbers", fill("1 4000000\na ", "\0\0\0\0")),
      ]
    case .documents:
      return bytes + [
        ("lines", fill("", "a\n")), ("words", fill("", "word ")),
        ("marks", fill("", "a\u{301}\u{300}\n")),
      ]
    }
  }
}
