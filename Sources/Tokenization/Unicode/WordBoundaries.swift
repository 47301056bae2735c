/// An iterator over the word boundaries of a text.
///
/// - Source: UAX #29, Unicode Text Segmentation, section 4.1.1, rules WB1 to WB999, none tailored.
package struct WordBoundaries {
  /// The Unicode version of the property table.
  package static let unicodeVersion = WordBreakTable.unicodeVersion

  private let text: UnsafeBufferPointer<UInt8>
  private let properties: WordBreakProperties

  /// The property of the character before the cursor.
  private var previous = WordBreakProperty.other
  /// The properties of the last two characters that WB4 does not ignore.
  private var base = WordBreakProperty.other
  private var beforeBase = WordBreakProperty.other
  /// The number of consecutive regional indicators before the cursor.
  private var indicators = 0
  private var cursor = 0

  package init(_ text: UnsafeBufferPointer<UInt8>) {
    self.text = text
    properties = .shared
  }

  /// Returns the byte offsets of all boundaries, including both ends; none for an empty text.
  package static func all(in bytes: [UInt8]) -> [Int] {
    bytes.withUnsafeBufferPointer { text in
      var boundaries = WordBoundaries(text)
      var found = text.isEmpty ? [] : [0]
      while let boundary = boundaries.next() { found.append(boundary) }
      return found
    }
  }

  /// Returns the end of the segment that begins at the last boundary; `nil` at the end of the text.
  package mutating func next() -> Int? {
    guard cursor < text.count else { return nil }
    if skipPlainASCII() { return cursor }
    startSegment()
    while cursor < text.count {
      let byte = text[cursor]
      if byte < 0x80, Self.isWordByte(byte), base == .letter || base == .numeric {
        skipASCIIWord()
        continue
      }
      let (scalar, length) = UTF8Scalars.decode(text, at: cursor)
      let (current, isPictograph) = properties.lookUp(scalar)
      if current == .letter && base == .letter {
        skipLetters(from: cursor + length)
        continue
      }
      if breaks(before: current, isPictograph, end: cursor + length) { return cursor }
      advance(current, by: length)
    }
    return cursor
  }

  /// Skips a whole ASCII word or one space if the next character cannot join it. This applies to
  /// most segments.
  ///
  /// - Returns: whether anything was skipped.
  @inline(__always)
  private mutating func skipPlainASCII() -> Bool {
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

  /// Returns whether an ASCII word always ends before `byte`.
  @inline(__always)
  private static func endsWord(_ byte: UInt8) -> Bool {
    switch byte {
    // WB6, WB11, and WB13a may join ' , . : ; and _
    case 0x27, 0x2C, 0x2E, 0x3A, 0x3B, 0x5F: false
    default: byte < 0x80
    }
  }

  private mutating func startSegment() {
    let (scalar, length) = UTF8Scalars.decode(text, at: cursor)
    let property = properties.lookUp(scalar).property
    // No rule looks back across a boundary (WB15 counts indicators from the boundary), so each
    // segment starts with fresh state.
    (base, beforeBase, indicators) = (.other, .other, 0)
    advance(property, by: length)
    // WB4 ignores marks only after a character, not at the start of a segment.
    base = property
  }

  private mutating func advance(_ property: WordBreakProperty, by length: Int) {
    cursor += length
    previous = property
    guard !property.isIgnored else { return }
    beforeBase = base
    base = property
    indicators = property == .regionalIndicator ? indicators + 1 : 0
  }

  /// Skips letters by WB5: the fast path for scripts outside ASCII.
  private mutating func skipLetters(from start: Int) {
    var end = start
    while end < text.count {
      let (scalar, length) = UTF8Scalars.decode(text, at: end)
      guard properties.isPlainLetter(scalar) else { break }
      end += length
    }
    (beforeBase, base, previous) = (.letter, .letter, .letter)
    cursor = end
  }

  /// Skips ASCII letters and digits, which WB5, WB8, WB9, and WB10 never separate.
  private mutating func skipASCIIWord() {
    while cursor < text.count, Self.isWordByte(text[cursor]) { cursor += 1 }
    let isDigit = text[cursor - 1] & 0xF0 == 0x30
    beforeBase = base
    base = isDigit ? .numeric : .letter
    previous = base
    indicators = 0
  }

  /// Returns whether `byte` is an ASCII letter or digit.
  @inline(__always)
  private static func isWordByte(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10
  }

  /// Returns whether there is a boundary between the character before the cursor and `current`.
  ///
  /// - Parameter end: the end of the current character.
  private func breaks(
    before current: WordBreakProperty, _ isPictograph: Bool, end: Int
  ) -> Bool {
    // WB3, WB3a, WB3b: line endings.
    if previous == .carriageReturn && current == .lineFeed { return false }
    if previous.isLineEnd || current.isLineEnd { return true }
    // WB3c, WB3d: emoji sequences and runs of spaces.
    if previous == .joiner && isPictograph { return false }
    if previous == .space && current == .space { return false }
    // WB4: marks and format characters belong to the character before them.
    if current.isIgnored { return false }
    return !joinsWord(current, end: end) && !joinsIndicator(current)
  }

  /// Returns whether WB5 to WB13b join `current` to the word.
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

  /// Returns whether `current` joins a letter: WB5, WB6, WB7a, WB7b, WB9, WB13a.
  private func joinsLetter(_ current: WordBreakProperty, end: Int) -> Bool {
    switch current {
    case .letter, .hebrewLetter, .numeric, .extendNumLet: true
    case .midLetter, .midNumLet: following(end)?.isLetter ?? false
    case .singleQuote: base == .hebrewLetter || (following(end)?.isLetter ?? false)
    case .doubleQuote: base == .hebrewLetter && following(end) == .hebrewLetter
    default: false
    }
  }

  /// Returns whether `current` completes a flag (a pair of regional indicators): WB15, WB16.
  private func joinsIndicator(_ current: WordBreakProperty) -> Bool {
    current == .regionalIndicator && base == .regionalIndicator && indicators % 2 == 1
  }

  /// Returns the first property from `index` that WB4 does not ignore.
  private func following(_ index: Int) -> WordBreakProperty? {
    var index = index
    while index < text.count {
      let (scalar, length) = UTF8Scalars.decode(text, at: index)
      let property = properties.lookUp(scalar).property
      if !property.isIgnored { return property }
      index += length
    }
    return nil
  }
}

/// The values of the Unicode property Word_Break, numbered as in
/// `Tools/make-word-break-table.py`.
enum WordBreakProperty: UInt8 {
  case other, carriageReturn, lineFeed, newline, extend, joiner, format, katakana, hebrewLetter
  case letter, singleQuote, doubleQuote, midNumLet, midLetter, midNum, numeric, extendNumLet
  case space, regionalIndicator

  /// Whether it is AHLetter in the standard: a letter, including Hebrew.
  var isLetter: Bool { self == .letter || self == .hebrewLetter }
  /// Whether WB4 ignores it because it belongs to the preceding character.
  var isIgnored: Bool { self == .extend || self == .joiner || self == .format }
  /// Whether it is CR, LF, or another line terminator.
  var isLineEnd: Bool { self == .carriageReturn || self == .lineFeed || self == .newline }
}

/// The lookup table of Word_Break and Extended_Pictographic.
struct WordBreakProperties: Sendable {
  /// The shared instance.
  static let shared = WordBreakProperties()

  /// The table entries of planes 0 and 1, which hold nearly all text; one byte per code point.
  private let low: [UInt8]

  private init() {
    var low = [UInt8](repeating: 0, count: 0x20000)
    let runs = WordBreakTable.runs
    for (index, run) in runs.enumerated() {
      let start = Int(run >> 8)
      let end = index + 1 < runs.count ? Int(runs[index + 1] >> 8) : low.count
      guard run & 0xFF != 0, start < low.count else { continue }
      for codePoint in start..<min(end, low.count) { low[codePoint] = UInt8(run & 0xFF) }
    }
    self.low = low
  }

  /// Returns the property of `scalar` and whether it is a pictograph.
  @inline(__always)
  func lookUp(_ scalar: UInt32) -> (property: WordBreakProperty, isPictograph: Bool) {
    let value = scalar < 0x20000 ? low[Int(scalar)] : search(scalar)
    // The table contains only valid values; `other` is the standard's default.
    return (WordBreakProperty(rawValue: value & 0x1F) ?? .other, value & 0x20 != 0)
  }

  /// Returns whether `scalar` is a letter in planes 0 and 1 that is neither Hebrew nor a
  /// pictograph.
  @inline(__always)
  func isPlainLetter(_ scalar: UInt32) -> Bool {
    scalar < 0x20000 && low[Int(scalar)] == WordBreakProperty.letter.rawValue
  }

  /// Returns the entry of the last run that begins at or before `scalar`.
  private func search(_ scalar: UInt32) -> UInt8 {
    let runs = WordBreakTable.runs
    var lower = 0
    var upper = runs.count
    while upper - lower > 1 {
      let middle = (lower + upper) / 2
      if runs[middle] >> 8 <= scalar { lower = middle } else { upper = middle }
    }
    return UInt8(truncatingIfNeeded: runs[lower])
  }
}
