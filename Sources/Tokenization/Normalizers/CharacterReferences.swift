/// The character references of HTML and XML: `&amp;`, `&#39;`, `&#x27;`.
///
/// Only references that end with a semicolon are decoded.
///
/// - Source: WHATWG HTML, sections 13.2.5.73 to 13.2.5.80, and the named references in its table
///   that occur in prose.
enum CharacterReferences {
  /// A reference in a text.
  struct Found {
    /// The code point that it encodes.
    let scalar: UInt32
    /// The end of the reference, after the semicolon.
    let end: Int
    /// Whether the reference is recognized without its ampersand.
    let isUnambiguous: Bool
  }

  /// The maximum length in bytes of a name, or of a number with its `#`, including the semicolon.
  private static let longest = 10

  /// Returns the reference whose first byte after the ampersand is at `start`.
  static func find(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> Found? {
    guard start < text.count else { return nil }
    let limit = min(text.count, start + longest)
    guard let end = text[start..<limit].firstIndex(of: UInt8(ascii: ";")) else { return nil }
    if text[start] == UInt8(ascii: "#") {
      guard let scalar = number(text[start + 1..<end]) else { return nil }
      // Nobody writes ASCII letters and digits as references, so `#50;` without an ampersand is
      // text.
      let isAlphanumeric = scalar < 0x80 && CharacterKinds.isPartOfWord(scalar)
      return Found(scalar: scalar, end: end + 1, isUnambiguous: !isAlphanumeric)
    }
    let name = text[start..<end]
    guard let scalar = named[String(decoding: name, as: UTF8.self)] else { return nil }
    let isWord = words.contains { $0.utf8.elementsEqual(name) }
    return Found(scalar: scalar, end: end + 1, isUnambiguous: !isWord)
  }

  /// Returns the code point of a decimal number, or of a hexadecimal number after `x`.
  private static func number(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> UInt32? {
    let isHexadecimal = digits.first.map { $0 | 0x20 == UInt8(ascii: "x") } ?? false
    let digits = isHexadecimal ? digits.dropFirst() : digits
    guard !digits.isEmpty, digits.count <= 8 else { return nil }
    var value: UInt32 = 0
    for byte in digits {
      let digit: UInt8
      switch byte {
      case 0x30...0x39: digit = byte - 0x30
      case 0x41...0x46 where isHexadecimal: digit = byte - 0x37
      case 0x61...0x66 where isHexadecimal: digit = byte - 0x57
      default: return nil
      }
      // A number of eight digits cannot overflow in either base.
      value = value &* (isHexadecimal ? 16 : 10) &+ UInt32(digit)
    }
    return scalar(value)
  }

  /// Returns the code point of a number. 128 to 159 are read as Windows-1252, as in all browsers.
  ///
  /// Returns `nil` for controls and for numbers that are not code points; these stay in the text.
  private static func scalar(_ value: UInt32) -> UInt32? {
    switch value {
    case 0x80...0x9F: windows1252[Int(value - 0x80)]
    case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0x10FFFF: value
    default: nil
    }
  }

  private static let windows1252: [UInt32?] = [
    0x20AC, nil, 0x201A, 0x192, 0x201E, 0x2026, 0x2020, 0x2021,
    0x2C6, 0x2030, 0x160, 0x2039, 0x152, nil, 0x17D, nil,
    nil, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x2DC, 0x2122, 0x161, 0x203A, 0x153, nil, 0x17E, 0x178,
  ]

  /// Names that are also English words, so only an ampersand identifies them as references.
  private static let words: [String] = [
    "copy", "reg", "cent", "pound", "yen", "euro", "sect", "para", "micro", "times", "divide",
    "dagger", "bull", "not", "deg", "trade", "uml", "shy", "hearts", "spades", "clubs", "diams",
    "and", "or", "sum", "prime", "alpha", "beta", "gamma", "delta", "epsilon", "lambda", "mu", "pi",
    "sigma", "omega", "minus", "infin",
  ]

  // swift-format-ignore
  private static let named: [String: UInt32] = [
    "amp": 0x26, "lt": 0x3C, "gt": 0x3E, "quot": 0x22, "apos": 0x27, "nbsp": 0xA0,
    "AMP": 0x26, "LT": 0x3C, "GT": 0x3E, "QUOT": 0x22, "ensp": 0x2002, "emsp": 0x2003,
    "thinsp": 0x2009, "zwnj": 0x200C, "zwj": 0x200D, "lrm": 0x200E, "rlm": 0x200F, "shy": 0xAD,
    "ndash": 0x2013, "mdash": 0x2014, "lsquo": 0x2018, "rsquo": 0x2019, "sbquo": 0x201A,
    "ldquo": 0x201C, "rdquo": 0x201D, "bdquo": 0x201E, "laquo": 0xAB, "raquo": 0xBB,
    "lsaquo": 0x2039, "rsaquo": 0x203A, "hellip": 0x2026, "bull": 0x2022, "middot": 0xB7,
    "dagger": 0x2020, "Dagger": 0x2021, "permil": 0x2030, "prime": 0x2032, "Prime": 0x2033,
    "copy": 0xA9, "reg": 0xAE, "trade": 0x2122, "deg": 0xB0, "plusmn": 0xB1, "times": 0xD7,
    "divide": 0xF7, "minus": 0x2212, "frac12": 0xBD, "frac14": 0xBC, "frac34": 0xBE,
    "sup1": 0xB9, "sup2": 0xB2, "sup3": 0xB3, "micro": 0xB5, "para": 0xB6, "sect": 0xA7,
    "cent": 0xA2, "pound": 0xA3, "curren": 0xA4, "yen": 0xA5, "euro": 0x20AC, "brvbar": 0xA6,
    "iexcl": 0xA1, "iquest": 0xBF, "ordf": 0xAA, "ordm": 0xBA, "not": 0xAC, "macr": 0xAF,
    "acute": 0xB4, "cedil": 0xB8, "uml": 0xA8, "circ": 0x2C6, "tilde": 0x2DC,
    "Agrave": 0xC0, "Aacute": 0xC1, "Acirc": 0xC2, "Atilde": 0xC3, "Auml": 0xC4, "Aring": 0xC5,
    "AElig": 0xC6, "Ccedil": 0xC7, "Egrave": 0xC8, "Eacute": 0xC9, "Ecirc": 0xCA, "Euml": 0xCB,
    "Igrave": 0xCC, "Iacute": 0xCD, "Icirc": 0xCE, "Iuml": 0xCF, "ETH": 0xD0, "Ntilde": 0xD1,
    "Ograve": 0xD2, "Oacute": 0xD3, "Ocirc": 0xD4, "Otilde": 0xD5, "Ouml": 0xD6, "Oslash": 0xD8,
    "Ugrave": 0xD9, "Uacute": 0xDA, "Ucirc": 0xDB, "Uuml": 0xDC, "Yacute": 0xDD, "THORN": 0xDE,
    "szlig": 0xDF, "agrave": 0xE0, "aacute": 0xE1, "acirc": 0xE2, "atilde": 0xE3, "auml": 0xE4,
    "aring": 0xE5, "aelig": 0xE6, "ccedil": 0xE7, "egrave": 0xE8, "eacute": 0xE9, "ecirc": 0xEA,
    "euml": 0xEB, "igrave": 0xEC, "iacute": 0xED, "icirc": 0xEE, "iuml": 0xEF, "eth": 0xF0,
    "ntilde": 0xF1, "ograve": 0xF2, "oacute": 0xF3, "ocirc": 0xF4, "otilde": 0xF5, "ouml": 0xF6,
    "oslash": 0xF8, "ugrave": 0xF9, "uacute": 0xFA, "ucirc": 0xFB, "uuml": 0xFC, "yacute": 0xFD,
    "thorn": 0xFE, "yuml": 0xFF, "OElig": 0x152, "oelig": 0x153, "Scaron": 0x160, "scaron": 0x161,
    "Yuml": 0x178, "Gbreve": 0x11E, "gbreve": 0x11F, "Idot": 0x130, "inodot": 0x131,
    "imath": 0x131, "Scedil": 0x15E, "scedil": 0x15F, "larr": 0x2190, "uarr": 0x2191,
    "rarr": 0x2192, "darr": 0x2193, "harr": 0x2194, "infin": 0x221E, "ne": 0x2260, "le": 0x2264,
    "ge": 0x2265, "asymp": 0x2248, "radic": 0x221A, "sum": 0x2211, "hearts": 0x2665,
    "spades": 0x2660, "clubs": 0x2663, "diams": 0x2666, "alpha": 0x3B1, "beta": 0x3B2,
    "gamma": 0x3B3, "delta": 0x3B4, "epsilon": 0x3B5, "lambda": 0x3BB, "mu": 0x3BC, "pi": 0x3C0,
    "sigma": 0x3C3, "omega": 0x3C9, "Omega": 0x3A9, "Delta": 0x394,
  ]
}
