import PipelineCore

/// Nesting and keys.
extension YAMLScanner {
  /// libyaml looks back no further than this for the key before a colon.
  private static let longestKey = 1024

  /// Remembers what begins at the cursor as a possible key.
  mutating func noteCandidate() {
    guard allowsKey else { return }
    candidates[candidates.count - 1] = Candidate(
      line: cursor.line, column: cursor.column, character: cursor.character, bytes: nil)
  }

  mutating func openBracket() throws(ConfigurationError) {
    noteCandidate()
    brackets.append(
      Bracket(
        isMapping: cursor.peek() == UInt8(ascii: "{"), line: cursor.line, column: cursor.column))
    candidates.append(nil)
    allowsKey = true
    try checkDepth(line: cursor.line, column: cursor.column)
  }

  /// A closing bracket of either kind closes the last one; the parser says so if they do not match.
  mutating func closeBracket() {
    if isInBrackets {
      brackets.removeLast()
      candidates.removeLast()
    }
    allowsKey = false
  }

  /// Opens a block collection unless one stands at this column already.
  mutating func openBlock(at column: Int) throws(ConfigurationError) {
    guard column > indentation else { return }
    blocks.append(Block(column: column))
    try checkDepth(line: cursor.line, column: column)
  }

  /// Closes the block collections that stand further right than `column`.
  mutating func closeBlocks(beyond column: Int) {
    guard !isInBrackets else { return }
    while indentation > column { blocks.removeLast() }
  }

  /// A colon: what stands before it in the same line is a key.
  mutating func takeKey() throws(ConfigurationError) {
    let candidate = candidates[candidates.count - 1]
    candidates[candidates.count - 1] = nil
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

  /// Refuses merge keys and a key that the same mapping has already.
  private mutating func takeKey(
    named range: Range<Int>, at place: Candidate
  ) throws(ConfigurationError) {
    var name = Array(cursor.bytes[range])
    if name.elementsEqual("<<".utf8) {
      throw error(
        .unsupported("merge keys (<<)", advice: "write the settings out"),
        line: place.line, column: place.column)
    }
    if let quote = name.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") {
      name = Array(name.dropFirst().dropLast())
      // Escapes are left to the parser, which compares keys once more.
      if name.contains(UInt8(ascii: "\\")) || name.contains(UInt8(ascii: "'")) { return }
    }
    let earlier: Int?
    if let last = brackets.indices.last {
      // Each pair in a list is a mapping of its own.
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
      .unsupported(
        "more than \(YAMLSafety.depthLimit) levels of nesting",
        advice: "a pipeline file needs four"),
      line: line, column: column)
  }
}
