import PipelineCore

/// Cuts a text into YAML tokens as libyaml does, keeping nothing but what is needed to know where
/// the next one begins, how deep it stands, and which keys its mapping has already.
struct YAMLScanner {
  /// A block collection that is open: the column of its keys or dashes, and its keys so far.
  struct Block {
    var column: Int
    var keys: [[UInt8]: Int] = [:]
  }

  /// A bracket that is open.
  struct Bracket {
    var isMapping: Bool
    var line: Int
    var column: Int
    var keys: [[UInt8]: Int] = [:]
  }

  /// A scalar or bracket that turns out to be a key if a colon follows.
  struct Candidate {
    var line: Int
    var column: Int
    var character: Int
    /// Where a scalar stands in the text; `nil` for a bracket.
    var bytes: Range<Int>?
  }

  var cursor: YAMLCursor
  let origin: YAMLOrigin
  /// The open block collections, outermost first.
  var blocks: [Block] = []
  /// The open brackets, outermost first.
  var brackets: [Bracket] = []
  /// What may become a key, for the block level and for each open bracket.
  var candidates: [Candidate?] = [nil]
  /// Whether a key may begin here.
  var allowsKey = true
  private var hasContent = false
  private var hasStart = false
  private var hasEnd = false

  init(_ bytes: [UInt8], origin: YAMLOrigin) {
    self.cursor = YAMLCursor(bytes)
    self.origin = origin
  }

  /// The column of the innermost block collection, -1 outside of all.
  var indentation: Int { blocks.last?.column ?? -1 }

  var isInBrackets: Bool { !brackets.isEmpty }

  /// Goes through the whole text.
  mutating func run() throws(ConfigurationError) {
    while true {
      try skipToToken()
      closeBlocks(beyond: cursor.column)
      if cursor.isAtEnd { break }
      try scanToken()
    }
    guard let open = brackets.last else { return }
    let sign = open.isMapping ? "{" : "["
    throw error(
      .syntax("this \(sign) is never closed"), line: open.line, column: open.column)
  }

  /// Skips blanks, comments and line breaks.
  private mutating func skipToToken() throws(ConfigurationError) {
    while !cursor.isAtEnd {
      switch cursor.peek() {
      case .space: cursor.advance()
      case .tab:
        if allowsKey && !isInBrackets || isAtLineStart { throw tabError() }
        cursor.advance()
      case UInt8(ascii: "#"): cursor.skipLine()
      case .lineFeed, .carriageReturn:
        cursor.advanceLine()
        if !isInBrackets { allowsKey = true }
      default: return
      }
    }
  }

  /// Whether nothing but blanks stands before the cursor in its line.
  private var isAtLineStart: Bool {
    cursor.bytes[..<cursor.index].suffix(cursor.column).allSatisfy(\.isYAMLBlank)
  }

  private mutating func scanToken() throws(ConfigurationError) {
    if cursor.column == 0, cursor.peek() == UInt8(ascii: "%") {
      throw unsupported("directives (%)", "put text that begins with % in quotes")
    }
    if try scanDocumentMark() { return }
    if hasEnd { throw unsupported("several documents", "keep one of them in the file") }
    hasContent = true
    if try scanIndicator() { return }
    switch cursor.peek() {
    case UInt8(ascii: "*"), UInt8(ascii: "&"):
      throw unsupported(
        "anchors and aliases", "write the value out, and put text that begins with & or * in quotes"
      )
    case UInt8(ascii: "!"):
      throw unsupported("tags (!)", "put text that begins with ! in quotes")
    case UInt8(ascii: "|"), UInt8(ascii: ">"):
      if isInBrackets { throw cannotBegin() }
      try scanBlockScalar()
    case UInt8(ascii: "'"), UInt8(ascii: "\""): try scanQuotedScalar()
    case UInt8(ascii: "%"), UInt8(ascii: "@"), UInt8(ascii: "`"): throw cannotBegin()
    default: try scanPlainScalar()
    }
  }

  /// `---` may open the only document and `...` may close it.
  private mutating func scanDocumentMark() throws(ConfigurationError) -> Bool {
    let isStart = cursor.isDocumentMark(UInt8(ascii: "-"))
    guard isStart || cursor.isDocumentMark(UInt8(ascii: ".")) else { return false }
    if isStart, hasContent || hasStart || hasEnd {
      throw unsupported("several documents", "keep one of them in the file")
    }
    if isStart { hasStart = true } else { hasEnd = true }
    closeBlocks(beyond: -1)
    candidates[candidates.count - 1] = nil
    allowsKey = false
    for _ in 0..<3 { cursor.advance() }
    return true
  }

  /// Brackets, commas, dashes, colons; `false` if none stands here.
  private mutating func scanIndicator() throws(ConfigurationError) -> Bool {
    switch cursor.peek() {
    case UInt8(ascii: "["), UInt8(ascii: "{"): try openBracket()
    case UInt8(ascii: "]"), UInt8(ascii: "}"): closeBracket()
    case UInt8(ascii: ","):
      candidates[candidates.count - 1] = nil
      allowsKey = true
    case UInt8(ascii: "-") where cursor.isBlankOrEnd(1):
      if !isInBrackets { try openBlock(at: cursor.column) }
      candidates[candidates.count - 1] = nil
      allowsKey = true
    case UInt8(ascii: "?") where isInBrackets || cursor.isBlankOrEnd(1):
      throw unsupported("explicit keys (?)", "write key: value")
    case UInt8(ascii: ":") where isInBrackets || cursor.isBlankOrEnd(1): try takeKey()
    default: return false
    }
    cursor.advance()
    return true
  }
}

extension YAMLScanner {
  func error(_ fact: ConfigurationError.Fact, line: Int, column: Int) -> ConfigurationError {
    ConfigurationError(fact, at: origin.position(line: line + 1, column: column + 1))
  }

  func unsupported(_ construct: String, _ advice: String) -> ConfigurationError {
    error(.unsupported(construct, advice: advice), line: cursor.line, column: cursor.column)
  }

  func tabError() -> ConfigurationError { unsupported("tabs as indentation", "indent with spaces") }

  private func cannotBegin() -> ConfigurationError {
    let sign = String(UnicodeScalar(cursor.peek()))
    return error(
      .syntax("a value cannot begin with \(sign); put it in quotes"),
      line: cursor.line, column: cursor.column)
  }
}
