/// The scripts that put no spaces between words.
enum UnspacedScripts {
  /// Han, Kana, Thai, Lao, Khmer and Burmese letters and the marks on them.
  static func contains(_ scalar: UInt32) -> Bool {
    if scalar < 0xE00 { return false }
    return switch scalar {
    case 0x3005...0x3007, 0x3040...0x30FF, 0x31F0...0x31FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
      0xF900...0xFAFF, 0xFF66...0xFF9F, 0x20000...0x323AF:
      scalar != 0x30FB
    default: separatesByZeroWidthSpace(scalar)
    }
  }

  /// Thai, Lao, Khmer, Burmese: careful writers put a zero-width space (U+200B) between words.
  static func separatesByZeroWidthSpace(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0xE01...0xE3A, 0xE40...0xE4E, 0xE81...0xECE, 0xEDC...0xEDF, 0x1000...0x103F,
      0x1050...0x108F, 0x1780...0x17D3, 0xA9E0...0xA9EF, 0xAA60...0xAA7F:
      true
    default: false
    }
  }
}
