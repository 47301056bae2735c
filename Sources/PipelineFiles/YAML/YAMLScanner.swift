import PipelineCore

/// Splits a text into YAML tokens like libyaml, keeping only what is needed to find the next token,
/// the nesting depth and duplicate keys.
struct YAMLScanner {
  /// An open block collection: the column of its keys or dashes, and its keys with line numbers.
  private struct Block {
    var column: Int
    var keys: [[UInt8]: Int] = [:]
  }

  /// An open bracket, with the keys of its mapping and their line numbers.
  private struct Bracket {
    var isMapping: Bool
    var line: Int
    var column: Int
    var keys: [[UInt8]: Int] = [:]
  }

  /// A scalar or bracket that is a key if a colon follows.
  private struct Candidate {
    var line: Int
    var column: Int
    var character: Int
    /// The bytes of a scalar; `nil` for a bracket.
    var bytes: Range<Int>?
  }

  private var cursor: YAMLCursor
  private let origin: YAMLOrigin
  /// The open block collections, outermost first.
  private var blocks: [Block] = []
  /// The open brackets, outermost first.
  private var brackets: [Bracket] = []
  /// The candidate for a key, at block level and in each open bracket.
  private var candidates: [Candidate?] = [nil]
  /// Whether a key can begin at the cursor.
  private var allowsKey = true
  private var (hasContent, hasStart, hasEnd) = (false, false, false)

  init(_ bytes: [UInt8], origin: YAMLOrigin) {
    self.cursor = YAMLCursor(bytes)
    self.origin = origin
  }

  /// The column of the innermost block collection; -1 outside any collection.
  private var indentation: Int { blocks.last?.column ?? -1 }

  private var isInBrackets: Bool { !brackets.isEmpty }

  /// Scans the whole text.
  mutating func run() throws(ConfigurationError) {
    for _ in 0..<YAMLSafety.tokenLimit {
      try skipToToken()
      closeBlocks(beyond: cursor.column)
      guard !cursor.isAtEnd else { return try checkBrackets() }
      try scanToken()
    }
    throw error(YAMLSafety.tooManyTokens, line: cursor.line, column: cursor.column)
  }

