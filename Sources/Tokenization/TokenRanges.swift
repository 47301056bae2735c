/// Turns segments into tokens: white space is cut out, and what cannot be seen is no token.
struct TokenRanges {
  private let text: UnsafeBufferPointer<UInt8>
  private let keepsPunctuation: Bool
  private(set) var ranges: [Range<Int>] = []

  init(_ text: UnsafeBufferPointer<UInt8>, keepsPunctuation: Bool = true) {
    self.text = text
    self.keepsPunctuation = keepsPunctuation
    // A word and a space of English take six bytes; growing costs more than a little room.
    ranges.reserveCapacity(text.count / 6 + 1)
  }

  /// Adds the tokens of one segment: none, nearly always one, more where white space stands inside
  /// (UAX #29 keeps a space together with marks on it, and joins words by U+202F).
  @inline(__always)
  mutating func add(_ segment: Range<Int>) {
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

  /// Whether a byte that begins some white space occurs; others may begin with it too.
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

  /// Two-byte letters from U+00C0 on, and Han: nothing to look at more closely.
  @inline(__always)
  private func isPlainLetter(_ segment: Range<Int>) -> Bool {
    let lead = text[segment.lowerBound]
    if lead >= 0xC3 && lead <= 0xDB || lead == 0xE0 { return isAllPlain(segment) }
    return lead >= 0xE4 && lead <= 0xE9 && segment.count == 3
  }

  /// Bytes of one script of letters; punctuation and marks of these blocks go the slow way.
  @inline(__always)
  private func isAllPlain(_ segment: Range<Int>) -> Bool {
    // D8 9C is the Arabic letter mark, which cannot be seen.
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

  /// What has been seen of a token.
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
