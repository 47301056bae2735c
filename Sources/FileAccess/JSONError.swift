public import PipelineCore

/// Why a text is not JSON: a fact and its place.
public struct JSONError: DiagnosableError, Equatable {
  /// What is wrong.
  public enum Fact: Sendable, Equatable {
    /// There is no value at all.
    case empty
    /// The text ends where `expected` should stand.
    case unexpectedEnd(expected: String)
    /// Something else stands where `expected` should.
    case unexpected(found: String, expected: String)
    /// A comma with nothing behind it.
    case trailingComma
    /// `NaN` or `Infinity`.
    case notANumber(String)
    /// Two members of one object have this key.
    case duplicateKey(String)
    /// Half of a surrogate pair, which is no character.
    case loneSurrogate(String)
    /// A backslash with something behind it that JSON does not have.
    case badEscape
    /// A control character inside a text.
    case controlCharacter(UInt8)
    /// More lists and objects inside each other than `limit`.
    case tooDeep(limit: Int)
    /// More values in all than `limit`.
    case tooMany(limit: Int)
    /// Something follows the value.
    case trailingText
    /// Bytes that are not UTF-8.
    case invalidUTF8
  }

  /// What is wrong.
  public var fact: Fact
  /// Where, in bytes from 0, counted from the start of the JSON text.
  public var byte: Int
  /// Where in the file.
  public var position: InputPosition?

  /// A fact at a byte of the JSON text and at a place in a file.
  public init(_ fact: Fact, byte: Int, at position: InputPosition?) {
    self.fact = fact
    self.byte = byte
    self.position = position
  }

  /// The file is at fault.
  public var category: FailureCategory { .badInput }

  /// The stable name of the fact.
  public var code: String {
    switch fact {
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

  /// The fact as a sentence.
  public var sentence: String {
    switch fact {
    case .empty: "expected a JSON value, found nothing"
    case .unexpectedEnd(let expected): "the JSON text ends where \(expected) is expected"
    case .unexpected(let found, let expected): "expected \(expected), found \(found)"
    case .trailingComma: "a comma with nothing behind it; remove it"
    case .notANumber(let word): "\(word) is not a JSON number; leave the value out or write null"
    case .duplicateKey(let key):
      "the key \(QuotedText.quote(key)) stands twice in one object; keep one of them"
    case .loneSurrogate(let escape):
      "\(escape) is half of a surrogate pair and no character; write both halves or neither"
    case .badEscape: "an unknown escape; after a backslash JSON has \" \\ / b f n r t or uXXXX"
    case .controlCharacter(let byte):
      "control character \(JSONError.hex(byte)) inside a text; write it as an escape"
    case .tooDeep(let limit): "more than \(limit) lists and objects inside each other"
    case .tooMany(let limit): "more than \(limit) values"
    case .trailingText: "there is more text behind the value; expected nothing"
    case .invalidUTF8: "bytes that are not UTF-8; save the file as UTF-8"
    }
  }

  static func hex(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}
