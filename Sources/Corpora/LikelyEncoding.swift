package import FileAccess

/// Guesses the encoding of text that is not UTF-8, for messages.
///
/// Encodings with two bytes per character are recognized by the ranges of common characters.
/// Encodings with one byte per character are distinguished by script. In Latin script, bytes
/// outside ASCII are isolated among ASCII letters. In other scripts they form whole words; if the
/// script is correct, its most frequent letters make up almost half of the letters.
package enum LikelyEncoding {
  /// Returns the likely encoding of `bytes`; `nil` if they are ASCII or mostly UTF-8, or if no
  /// encoding fits.
  static func guess(_ bytes: [UInt8]) -> TextEncoding? {
    let high = bytes.count { $0 >= 0x80 }
    guard high > 0, !isMostlyUTF8(bytes) else { return nil }
    let runs = zip([0x20] + bytes, bytes).count { $0 < 0x80 && $1 >= 0x80 }
    let name =
      twoByteName(bytes) ?? (2 * high >= 5 * runs ? scriptName(bytes) : latinName(bytes, high))
    return name.flatMap { TextEncoding(named: $0) }
  }

  /// Returns the likely encoding of a document; `nil` if it appears to be damaged, or if no
  /// encoding fits.
  ///
  /// - Parameter byte: the first invalid byte.
  package static func guess(document bytes: [UInt8], invalidFrom byte: Int) -> TextEncoding? {
    // Take the text around the invalid byte. A document that ends in the middle of a character is
    // damaged.
    let sample = Array(bytes[max(0, byte - sampleSize)..<min(bytes.count, byte + sampleSize)])
    if let name = wideName(sample) { return TextEncoding(named: name) }
    guard byte < bytes.count - 3 || sample.dropLast(3).contains(where: { $0 >= 0x80 }),
      let encoding = guess(sample)
    else { return nil }
    // windows-1252 is the fallback guess, so require words around its letters.
    let isFallback = encoding.name == "windows-1252"
    let letters = sample.count { ($0 | 0x20) &- 0x61 < 26 }
    let isText = letters > sample.count { $0 >= 0x80 } && !sample.contains(0xFF)
    return isFallback && !isText ? nil : encoding
  }

  /// Returns the name of UTF-16 if at least a quarter of the bytes are zero. The byte order is known
  /// only from a byte order mark; a line after the first has none, and little-endian is far more
  /// common.
  private static func wideName(_ bytes: [UInt8]) -> String? {
    guard bytes.count >= 4, bytes.count(where: { $0 == 0 }) * 4 >= bytes.count else { return nil }
    return bytes.starts(with: [0xFE, 0xFF]) ? "utf-16be" : "utf-16le"
  }

  /// The number of bytes before and after an invalid byte that are considered.
  private static let sampleSize = 1 << 15

  /// Returns whether more of the characters outside ASCII are valid UTF-8 than invalid.
  private static func isMostlyUTF8(_ bytes: [UInt8]) -> Bool {
    var (valid, invalid, index) = (0, 0, 0)
    while index < bytes.count {
      let rest = bytes[index...]
      let bad = UTF8Validation.firstInvalidByte(in: rest) ?? rest.count
      valid += rest.prefix(bad).count { $0 >= 0xC2 }
      index += bad + 1
      invalid += 1
      // Stop early: a text with many invalid bytes is not UTF-8, and each search for an invalid
      // byte starts over.
      if invalid > valid + 16 { return false }
    }
    return valid > invalid
  }

  /// Returns the encoding of Chinese, Japanese or Korean text.
  private static func twoByteName(_ bytes: [UInt8]) -> String? {
    var (pairs, broken, index) = (0, 0, 0)
    var leads = [Int](repeating: 0, count: 256)
    var lowTrails = 0
    while index < bytes.count {
      let lead = bytes[index]
      index += 1
      guard lead >= 0x80 else { continue }
      guard index < bytes.count else { break }
      let trail = bytes[index]
      guard lead > 0x80, lead < 0xFF, trail >= 0x40, trail != 0x7F, trail != 0xFF else {
        broken += 1
        continue
      }
      pairs += 1
      leads[Int(lead)] += 1
      if trail < 0xA1 { lowTrails += 1 }
      index += 1
    }
    // Almost all characters in such a text are pairs, and few of them are rare.
    guard pairs >= 4, broken * 20 <= pairs else { return nil }
    func share(_ range: ClosedRange<Int>) -> Double {
      Double(leads[range].reduce(0, +)) / Double(pairs)
    }
    let low = Double(lowTrails) / Double(pairs)
    if share(0x82...0x83) >= 0.25, share(0x81...0x9F) + share(0xE0...0xEA) >= 0.95 {
      return "shift_jis"
    }
    if share(0xA4...0xA5) >= 0.25, low < 0.02 { return "euc-jp" }
    if low < 0.05, share(0xB0...0xC8) >= 0.9, share(0xC9...0xFE) < 0.03 { return "euc-kr" }
    if low < 0.1, share(0xB0...0xD7) + share(0xA1...0xA3) >= 0.85, share(0xB0...0xD7) >= 0.6 {
      return "gb18030"
    }
    if low >= 0.15, low <= 0.7, share(0xA1...0xC6) >= 0.85 { return "big5" }
    return nil
  }

  /// The encodings and the most frequent letters of each script.
  private static let scripts: [(encodings: [String], letters: Set<Unicode.Scalar>)] = [
    (["windows-1251", "koi8-r", "iso-8859-5", "ibm866"], ["о", "е", "а", "и", "н", "т", "с"]),
    (["windows-1256", "iso-8859-6"], ["ا", "ل", "ي", "م", "و", "ن", "ر"]),
    (["windows-1253"], ["α", "ο", "ι", "ε", "τ", "σ", "ν"]),
    (["windows-1255"], ["י", "ו", "ה", "ל", "א", "ר", "ת"]),
    (["windows-874"], ["า", "น", "ร", "อ", "ก", "เ", "ง"]),
  ]

  /// Returns the encoding of text in a script other than Latin, with one byte per letter.
  private static func scriptName(_ bytes: [UInt8]) -> String? {
    var best: (name: String, share: Double)?
    for (encodings, letters) in scripts {
      for name in encodings {
        guard let decoded = TextEncoding(named: name)?.decode(bytes) else { continue }
        let foreign = String(decoding: decoded, as: UTF8.self).unicodeScalars
          .filter { $0.value >= 0x80 }
        let share = Double(foreign.count { letters.contains($0) }) / Double(max(foreign.count, 1))
        if share >= 0.33, share > best?.share ?? 0 { best = (name, share) }
      }
    }
    return best?.name
  }

  /// Returns the encoding of text in Latin script.
  private static func latinName(_ bytes: [UInt8], _ high: Int) -> String {
    var counts = [Int](repeating: 0, count: 256)
    for byte in bytes { counts[Int(byte)] += 1 }
    func share(_ letters: [Int]) -> Double {
      Double(letters.reduce(0) { $0 + counts[$1] }) / Double(high)
    }
    // ğ ı ş İ Ş Ğ, together with ç ö ü Ç Ö Ü â î û.
    let turkish = [0xF0, 0xFD, 0xFE, 0xDD, 0xDE, 0xD0]
    let shared = [0xE7, 0xF6, 0xFC, 0xC7, 0xD6, 0xDC, 0xE2, 0xEE, 0xFB]
    // The quotation marks, dashes and ellipsis of windows-1252 are not letters.
    let marks = [0x85, 0x91, 0x92, 0x93, 0x94, 0x96, 0x97, 0xAB, 0xBB, 0xB4, 0x80, 0xA0]
    if share(turkish) >= 0.15, share(turkish + shared + marks) >= 0.9 { return "windows-1254" }
    // The DOS codes of ı ş ğ, and of ç ö ü Ç Ö Ü İ Ş Ğ.
    let old = [0x8D, 0x9F, 0xA7]
    if share(old) >= 0.3,
      share(old + [0x87, 0x94, 0x81, 0x80, 0x99, 0x9A, 0x98, 0x9E, 0xA6]) >= 0.9
    {
      return "ibm857"
    }
    // ł ą ż ś ź ľ š ž, which are signs and rare letters in windows-1252.
    if share([0xB3, 0xB9, 0xBF, 0x9C, 0x9F, 0xBE, 0x9A, 0x9E, 0xA3]) >= 0.15 {
      return "windows-1250"
    }
    return "windows-1252"
  }
}
