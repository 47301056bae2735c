package import PipelineCore

/// What the places of a YAML text are called in messages.
package enum YAMLOrigin: Sendable {
  /// A file, or what stands in for one.
  case file(String)
  /// An option of the command line, such as `--set training.seed=3`.
  case option(String)

  /// The place at a line and column, both from 1.
  package func position(line: Int, column: Int) -> InputPosition {
    switch self {
    case .file(let name): .line(name, line, column: column)
    case .option(let option): .option(option)
    }
  }
}

/// A place in a text: byte, line and column; lines and columns from 0, as YAML counts them.
struct YAMLCursor {
  package let bytes: [UInt8]
  private(set) var index = 0
  private(set) var line = 0
  /// In characters (code points) of this line.
  private(set) var column = 0
  /// In characters of the whole text.
  private(set) var character = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { index >= bytes.count }

  /// The byte `offset` further on; 0 past the end, for a text holds no 0 when it is scanned.
  func peek(_ offset: Int = 0) -> UInt8 {
    index + offset < bytes.count ? bytes[index + offset] : 0
  }

  /// Whether a space, a tab, a line break or the end is `offset` bytes further on.
  func isBlankOrEnd(_ offset: Int = 0) -> Bool {
    let byte = peek(offset)
    return byte == 0 || byte.isYAMLBlank || byte.isYAMLBreak
  }

  /// Whether `---` or `...` stands here alone at the beginning of a line.
  func isDocumentMark(_ sign: UInt8) -> Bool {
    column == 0 && peek() == sign && peek(1) == sign && peek(2) == sign && isBlankOrEnd(3)
  }

  /// Goes on by a byte that is not part of a line break.
  mutating func advance() {
    let isContinuation = bytes[index] & 0xC0 == 0x80
    index += 1
    if !isContinuation {
      column += 1
      character += 1
    }
  }

  /// Goes past a line break: LF, CR LF or CR.
  mutating func advanceLine() {
    if peek() == .carriageReturn, peek(1) == .lineFeed {
      index += 1
      character += 1
    }
    index += 1
    character += 1
    line += 1
    column = 0
  }

  /// Goes to the end of the line, before its break.
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
