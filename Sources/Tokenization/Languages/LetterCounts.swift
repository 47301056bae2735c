/// The letters of a text by script, and letters that distinguish languages with the same script.
///
/// Letters are weighted by their bytes: a Han character carries about as much information as three
/// Latin letters.
package struct LetterCounts: Sendable, Equatable {
  /// The scripts that language profiles distinguish.
  package enum Script: Int, CaseIterable, Sendable {
    case latin, arabic, devanagari, han, kana, hangul, thai, lao, khmer, burmese, other
  }

  /// The number of bytes of letters, by script.
  var bytes = [Int](repeating: 0, count: Script.allCases.count)
  /// Counts of Latin letters: all of them, those outside ASCII, and `h`, `w` and `y`, which are
  /// frequent in English.
  var latin = 0
  var latinBeyondASCII = 0
  var letterH = 0
  var lettersWY = 0
  /// The count of ı and İ, which only Turkish and Azeri have.
  var dotless = 0
  /// The count of ə, which Azeri has and Turkish does not.
  var schwa = 0
  /// Counts of Arabic letters: all of them, and those used only in Persian, only in Arabic, and
  /// only in Urdu.
  var arabic = 0
  var persian = 0
  var arabicOnly = 0
  var urdu = 0

  /// Creates empty counts.
  init() {}

  /// The number of bytes of all letters.
  var total: Int { bytes.reduce(0, +) }

  /// The number of bytes of letters in one script.
  subscript(script: Script) -> Int { bytes[script.rawValue] }

  /// The script with the most bytes; `nil` if there are no letters.
  package var mainScript: Script? {
    guard total > 0 else { return nil }
    return Script.allCases.max { (self[$0], -$0.rawValue) < (self[$1], -$1.rawValue) }
  }

  /// Counts the letters of a text.
  ///
  /// - Precondition: `text` is valid UTF-8.
  package init(_ text: UnsafeBufferPointer<UInt8>) {
    var index = 0
    var ascii = 0
    while index < text.count {
      let byte = text[index]
      if byte < 0x80 {
        let lower = byte | 0x20
        if lower &- 0x61 < 26 {
          ascii += 1
          if lower == 0x68 { letterH += 1 }
          if lower == 0x77 || lower == 0x79 { lettersWY += 1 }
        }
        index += 1
      } else {
        let (scalar, length) = UTF8Scalars.decode(text, at: index)
        count(scalar, length)
        index += length
      }
    }
    latin += ascii
    bytes[Script.latin.rawValue] += ascii
  }

  private mutating func count(_ scalar: UInt32, _ length: Int) {
    guard let script = Self.script(of: scalar) else { return }
    bytes[script.rawValue] += length
    switch script {
    case .latin:
      latin += 1
      latinBeyondASCII += 1
      switch scalar {
      case 0x131, 0x130: dotless += 1
      case 0x259, 0x18F: schwa += 1
      default: break
      }
    case .arabic:
      arabic += 1
      switch scalar {
      case 0x67E, 0x686, 0x698, 0x6AF: persian += 1
      case 0x629, 0x623, 0x625: arabicOnly += 1
      case 0x679, 0x688, 0x691, 0x6BA, 0x6D2, 0x6C1: urdu += 1
      default: break
      }
    default: break
    }
  }

  /// Returns the script of a letter outside ASCII; `nil` for other characters.
  private static func script(of scalar: UInt32) -> Script? {
    switch scalar {
    case 0x80..<0xC0, 0xD7, 0xF7, 0x2B0..<0x370, 0x2000..<0x2C00, 0x2E00..<0x2E80, 0x3000..<0x3005,
      0xFE00..<0xFE70, 0xFF00..<0xFF21, 0x1F000..<0x20000, 0xE0000...:
      nil
    case 0xC0..<0x2B0, 0x1E00..<0x1F00, 0xFF21..<0xFF5B: .latin
    // Digits and marks of the Arabic block are not letters.
    case 0x600..<0x620, 0x640, 0x64B..<0x66E, 0x6D4, 0x6D6..<0x6E5, 0x6F0..<0x6FA: nil
    case 0x620..<0x700, 0x750..<0x780, 0x8A0..<0x900, 0xFB50..<0xFE00, 0xFE70..<0xFEFF: .arabic
    case 0x964..<0x970: nil
    case 0x900..<0x980, 0xA8E0..<0xA900: .devanagari
    case 0x3040..<0x3100, 0x31F0..<0x3200, 0xFF66..<0xFFA0: .kana
    case 0x3005..<0x3008, 0x3400..<0x4DC0, 0x4E00..<0xA000, 0xF900..<0xFB00, 0x20000..<0x32400: .han
    case 0x1100..<0x1200, 0x3130..<0x3190, 0xAC00..<0xD7A4: .hangul
    case 0xE00..<0xE80: .thai
    case 0xE80..<0xF00: .lao
    case 0x1780..<0x1800: .khmer
    case 0x1000..<0x10A0, 0xA9E0..<0xAA00, 0xAA60..<0xAA80: .burmese
    default: .other
    }
  }

  /// Adds the counts of another text.
  mutating func add(_ other: LetterCounts) {
    for index in bytes.indices { bytes[index] += other.bytes[index] }
    latin += other.latin
    latinBeyondASCII += other.latinBeyondASCII
    letterH += other.letterH
    lettersWY += other.lettersWY
    dotless += other.dotless
    schwa += other.schwa
    arabic += other.arabic
    persian += other.persian
    arabicOnly += other.arabicOnly
    urdu += other.urdu
  }
}
