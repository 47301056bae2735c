/// The values of the Unicode property Word_Break. The numbers are those that
/// `Tools/make-word-break-table.py` writes.
enum WordBreakProperty: UInt8 {
  case other, carriageReturn, lineFeed, newline, extend, joiner, format, katakana, hebrewLetter
  case letter, singleQuote, doubleQuote, midNumLet, midLetter, midNum, numeric, extendNumLet
  case space, regionalIndicator

  /// AHLetter of the standard: letters, Hebrew ones among them.
  var isLetter: Bool { self == .letter || self == .hebrewLetter }
  /// MidNumLetQ of the standard.
  var isMidNumLetQ: Bool { self == .midNumLet || self == .singleQuote }
  /// What rule WB4 passes over: it belongs to the character before it.
  var isPassedOver: Bool { self == .extend || self == .joiner || self == .format }
  /// CR, LF and the other line ends.
  var isLineEnd: Bool { self == .carriageReturn || self == .lineFeed || self == .newline }
}

/// Looks up `WordBreakProperty` and Extended_Pictographic.
struct WordBreakProperties: Sendable {
  /// Shared by everything that cuts words.
  static let shared = WordBreakProperties()

  /// One byte a code point of planes 0 and 1, where nearly all text is.
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

  /// The property of `scalar`, and whether it is a pictograph.
  @inline(__always)
  func lookUp(_ scalar: UInt32) -> (property: WordBreakProperty, isPictograph: Bool) {
    let value = scalar < 0x20000 ? low[Int(scalar)] : search(scalar)
    // A byte that is no property cannot be in the table; `other` is what the standard says then.
    return (WordBreakProperty(rawValue: value & 0x1F) ?? .other, value & 0x20 != 0)
  }

  /// Whether `scalar` is a letter, no Hebrew one and no pictograph, of planes 0 and 1.
  @inline(__always)
  func isPlainLetter(_ scalar: UInt32) -> Bool {
    scalar < 0x20000 && low[Int(scalar)] == WordBreakProperty.letter.rawValue
  }

  /// The last run that begins at or before `scalar`.
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
