/// A position in a text: byte, line and column, all from 0.
struct YAMLCursor {
  let bytes: [UInt8]
  private(set) var index = 0
  private(set) var line = 0
  /// The column in code points.
  private(set) var column = 0
  /// The position in code points from the beginning of the text.
  private(set) var character = 0
  /// Whether there are only blanks before the cursor on its line.
  private(set) var isInIndentation = true

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { index >= bytes.count }

  /// Returns the byte at `offset` from the cursor, or 0 past the end. The text never contains a 0
  /// byte.
  func peek(_ offset: Int = 0) -> UInt8 {
    index + offset < bytes.count ? bytes[index + offset] : 0
  }

  /// Returns whether a space, a tab, a line break or the end of the text is at `offset` from the
  /// cursor.
  func isBlankOrEnd(_ offset: Int = 0) -> Bool {
    let byte = peek(offset)
    return byte == 0 || byte.isYAMLBlank || byte.isYAMLBreak
  }

  /// Returns whether the cursor is at a `---` or `...` that is a separate token at the start of a
  /// line.
  func isDocumentMark(_ sign: UInt8) -> Bool {
    column == 0 && peek() == sign && peek(1) == sign && peek(2) == sign && isBlankOrEnd(3)
  }

  /// Returns whether the byte at the cursor ends a plain scalar.
  func endsPlainScalar(isInBrackets: Bool) -> Bool {
    switch peek() {
    case UInt8(ascii: ":"):
      if isBlankOrEnd(1) { return true }
      return isInBrackets && ",?[]{}".utf8.contains(peek(1))
    case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"),
      UInt8(ascii: "}"):
      return isInBrackets
    default: return false
    }
  }

  /// Advances past a byte that is not part of a line break.
  mutating func advance() {
    let isContinuation = bytes[index] & 0xC0 == 0x80
    if !bytes[index].isYAMLBlank { isInIndentation = false }
    index += 1
    if !isContinuation {
      column += 1
      character += 1
    }
  }

  /// Advances past a line break: LF, CR LF or CR.
  mutating func advanceLine() {
    if peek() == .carriageReturn, peek(1) == .lineFeed {
      index += 1
      character += 1
    }
    index += 1
    character += 1
    line += 1
    column = 0
    isInIndentation = true
  }

  /// Advances to the end of the line, before the line break.
  mutating func skipLine() {
    while !isAtEnd, !peek().isYAMLBreak { advance() }
  }
}

extension UInt8 {
  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  static let tab = UInt8(ascii: "\t")
  static let space = UInt8(ascii: " ")

  var isYAMLBlank: Bool { self == .space || self == .tab }
  var isYAMLBreak: Bool { self == .lineFeed || self == .carriageReturn }
}
