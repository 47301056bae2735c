import PipelineCore

/// Where quoted, plain and block texts end.
extension YAMLScanner {
  /// A text in single or double quotes.
  mutating func scanQuotedScalar() throws(ConfigurationError) {
    noteCandidate()
    let allowed = allowsKey
    allowsKey = false
    let quote = cursor.peek()
    let start = (index: cursor.index, line: cursor.line, column: cursor.column)
    cursor.advance()
    while !cursor.isAtEnd {
      let byte = cursor.peek()
      if byte.isYAMLBreak {
        cursor.advanceLine()
      } else if byte == quote, quote == UInt8(ascii: "'"), cursor.peek(1) == quote {
        cursor.advance()
        cursor.advance()
      } else if byte == quote {
        cursor.advance()
        if allowed { candidates[candidates.count - 1]?.bytes = start.index..<cursor.index }
        return
      } else {
        cursor.advance()
        let isEscape = byte == UInt8(ascii: "\\") && quote == UInt8(ascii: "\"")
        if isEscape, !cursor.isAtEnd, !cursor.peek().isYAMLBreak { cursor.advance() }
      }
    }
    throw error(
      .syntax("the quote that opens here is never closed"), line: start.line, column: start.column)
  }

  /// A text without quotes: it ends before `: `, before ` #`, before a bracket or comma within
  /// brackets, and where the next line is indented no further than its collection.
  mutating func scanPlainScalar() throws(ConfigurationError) {
    noteCandidate()
    let allowed = allowsKey
    allowsKey = false
    let start = cursor.index
    let smallestColumn = indentation + 1
    var hasBreak = false
    var end = start
    while !cursor.isAtEnd {
      if cursor.isDocumentMark(UInt8(ascii: "-")) || cursor.isDocumentMark(UInt8(ascii: ".")) {
        break
      }
      if cursor.peek() == UInt8(ascii: "#") { break }
      let wordStart = cursor.index
      while !cursor.isBlankOrEnd(), !endsPlainWord() { cursor.advance() }
      if cursor.index > wordStart {
        end = cursor.index
        hasBreak = false
      }
      guard !cursor.isAtEnd, cursor.isBlankOrEnd() else { break }
      while cursor.peek().isYAMLBlank || cursor.peek().isYAMLBreak {
        if cursor.peek().isYAMLBreak {
          cursor.advanceLine()
          hasBreak = true
        } else {
          if hasBreak, cursor.peek() == .tab { throw tabError() }
          cursor.advance()
        }
      }
      if !isInBrackets, cursor.column < smallestColumn { break }
    }
    if hasBreak { allowsKey = true }
    if allowed { candidates[candidates.count - 1]?.bytes = start..<end }
  }

  /// Whether the byte at the cursor ends a plain text.
  private func endsPlainWord() -> Bool {
    switch cursor.peek() {
    case UInt8(ascii: ":"):
      if cursor.isBlankOrEnd(1) { return true }
      return isInBrackets && ",?[]{}".utf8.contains(cursor.peek(1))
    case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"),
      UInt8(ascii: "}"):
      return isInBrackets
    default: return false
    }
  }

  /// A text after `|` or `>`: all following lines that are indented far enough.
  mutating func scanBlockScalar() throws(ConfigurationError) {
    candidates[candidates.count - 1] = nil
    allowsKey = true
    let header = (line: cursor.line, column: cursor.column)
    cursor.advance()
    var column = 0
    while "+-0123456789".utf8.contains(cursor.peek()) {
      let digit = cursor.peek()
      if digit == UInt8(ascii: "0") {
        throw error(
          .syntax("the indentation of a block text cannot be 0"),
          line: header.line, column: header.column)
      }
      if digit > UInt8(ascii: "0") {
        column = max(indentation, 0) + Int(digit - UInt8(ascii: "0"))
      }
      cursor.advance()
    }
    while cursor.peek().isYAMLBlank { cursor.advance() }
    if cursor.peek() == UInt8(ascii: "#") { cursor.skipLine() }
    guard cursor.isAtEnd || cursor.peek().isYAMLBreak else {
      throw error(
        .syntax("only a comment can follow the sign that opens a block text"),
        line: cursor.line, column: cursor.column)
    }
    if !cursor.isAtEnd { cursor.advanceLine() }
    try skipBlockIndentation(&column)
    while cursor.column == column, !cursor.isAtEnd {
      cursor.skipLine()
      if !cursor.isAtEnd { cursor.advanceLine() }
      try skipBlockIndentation(&column)
    }
  }

  /// Goes past empty lines and indentation; the first line with text in it sets `column` if it is
  /// not known yet (0).
  private mutating func skipBlockIndentation(_ column: inout Int) throws(ConfigurationError) {
    var widest = 0
    while true {
      while column == 0 || cursor.column < column, cursor.peek() == .space { cursor.advance() }
      widest = max(widest, cursor.column)
      if column == 0 || cursor.column < column, cursor.peek() == .tab { throw tabError() }
      guard cursor.peek().isYAMLBreak else { break }
      cursor.advanceLine()
    }
    if column == 0 { column = max(widest, indentation + 1, 1) }
  }
}
