import FileAccess
import PipelineCore
import Testing

@Suite("JSON")
struct JSONTests {
  private func parse(_ text: String) throws -> JSONValue {
    try JSONValue.parse(Array(text.utf8), file: "a.json")
  }

  @Test(
    "Valid JSON is parsed",
    arguments: [
      ("null", JSONValue.null), (" true ", .bool(true)), ("false", .bool(false)),
      ("[]", .array([])), ("{ }", .object([])), ("\"\"", .string("")),
      ("0", .integer(0)), ("-12", .integer(-12)),
      ("[1,\r\n\t2]", .array([.integer(1), .integer(2)])),
      (#""a\"\\\/\b\f\n\r\t\u0041""#, .string("a\"\\/\u{8}\u{c}\n\r\tA")),
      (#""\u06cc\uD83D\uDE00\u0000""#, .string("\u{6cc}\u{1F600}\0")),
      ("\"پاییز 秋\u{7f}\"", .string("پاییز 秋\u{7f}")),
      (
        #"{"b":1,"a":[{}]}"#,
        .members(["b": .integer(1), "a": .array([.object([])])])
      ),
    ])
  func reads(text: String, expected: JSONValue) throws {
    #expect(try parse(text) == expected)
  }

  @Test(
    "Invalid JSON is refused at the line and column of the error",
    arguments: [
      ("", "json-empty", 1, 1), (" \n ", "json-empty", 2, 2),
      ("{", "json-unfinished", 1, 2), ("[1", "json-unfinished", 1, 3),
      ("{\"a\"", "json-unfinished", 1, 5), ("\"ab", "json-unfinished", 1, 1),
      ("-", "json-unfinished", 1, 2), ("\"\\u12", "json-unfinished", 1, 6),
      ("{a:1}", "json-syntax", 1, 2), ("{'a':1}", "json-syntax", 1, 2),
      ("{\"a\" 1}", "json-syntax", 1, 6), ("[1 2]", "json-syntax", 1, 4),
      ("[,1]", "json-syntax", 1, 2), ("{,}", "json-syntax", 1, 2),
      ("01", "json-syntax", 1, 2), ("1.", "json-unfinished", 1, 3), ("+1", "json-syntax", 1, 1),
      (".5", "json-syntax", 1, 1), ("1.e3", "json-syntax", 1, 3), ("1e", "json-unfinished", 1, 3),
      ("0x10", "json-trailing-text", 1, 2), ("nul", "json-syntax", 1, 1),
      ("True", "json-syntax", 1, 1), ("truefalse", "json-syntax", 1, 1),
      ("// no\n1", "json-syntax", 1, 1), ("\u{FEFF}1", "json-syntax", 1, 1),
      ("[1,]", "json-trailing-comma", 1, 3), ("{\"a\":1 , }", "json-trailing-comma", 1, 8),
      ("NaN", "json-not-a-number", 1, 1), ("[1,\nnan]", "json-not-a-number", 2, 1),
      ("-Infinity", "json-not-a-number", 1, 1), ("Infinity", "json-not-a-number", 1, 1),
      ("{\"a\":1,\n\"é\":2,\"a\":3}", "json-duplicate-key", 2, 7),
      ("{\"a\":1,\"\\u0061\":3}", "json-duplicate-key", 1, 8),
      ("\"\\ud800\"", "json-lone-surrogate", 1, 2), ("\"é\\udc00\"", "json-lone-surrogate", 1, 3),
      ("\"\\ud800\\u0041\"", "json-lone-surrogate", 1, 2),
      ("\"\\x41\"", "json-syntax", 1, 2), ("\"\\u00g0\"", "json-syntax", 1, 2),
      ("\"a\nb\"", "json-syntax", 1, 3), ("\"a\tb\"", "json-syntax", 1, 3),
      ("{} {}", "json-trailing-text", 1, 4), ("1,", "json-trailing-text", 1, 2),
      ("]", "json-syntax", 1, 1),
    ])
  func refuses(text: String, code: String, line: Int, column: Int) {
    let error = #expect(throws: JSONError.self) { try parse(text) }
    #expect(error?.code == code)
    #expect(error?.position == .line("a.json", line, column: column))
  }

  @Test(
    "Invalid UTF-8 is refused at its line and byte",
    arguments: [
      [0xFF], [0x80], [0xC3], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
      [0xE2, 0x82], [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80],
      [0xE2, 0x28, 0xA1],
    ] as [[UInt8]])
  func refusesBrokenUTF8(bytes: [UInt8]) {
    let text = Array("[\n\"é".utf8) + bytes + Array("\"]".utf8)
    let error = #expect(throws: JSONError.self) {
      try JSONValue.parse(text, file: "f", firstLine: 7)
    }
    #expect(error?.fact == .invalidUTF8)
    #expect(error?.byte == 5)
    #expect(error?.position == .lineByte("f", 8, byte: 3))
  }

  @Test("The 65th level of nesting is refused, even in front of a million more")
  func limitsDepth() throws {
    let deep = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
    #expect(throws: Never.self) { try parse(deep) }
    for depth in [65, 1_000_000] {
      let error = #expect(throws: JSONError.self) {
        try parse(String(repeating: "[", count: depth))
      }
      #expect(error?.fact == .tooDeep(limit: 64))
      #expect(error?.byte == 64)
    }
  }

