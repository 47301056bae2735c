import PipelineCore

/// The token ranges of a text: its segments other than white space and invisible characters.
struct TokenRanges {
  private let text: UnsafeBufferPointer<UInt8>
  private let keepsPunctuation: Bool
  private var ranges: [Range<Int>] = []

  /// Returns the ranges of words, numbers, and marks, split by UAX #29.
  ///
  /// - Parameter keepsPunctuation: whether punctuation marks are tokens.
  static func words(of text: AlignedText, keepsPunctuation: Bool) -> [Range<Int>] {
    text.bytes.withUnsafeBufferPointer { bytes in
      var boundaries = WordBoundaries(bytes)
      var tokens = TokenRanges(bytes, keepsPunctuation: keepsPunctuation)
      var start = 0
      while let end = boundaries.next() {
        tokens.add(start..<end)
        start = end
      }
      return tokens.ranges
    }
  }

  /// Returns the ranges of characters, that is, extended grapheme clusters.
  ///
  /// - Parameter keepsWords: whether each run of ASCII letters or of ASCII digits is one token.
  static func characters(of text: AlignedText, keepsWords: Bool) -> [Range<Int>] {
    text.bytes.withUnsafeBufferPointer { bytes in
      var boundaries = CharacterBoundaries(bytes)
      var tokens = TokenRanges(bytes, keepsPunctuation: true)
      var start = 0
      // The current run of letters or of digits, which the next character may continue.
      var run = start..<start
      while let end = boundaries.next() {
        let isOne = keepsWords && end - start == 1
        if isOne, !run.isEmpty, areAlike(bytes[start - 1], bytes[start]) {
          run = run.lowerBound..<end
        } else {
          if !run.isEmpty { tokens.add(run) }
          if isOne && runKind(bytes[start]) != 0 {
            run = start..<end
          } else {
            run = end..<end
            tokens.add(start..<end)
          }
        }
        start = end
      }
      if !run.isEmpty { tokens.add(run) }
      return tokens.ranges
    }
  }

  private static func areAlike(_ first: UInt8, _ second: UInt8) -> Bool {
    runKind(second) != 0 && runKind(first) == runKind(second)
  }

  /// Returns 1 for ASCII letters, 2 for ASCII digits, and 0 for all other bytes.
  private static func runKind(_ byte: UInt8) -> Int {
    (byte | 0x20) &- 0x61 < 26 ? 1 : byte &- 0x30 < 10 ? 2 : 0
  }

  private init(_ text: UnsafeBufferPointer<UInt8>, keepsPunctuation: Bool) {
    self.text = text
    self.keepsPunctuation = keepsPunctuation
    // An English word and a space take about six bytes. Growing the array is slower than reserving
    // too much.
    ranges.reserveCapacity(text.count / 6 + 1)
  }

  /// Adds the tokens of a segment: none, one, or several if it contains white space.
  ///
  /// UAX #29 does not separate a space from marks on it, and joins words at U+202F.
  @inline(__always)
  private mutating func add(_ segment: Range<Int>) {
    let lead = text[segment.lowerBound]
    if lead < 0x80 {
      if segment.count == 1 {
        addASCII(lead, segment)
        return
      }
      if Self.isASCIILetterOrDigit(lead), !mayHoldSpace(segment) {
        ranges.append(segment)
        return
      }
    } else if isPlainLetter(segment) {
      ranges.append(segment)
      return
    }
    addSlowly(segment)
  }

  @inline(__always)
  private mutating func addASCII(_ byte: UInt8, _ segment: Range<Int>) {
    guard byte > 0x20, byte != 0x7F else { return }
    if keepsPunctuation || byte == 0x24 || Self.isASCIILetterOrDigit(byte) {
      ranges.append(segment)
    }
  }

  @inline(__always)
  private static func isASCIILetterOrDigit(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10
  }

  /// Returns whether the segment contains a byte that can begin a white-space character; other
  /// characters can begin with the same bytes.
  @inline(__always)
  private func mayHoldSpace(_ segment: Range<Int>) -> Bool {
    for index in segment {
      let byte = text[index]
      if byte <= 0x20 || byte == 0xC2 || byte == 0xE1 || byte == 0xE2 || byte == 0xE3 {
        return true
      }
    }
    return false
  }

  /// Returns whether the segment is certainly one visible token: it begins with a character from
  /// U+00C0 to U+06FF or from U+0800 to U+0FFF and `isAllPlain` accepts it, or it is one Han
  /// character.
  @inline(__always)
  private func isPlainLetter(_ segment: Range<Int>) -> Bool {
    let lead = text[segment.lowerBound]
    if lead >= 0xC3 && lead <= 0xDB || lead == 0xE0 { return isAllPlain(segment) }
    return lead >= 0xE4 && lead <= 0xE9 && segment.count == 3
  }

  /// Returns whether a segment that begins with a non-ASCII character below U+1000 is longer than
  /// one code point and has no white space; always `false` if punctuation marks are not tokens.
  @inline(__always)
  private func isAllPlain(_ segment: Range<Int>) -> Bool {
    // D8 9C is the Arabic letter mark, which is invisible.
    keepsPunctuation && segment.count > 3 && text[segment.lowerBound + 1] != 0x9C
      && !mayHoldSpace(segment)
  }

  private mutating func addSlowly(_ segment: Range<Int>) {
    var index = segment.lowerBound
    var start = index
    var piece = Piece()
    while index < segment.upperBound {
      let (scalar, length) = UTF8Scalars.decode(text, at: index)
      if CharacterKinds.isWhiteSpace(scalar) {
        close(start..<index, piece)
        start = index + length
        piece = Piece()
      } else {
        piece.add(CharacterKinds.kind(of: scalar))
      }
      index += length
    }
    close(start..<index, piece)
  }

  private mutating func close(_ range: Range<Int>, _ piece: Piece) {
    guard piece.isVisible, keepsPunctuation || !piece.isPunctuation else { return }
    ranges.append(range)
  }

  /// The properties of a token so far.
  private struct Piece {
    var isVisible = false
    var isPunctuation = true

    mutating func add(_ kind: CharacterKind) {
      switch kind {
      case .invisible: break
      case .punctuation, .mark: isVisible = true
      case .other: (isVisible, isPunctuation) = (true, false)
      }
    }
  }
}
