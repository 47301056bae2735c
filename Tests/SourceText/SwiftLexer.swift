/// A token of Swift source text. Comments and white space are not tokens.
package struct SwiftToken: Sendable, Equatable {
  /// The kind of token.
  package enum Kind: Sendable, Equatable {
    /// An identifier, a keyword, an attribute such as `@Test`, or a number.
    case word
    /// A string literal.
    case string
    /// A single character of punctuation.
    case symbol
  }

  /// A part of a string literal.
  package enum Segment: Sendable, Equatable {
    /// Literal text, with its escapes resolved.
    case text(String)
    /// The tokens of an interpolation.
    case code([SwiftToken])
  }

  /// The kind of token.
  package let kind: Kind
  /// The source text; of a string literal, with its quotes.
  package let text: String
  /// The line on which the token begins, from 1.
  package let line: Int
  /// Whether white space or a comment precedes the token.
  package let hasSpaceBefore: Bool
  /// The parts of a string literal; empty for other tokens.
  package let segments: [Segment]

  /// The text of a string literal without interpolations; `nil` for other tokens.
  package var literal: String? {
    guard kind == .string else { return nil }
    switch segments.count {
    case 0: return ""
    case 1: if case .text(let text) = segments[0] { return text } else { return nil }
    default: return nil
    }
  }

  /// Returns whether this is the word or symbol `text`.
  package func `is`(_ text: String) -> Bool { kind != .string && self.text == text }
}

extension Collection<SwiftToken> {
  /// The source text on one line, with a single space where there is white space.
  package var source: String {
    var text = ""
    for token in self {
      if token.hasSpaceBefore && !text.isEmpty { text += " " }
      text += token.text
    }
    return text
  }
}

extension [SwiftToken] {
  /// All words and symbols, also those in string interpolations, without string literals.
  package var code: [SwiftToken] {
    flatMap { token -> [SwiftToken] in
      guard token.kind == .string else { return [token] }
      return token.segments.flatMap { segment -> [SwiftToken] in
        if case .code(let tokens) = segment { tokens.code } else { [] }
      }
    }
  }

  /// Returns the indices at which the tokens of `source` occur in succession.
  package func places(of source: String) -> [Int] {
    let wanted = SwiftLexer.tokens(of: Array<UInt8>(source.utf8)).map(\.text)
    guard !wanted.isEmpty, count >= wanted.count else { return [] }
    return (0...(count - wanted.count)).filter { start in
      self[start].is(wanted[0]) && self[start..<(start + wanted.count)].map(\.text) == wanted
    }
  }

  /// Returns the index of the bracket that closes the one at `start`, or the last index.
  package func closing(_ start: Int) -> Int {
    var depth = 0
    for index in start..<count where self[index].kind == .symbol {
      if "([{".contains(self[index].text) { depth += 1 }
      if ")]}".contains(self[index].text) { depth -= 1 }
      if depth == 0 { return index }
    }
    return count - 1
  }
}