  @Test("A value over the limit is refused before it is stored")
  func limitsCount() throws {
    let text = Array("[0,0,0]".utf8)
    #expect(throws: Never.self) { try JSONValue.parse(text, file: "f", maximumCount: 4) }
    let error = #expect(throws: JSONError.self) {
      try JSONValue.parse(text, file: "f", maximumCount: 3)
    }
    #expect(error?.fact == .tooMany(limit: 3))
    #expect(error?.byte == 5)
  }

  @Test("Canonically equivalent keys with different bytes are different keys")
  func keysAreBytes() throws {
    let value = try parse("{\"\u{E9}\":1,\"e\u{301}\":2}")
    #expect(value.object?.count == 2)
    #expect(value["e\u{301}"]?.integer == 2)
    #expect(JSONValue.string("\u{E9}") != .string("e\u{301}"))
  }

  @Test(
    "Numbers keep their digits, and convert only where they fit",
    arguments: [
      ("12", 12, 12), ("-0", 0, -0.0), ("1.5e3", nil, 1500), ("1E+2", nil, 100),
      ("1e999", nil, nil), ("9223372036854775808", nil, 9_223_372_036_854_775_808),
      ("0.1", nil, 0.1),
    ] as [(String, Int?, Double?)])
  func numbers(text: String, integer: Int?, double: Double?) throws {
    let value = try parse(text)
    #expect(value.integer == integer)
    #expect(value.double == double)
    #expect(value.text() == text)
  }

  @Test(
    "Doubles are written as the shortest decimal that reads back",
    arguments: [
      0.1, 1, -2.5, 1e-300, .leastNonzeroMagnitude, 1.7976931348623157e308, 0.1 + 0.2, 1e16,
    ])
  func shortest(number: Double) throws {
    #expect(try parse(JSONValue.decimal(number).text()).double == number)
    #expect(JSONNumber(Float(0.1))?.text == "0.1")
  }

  @Test("Encoding keeps the order, escapes only what is required, and parses back")
  func writes() throws {
    let value = JSONValue.members([
      "z": .array([.integer(1), .decimal(0.5)]), "a": .object([]),
      "text": .string("\"\\\u{1}\n\u{7f}سلام😀"),
      "rows": .array([.array([.integer(1)]), .array([])]),
    ])
    #expect(
      value.text()
        == #"{"z":[1,0.5],"a":{},"text":"\"\\\u0001\n\u007fسلام😀","rows":[[1],[]]}"#)
    #expect(
      value.text(.indented) == """
        {
          "z": [1, 0.5],
          "a": {},
          "text": "\\"\\\\\\u0001\\n\\u007fسلام😀",
          "rows": [
            [1],
            []
          ]
        }
        """)
    #expect(try parse(value.text()) == value)
    #expect(try parse(value.text(.indented)) == value)
  }

  @Test("Truncated and corrupted documents never make the parser trap")
  func survivesDamage() throws {
    let text = Array(#"{"a":[1.5e-3,true,null,"\ud83d\ude00é"],"b":{"c":"x"}}"#.utf8)
    var refused = 0
    for cut in 0..<text.count {
      #expect(throws: JSONError.self) { try JSONValue.parse(Array(text[..<cut]), file: "f") }
      for bit in 0..<8 {
        var damaged = text
        damaged[cut] ^= 1 << bit
        do { _ = try JSONValue.parse(damaged, file: "f") } catch { refused += 1 }
      }
    }
    #expect(refused > text.count)
  }
}
