public import PipelineCore

/// A syntax error in JSON and its position.
public struct JSONError: FactualError {
  /// What is wrong.
  public var fact: JSONFact
  /// The byte offset from the start of the JSON text.
  public var byte: Int
  /// The position in the file.
  public var position: InputPosition?

  /// Creates an error at a byte of the JSON text and a position in a file.
  public init(_ fact: JSONFact, byte: Int, at position: InputPosition?) {
    self.fact = fact
    self.byte = byte
    self.position = position
  }
}

/// A problem in a JSON text.
public enum JSONFact: DiagnosableFact {
  /// The text holds no value.
  case empty
  /// The text ends where `expected` should be.
  case unexpectedEnd(expected: String)
  /// `found` is where `expected` should be.
  case unexpected(found: String, expected: String)
  /// A comma before a closing bracket.
  case trailingComma
  /// `NaN` or `Infinity`.
  case notANumber(String)
  /// An object has this key twice.
  case duplicateKey(String)
  /// An unpaired surrogate; the value is its escape in the text.
  case loneSurrogate(String)
  /// An escape that is not part of JSON.
  case badEscape
  /// A control character in a string.
  case controlCharacter(UInt8)
  /// Arrays and objects nested more than `limit` levels deep.
  case tooDeep(limit: Int)
  /// More than `limit` values in total.
  case tooMany(limit: Int)
  /// Something follows the value.
  case trailingText
  /// Bytes that are not UTF-8.
  case invalidUTF8

  /// The error code, a stable name for scripts.
  public var code: String {
    switch self {
    case .empty: "json-empty"
    case .unexpectedEnd: "json-unfinished"
    case .unexpected, .badEscape, .controlCharacter: "json-syntax"
    case .trailingComma: "json-trailing-comma"
    case .notANumber: "json-not-a-number"
    case .duplicateKey: "json-duplicate-key"
    case .loneSurrogate: "json-lone-surrogate"
    case .tooDeep: "json-too-deep"
    case .tooMany: "json-too-many"
    case .trailingText: "json-trailing-text"
    case .invalidUTF8: "invalid-utf8"
    }
  }

  /// The error message, without its position.
  public var sentence: String {
    switch self {
    case .empty: "expected a JSON value, found nothing"
    case .unexpectedEnd(let expected): "unexpected end of the JSON text; expected \(expected)"
    case .unexpected(let found, let expected): "expected \(expected), found \(found)"
    case .trailingComma: "trailing comma; remove it"
    case .notANumber(let word): "\(word) is not a JSON number; omit the value or write null"
    case .duplicateKey(let key): "duplicate key \(QuotedText.quote(key)); keep one of them"
    case .loneSurrogate(let escape):
      "\(escape) is an unpaired surrogate; write both halves of the pair"
    case .badEscape:
      "unknown escape; JSON has \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four hex digits"
    case .controlCharacter(let byte):
      "control character \(Self.codePoint(byte)) in a string; write it as an escape"
    case .tooDeep(let limit): "arrays and objects are nested more than \(limit) levels deep"
    case .tooMany(let limit): "the JSON text has more than \(limit) values"
    case .trailingText: "unexpected text after the JSON value"
    case .invalidUTF8: "invalid UTF-8; save the file as UTF-8"
    }
  }

  private static func codePoint(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}