/// Splits Swift source text into tokens, without parsing it.
///
/// It handles nested comments, raw and multi-line string literals, and interpolations. It does not
/// handle regular expression literals, which this repository does not use.
package struct SwiftLexer {
  private let bytes: [UInt8]
  private var index = 0
  private var line = 1

  /// Returns the tokens of a file.
  package static func tokens(of bytes: [UInt8]) -> [SwiftToken] {
    var lexer = SwiftLexer(bytes: bytes)
    return lexer.code(isInterpolation: false)
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  /// Reads tokens to the end of the text or, in an interpolation, past its closing parenthesis.
  private mutating func code(isInterpolation: Bool) -> [SwiftToken] {
    var tokens: [SwiftToken] = []
    var depth = 0
    // The end of the last token.
    var end = index
    func add(
      _ kind: SwiftToken.Kind, _ range: Range<Int>, line: Int, _ segments: [SwiftToken.Segment] = []
    ) {
      tokens.append(
        SwiftToken(
          kind: kind, text: String(decoding: bytes[range], as: UTF8.self), line: line,
          hasSpaceBefore: range.lowerBound > end, segments: segments))
      end = range.upperBound
    }
    while index < bytes.count {
      let start = index
      let startLine = line
      if starts("//") {
        while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
      } else if starts("/*") {
        skipComment()
      } else if let hashes = stringStart() {
        let segments = string(hashes: hashes)
        add(.string, start..<index, line: startLine, segments)
      } else if isWord(bytes[index]) {
        while index < bytes.count, isWord(bytes[index]) { index += 1 }
        add(.word, start..<index, line: startLine)
      } else {
        step()
        let byte = bytes[start]
        if byte <= 0x20 { continue }
        if byte == UInt8(ascii: "(") { depth += 1 }
        if byte == UInt8(ascii: ")") { depth -= 1 }
        if isInterpolation, depth < 0 { return tokens }
        add(.symbol, start..<index, line: startLine)
      }
    }
    return tokens
  }

  /// Moves past one byte and counts lines.
  private mutating func step() {
    if bytes[index] == UInt8(ascii: "\n") { line += 1 }
    index += 1
  }

  private func starts(_ text: StaticString, at offset: Int = 0) -> Bool {
    text.withUTF8Buffer { bytes[min(index + offset, bytes.count)...].starts(with: $0) }
  }

  private func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122, 128...: true
    default: byte == UInt8(ascii: "_") || byte == UInt8(ascii: "@") || byte == UInt8(ascii: "$")
    }
  }

  private mutating func skipComment() {
    var depth = 0
    while index < bytes.count {
      if starts("/*") {
        depth += 1
        index += 2
      } else if starts("*/") {
        depth -= 1
        index += 2
        if depth == 0 { return }
      } else {
        step()
      }
    }
  }

  /// The number of `#` in front of a string literal that begins here; `nil` if none begins here.
  private func stringStart() -> Int? {
    let hashes = bytes[index...].prefix { $0 == UInt8(ascii: "#") }.count
    return starts("\"", at: hashes) ? hashes : nil
  }

  /// Reads a string literal whose opening quote follows `hashes` number signs.
  private mutating func string(hashes: Int) -> [SwiftToken.Segment] {
    index += hashes
    let isMultiline = starts("\"\"\"")
    let quotes = isMultiline ? 3 : 1
    index += quotes
    let marks = [UInt8](repeating: UInt8(ascii: "#"), count: hashes)
    let end = [UInt8](repeating: UInt8(ascii: "\""), count: quotes) + marks
    let escape = [UInt8(ascii: "\\")] + marks
    var segments: [SwiftToken.Segment] = []
    var text: [UInt8] = []
    while index < bytes.count {
      if bytes[index...].starts(with: end) {
        index += end.count
        break
      }
      if bytes[index...].starts(with: escape) {
        index += escape.count
        if starts("(") {
          index += 1
          if !text.isEmpty { segments.append(.text(String(decoding: text, as: UTF8.self))) }
          text = []
          segments.append(.code(code(isInterpolation: true)))
        } else {
          text += escaped()
        }
      } else {
        text.append(bytes[index])
        step()
      }
    }
    if !text.isEmpty { segments.append(.text(String(decoding: text, as: UTF8.self))) }
    return segments
  }

  /// Reads the rest of an escape after its backslash.
  private mutating func escaped() -> [UInt8] {
    guard index < bytes.count else { return [] }
    let byte = bytes[index]
    step()
    switch byte {
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "0"): return [0]
    case UInt8(ascii: "\n"): return []
    case UInt8(ascii: "u"):
      let digits = bytes[index...].dropFirst().prefix { $0 != UInt8(ascii: "}") }
      index += digits.count + 2
      let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
      let scalar = value.flatMap { Unicode.Scalar($0) } ?? "\u{FFFD}"
      return Array(String(Character(scalar)).utf8)
    default: return [byte]
    }
  }
}
