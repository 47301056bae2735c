/// What a character is to someone who looks at a text.
enum CharacterKind {
  /// Controls, joiners, direction marks, variation selectors.
  case invisible
  /// Punctuation, and mathematical and modifier signs such as `+`, `|` and `^`.
  case punctuation
  /// A mark without a width of its own.
  case mark
  /// Letters, digits, currency signs, emoji and everything else.
  case other
}

/// Tells what characters are, by their general category.
enum CharacterKinds {
  /// White_Space, the 25 code points of Unicode's PropList.
  static func isWhiteSpace(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x09...0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F,
      0x3000:
      true
    default: false
    }
  }

  /// The kind of `scalar`.
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

  /// Whether `scalar` is a letter, a mark on one, or a number.
  static func isPartOfWord(_ scalar: UInt32) -> Bool {
    Utf8proc.category(scalar).isPartOfWord
  }
}
