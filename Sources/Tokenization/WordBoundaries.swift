/// The word boundaries of a text, found in one pass.
///
/// - Source: UAX #29, Unicode Text Segmentation, section 4.1.1, rules WB1 to WB999, none tailored.
package struct WordBoundaries {
  /// The Unicode version of the table of properties.
  package static let unicodeVersion = WordBreakTable.unicodeVersion

  private let text: UnsafeBufferPointer<UInt8>
  private let properties: WordBreakProperties

  /// The character just before the cursor.
  private var previous = WordBreakProperty.other
  /// The last character that WB4 does not pass over, and the one before it.
  private var base = WordBreakProperty.other
  private var beforeBase = WordBreakProperty.other
  /// How many regional indicators stand in a row before the cursor.
  private var indicators = 0
  private var cursor = 0

  package init(_ text: UnsafeBufferPointer<UInt8>) {
    self.text = text
    properties = .shared
  }

  /// Every boundary of `bytes`, with both ends, in bytes from 0; none in an empty text.
  package static func all(in bytes: [UInt8]) -> [Int] {
    bytes.withUnsafeBufferPointer { text in
      var boundaries = WordBoundaries(text)
      var found = text.isEmpty ? [] : [0]
      while let boundary = boundaries.next() { found.append(boundary) }
      return found
    }
  }

  /// The end of the segment that begins at the last boundary; `nil` at the end of the text.
  package mutating func next() -> Int? {
    guard cursor < text.count else { return nil }
    if passPlainASCII() { return cursor }
    startSegment()
    while cursor < text.count {
      let byte = text[cursor]
      if byte < 0x80, Self.isWordByte(byte), base == .letter || base == .numeric {
        passASCIIWord()
        continue
      }
      let (scalar, length) = UTF8Scalars.decode(text, at: cursor)
      let (current, isPictograph) = properties.lookUp(scalar)
      if current == .letter && base == .letter {
        passLetters(from: cursor + length)
        continue
      }
      if breaks(before: current, isPictograph, end: cursor + length) { return cursor }
      advance(current, by: length)
    }
    return cursor
  }

  /// Takes a whole word of ASCII, or one space, when what follows cannot join it; most segments of
  /// most texts need no more.
  @inline(__always)
  private mutating func passPlainASCII() -> Bool {
    var end = cursor
    if text[end] == 0x20 {
      end += 1
      guard end < text.count, text[end] < 0x80, text[end] != 0x20 else { return false }
    } else {
      while end < text.count, Self.isWordByte(text[end]) { end += 1 }
      guard end > cursor, end == text.count || Self.endsWord(text[end]) else { return false }
    }
    cursor = end
    return true
  }

  /// Whether a word of ASCII ends before `byte`, whatever comes after it.
  @inline(__always)
  private static func endsWord(_ byte: UInt8) -> Bool {
    switch byte {
    // What WB6, WB11 and WB13a may join: ' , . : ; _
    case 0x27, 0x2C, 0x2E, 0x3A, 0x3B, 0x5F: false
    default: byte < 0x80
    }
  }

  private mutating func startSegment() {
    let (scalar, length) = UTF8Scalars.decode(text, at: cursor)
    let property = properties.lookUp(scalar).property
    // What stood before a boundary can still matter: WB7c and WB11 look back over none, and WB15
    // counts indicators from the boundary on, so every segment starts afresh.
    (base, beforeBase, indicators) = (.other, .other, 0)
    advance(property, by: length)
    // WB4 passes over marks that follow something; at the start there is nothing to follow.
    base = property
  }

  private mutating func advance(_ property: WordBreakProperty, by length: Int) {
    cursor += length
    previous = property
    guard !property.isPassedOver else { return }
    beforeBase = base
    base = property
    indicators = property == .regionalIndicator ? indicators + 1 : 0
  }

  /// WB5 without the detour, for the scripts that are not ASCII: between two letters there can only
  /// be what WB4 passes over, and a pictograph that is a letter joins a letter as well.
  private mutating func passLetters(from start: Int) {
    var end = start
    while end < text.count {
      let (scalar, length) = UTF8Scalars.decode(text, at: end)
      guard properties.isPlainLetter(scalar) else { break }
      end += length
    }
    (beforeBase, base, previous) = (.letter, .letter, .letter)
    cursor = end
  }

  /// WB5, WB8, WB9, WB10: ASCII letters and digits never part.
  private mutating func passASCIIWord() {
    while cursor < text.count, Self.isWordByte(text[cursor]) { cursor += 1 }
    let isDigit = text[cursor - 1] & 0xF0 == 0x30
    beforeBase = base
    base = isDigit ? .numeric : .letter
    previous = base
    indicators = 0
  }

  /// ASCII letters and digits.
  @inline(__always)
  private static func isWordByte(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10
  }

  /// Whether there is a boundary between what stands before the cursor and `current`.
  private func breaks(
    before current: WordBreakProperty, _ isPictograph: Bool, end: Int
  ) -> Bool {
    // WB3, WB3a, WB3b: lines.
    if previous == .carriageReturn && current == .lineFeed { return false }
    if previous.isLineEnd || current.isLineEnd { return true }
    // WB3c, WB3d: emoji sequences, runs of spaces.
    if previous == .joiner && isPictograph { return false }
    if previous == .space && current == .space { return false }
    // WB4: marks and format characters belong to what stands before them.
    if current.isPassedOver { return false }
    return !joinsWord(current, end: end) && !joinsIndicator(current)
  }

  /// WB5 to WB13b.
  private func joinsWord(_ current: WordBreakProperty, end: Int) -> Bool {
    switch base {
    case .letter, .hebrewLetter: joinsLetter(current, end: end)
    case .numeric:
      switch current {
      case .numeric, .letter, .hebrewLetter, .extendNumLet: true  // WB8, WB10, WB13a
      case .midNum, .midNumLet, .singleQuote: following(end) == .numeric  // WB12
      default: false
      }
    case .katakana: current == .katakana || current == .extendNumLet  // WB13, WB13a
    case .extendNumLet:  // WB13a, WB13b
      current.isLetter || current == .numeric || current == .katakana || current == .extendNumLet
    case .midLetter: beforeBase.isLetter && current.isLetter  // WB7
    case .midNum: beforeBase == .numeric && current == .numeric  // WB11
    case .midNumLet, .singleQuote:  // WB7, WB11
      (beforeBase.isLetter && current.isLetter)
        || (beforeBase == .numeric && current == .numeric)
    case .doubleQuote: beforeBase == .hebrewLetter && current == .hebrewLetter  // WB7c
    default: false
    }
  }

  /// WB5, WB6, WB7a, WB7b, WB9, WB13a: after a letter.
  private func joinsLetter(_ current: WordBreakProperty, end: Int) -> Bool {
    switch current {
    case .letter, .hebrewLetter, .numeric, .extendNumLet: true
    case .midLetter, .midNumLet: following(end)?.isLetter ?? false
    case .singleQuote: base == .hebrewLetter || (following(end)?.isLetter ?? false)
    case .doubleQuote: base == .hebrewLetter && following(end) == .hebrewLetter
    default: false
    }
  }

  /// WB15, WB16: flags are pairs of regional indicators.
  private func joinsIndicator(_ current: WordBreakProperty) -> Bool {
    current == .regionalIndicator && base == .regionalIndicator && indicators % 2 == 1
  }

  /// The first property from `index` on that WB4 does not pass over.
  private func following(_ index: Int) -> WordBreakProperty? {
    var index = index
    while index < text.count {
      let (scalar, length) = UTF8Scalars.decode(text, at: index)
      let property = properties.lookUp(scalar).property
      if !property.isPassedOver { return property }
      index += length
    }
    return nil
  }
}