  /// Checks at the end of the text that every bracket is closed.
  private func checkBrackets() throws(ConfigurationError) {
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
        if allowsKey && !isInBrackets || cursor.isInIndentation { throw tabError() }
        cursor.advance()
      case UInt8(ascii: "#"): cursor.skipLine()
      case .lineFeed, .carriageReturn:
        cursor.advanceLine()
        if !isInBrackets { allowsKey = true }
      default: return
      }
    }
  }

  private mutating func scanToken() throws(ConfigurationError) {
    if cursor.column == 0, cursor.peek() == UInt8(ascii: "%") {
      throw unsupported("directives (%)", "put text that begins with % in quotes")
    }
    if try scanDocumentMark() { return }
    if hasEnd { throw unsupported("several documents", "keep only one in the file") }
    hasContent = true
    if try scanIndicator() { return }
    switch cursor.peek() {
    case UInt8(ascii: "*"), UInt8(ascii: "&"):
      throw unsupported(
        "anchors and aliases", "repeat the value, and put text that begins with & or * in quotes")
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

  /// Scans `---`, which can start the only document, and `...`, which can end it.
  private mutating func scanDocumentMark() throws(ConfigurationError) -> Bool {
    let isStart = cursor.isDocumentMark(UInt8(ascii: "-"))
    guard isStart || cursor.isDocumentMark(UInt8(ascii: ".")) else { return false }
    if isStart, hasContent || hasStart || hasEnd {
      throw unsupported("several documents", "keep only one in the file")
    }
    if isStart { hasStart = true } else { hasEnd = true }
    closeBlocks(beyond: -1)
    candidates[candidates.count - 1] = nil
    allowsKey = false
    for _ in 0..<3 { cursor.advance() }
    return true
  }

  /// Scans a bracket, comma, dash or colon; returns `false` if there is none at the cursor.
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

  private func error(_ fact: ConfigurationFact, line: Int, column: Int) -> ConfigurationError {
    ConfigurationError(fact, at: origin.position(line: line + 1, column: column + 1))
  }

  private func unsupported(_ construct: String, _ advice: String) -> ConfigurationError {
    error(.unsupported(construct, advice: advice), line: cursor.line, column: cursor.column)
  }

  private func tabError() -> ConfigurationError {
    unsupported("tabs as indentation", "indent with spaces")
  }

  private func cannotBegin() -> ConfigurationError {
    let sign = String(UnicodeScalar(cursor.peek()))
    let fact = ConfigurationFact.syntax("a value cannot begin with \(sign); put it in quotes")
    return error(fact, line: cursor.line, column: cursor.column)
  }
}

// MARK: - Nesting and keys

extension YAMLScanner {
  /// The maximum distance in code points that libyaml allows between a key and its colon.
  private static let longestKey = 1024

  /// Records the token at the cursor as a candidate for a key.
  private mutating func noteCandidate() {
    guard allowsKey else { return }
    candidates[candidates.count - 1] = Candidate(
      line: cursor.line, column: cursor.column, character: cursor.character, bytes: nil)
  }

  private mutating func openBracket() throws(ConfigurationError) {
    noteCandidate()
    brackets.append(
      Bracket(
        isMapping: cursor.peek() == UInt8(ascii: "{"), line: cursor.line, column: cursor.column))
    candidates.append(nil)
    allowsKey = true
    try checkDepth(line: cursor.line, column: cursor.column)
  }

  /// Closes the last bracket, of either kind; the parser reports mismatched brackets.
  private mutating func closeBracket() {
    if isInBrackets {
      brackets.removeLast()
      candidates.removeLast()
    }
    allowsKey = false
  }

  /// Opens a block collection unless there is one at this column.
  private mutating func openBlock(at column: Int) throws(ConfigurationError) {
    guard column > indentation else { return }
    blocks.append(Block(column: column))
    try checkDepth(line: cursor.line, column: column)
  }

  /// Closes the block collections to the right of `column`.
  private mutating func closeBlocks(beyond column: Int) {
    guard !isInBrackets else { return }
    while indentation > column { blocks.removeLast() }
  }

  /// Handles a colon: a candidate before it on the same line is a key.
  private mutating func takeKey() throws(ConfigurationError) {
    let candidate = candidates[candidates.count - 1]
    candidates[candidates.count - 1] = nil
    if let candidate, candidate.line == cursor.line, let bytes = candidate.bytes {
      try checkLength(ofKey: bytes, at: candidate)
    }
    if let candidate, candidate.line == cursor.line,
      cursor.character - candidate.character <= Self.longestKey
    {
      if !isInBrackets { try openBlock(at: candidate.column) }
      if let bytes = candidate.bytes { try takeKey(named: bytes, at: candidate) }
      allowsKey = false
    } else {
      if !isInBrackets { try openBlock(at: cursor.column) }
      allowsKey = !isInBrackets
    }
  }

  /// Rejects a long key before the parser compares it with others.
  private func checkLength(
    ofKey range: Range<Int>, at place: Candidate
  ) throws(ConfigurationError) {
    let written = cursor.bytes[range]
    // Keys are checked again after parsing: an escape is longer than the bytes it represents.
    let escapes = written.count { $0 == UInt8(ascii: "\\") }
    let isQuoted = written.first.map { "'\"".utf8.contains($0) } ?? false
    let count = written.count - (isQuoted ? 2 : 0)
    guard count - 5 * escapes > YAMLSafety.keyLimit else { return }
    throw error(YAMLSafety.longKey(count), line: place.line, column: place.column)
  }

  /// Records a key of the current mapping; rejects merge keys and duplicates.
  private mutating func takeKey(
    named range: Range<Int>, at place: Candidate
  ) throws(ConfigurationError) {
    var name = Array(cursor.bytes[range])
    if name.elementsEqual("<<".utf8) {
      throw error(
        .unsupported("merge keys (<<)", advice: "repeat the settings"),
        line: place.line, column: place.column)
    }
    if let quote = name.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") {
      name = Array(name.dropFirst().dropLast())
      // Keys with escapes are compared again after the parser has resolved the escapes.
      if name.contains(UInt8(ascii: "\\")) || name.contains(UInt8(ascii: "'")) { return }
    }
    let earlier: Int?
    if let last = brackets.indices.last {
      // Each pair in a list is a separate mapping.
      guard brackets[last].isMapping else { return }
      earlier = brackets[last].keys.updateValue(place.line, forKey: name)
    } else if let last = blocks.indices.last {
      earlier = blocks[last].keys.updateValue(place.line, forKey: name)
    } else {
      earlier = nil
    }
    guard let earlier else { return }
    let key = String(decoding: name, as: UTF8.self)
    throw error(
      .duplicateKey(key: key, lines: [earlier + 1, place.line + 1]),
      line: place.line, column: place.column)
  }

  private func checkDepth(line: Int, column: Int) throws(ConfigurationError) {
    guard blocks.count + brackets.count > YAMLSafety.depthLimit else { return }
    throw error(
      .unsupported("more than \(YAMLSafety.depthLimit) levels of nesting", advice: "use fewer"),
      line: line, column: column)
  }
}

// MARK: - Scalars

extension YAMLScanner {
  /// Scans a scalar in single or double quotes.
  private mutating func scanQuotedScalar() throws(ConfigurationError) {
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
      .syntax("this quote is never closed"), line: start.line, column: start.column)
  }

  /// Scans a scalar without quotes. It ends before `: ` and ` #`, before a bracket or comma
  /// within brackets, and before a line that is not indented more than its collection.
  private mutating func scanPlainScalar() throws(ConfigurationError) {
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
      while !cursor.isBlankOrEnd(), !cursor.endsPlainScalar(isInBrackets: isInBrackets) {
        cursor.advance()
      }
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

  /// Scans a block scalar after `|` or `>`: all following lines with enough indentation.
  private mutating func scanBlockScalar() throws(ConfigurationError) {
    candidates[candidates.count - 1] = nil
    allowsKey = true
    let header = (line: cursor.line, column: cursor.column)
    cursor.advance()
    var column = 0
    while "+-0123456789".utf8.contains(cursor.peek()) {
      let digit = cursor.peek()
      if digit == UInt8(ascii: "0") {
        throw error(
          .syntax("the indentation of a block scalar cannot be 0"),
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
        .syntax("expected a comment or the end of the line after a block scalar indicator"),
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

  /// Skips empty lines and indentation. The first line with text sets `column` if it is 0.
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
