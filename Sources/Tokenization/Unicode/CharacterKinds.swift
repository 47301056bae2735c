import PipelineCore

/// The kind of a character from a reader's point of view.
enum CharacterKind {
  /// Controls, joiners, direction marks, and variation selectors.
  case invisible
  /// Punctuation, and mathematical and modifier signs such as `+`, `|`, and `^`.
  case punctuation
  /// A nonspacing mark.
  case mark
  /// Letters, digits, currency signs, emoji, and everything else.
  case other
}

/// Classifies characters by their general category.
enum CharacterKinds {
  /// Returns whether `scalar` is White_Space, one of 25 code points in Unicode's PropList.
  static func isWhiteSpace(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x09...0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F,
      0x3000:
      true
    default: false
    }
  }

  /// Returns the kind of `scalar`.
  static func kind(of scalar: UInt32) -> CharacterKind {
    if (0xFE00...0xFE0F).contains(scalar) || (0xE0100...0xE01EF).contains(scalar) {
      return .invisible
    }
    return switch Utf8proc.category(scalar) {
    case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator: .invisible
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation, .mathSymbol, .modifierSymbol:
      .punctuation
    case .nonspacingMark: .mark
    default: .other
    }
  }

  /// Whether a text has an upper-case and a lower-case letter.
  static func hasBothCases(in text: [UInt8]) -> Bool {
    var (hasUpper, hasLower) = (false, false)
    return text.withUnsafeBufferPointer { bytes in
      var index = 0
      while index < bytes.count {
        let (scalar, length) = UTF8Scalars.decode(bytes, at: index)
        index += length
        switch Utf8proc.category(scalar) {
        case .uppercaseLetter: hasUpper = true
        case .lowercaseLetter: hasLower = true
        default: continue
        }
        if hasUpper && hasLower { return true }
      }
      return false
    }
  }

  /// Returns whether `scalar` is a letter, a mark, or a number.
  static func isPartOfWord(_ scalar: UInt32) -> Bool {
    Utf8proc.category(scalar).isPartOfWord
  }
}

/// The scripts that are written without spaces between words.
enum UnspacedScripts {
  /// Returns whether `scalar` is a letter or mark of Han, Kana, Thai, Lao, Khmer, or Burmese.
  static func contains(_ scalar: UInt32) -> Bool {
    if scalar < 0xE00 { return false }
    return switch scalar {
    case 0x3005...0x3007, 0x3040...0x30FF, 0x31F0...0x31FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
      0xF900...0xFAFF, 0xFF66...0xFF9F, 0x20000...0x323AF:
      scalar != 0x30FB
    default: separatesByZeroWidthSpace(scalar)
    }
  }

  /// The share of texts with letters of these scripts above which tokenizers for these scripts are
  /// candidates.
  private static let leastShare = 0.05

  /// Whether at least 5 % of the texts have letters of these scripts.
  static func areCommon(in sample: TextSample) -> Bool {
    sample.share { text in
      text.withUnsafeBufferPointer { bytes in
        var index = 0
        while index < bytes.count {
          let (scalar, length) = UTF8Scalars.decode(bytes, at: index)
          if contains(scalar) { return true }
          index += length
        }
        return false
      }
    } >= leastShare
  }

  /// Returns whether `scalar` is Thai, Lao, Khmer, or Burmese, which may separate words with a
  /// zero-width space (U+200B).
  static func separatesByZeroWidthSpace(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0xE01...0xE3A, 0xE40...0xE4E, 0xE81...0xECE, 0xEDC...0xEDF, 0x1000...0x103F,
      0x1050...0x108F, 0x1780...0x17D3, 0xA9E0...0xA9EF, 0xAA60...0xAA7F:
      true
    default: false
    }
  }
}
