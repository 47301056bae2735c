import PipelineCore
import Tokenization

/// Finds labels that look alike because they differ only in case, white space, invisible characters
/// or encoding.
///
/// Labels are compared byte by byte, so two labels that look alike are two classes, although they
/// are usually spellings of the same class. Accents, and Turkish i and ı, distinguish words and
/// therefore also labels.
///
/// **Source**: UAX #15 (NFKC), UAX #21 and Unicode Standard, section 3.13 (full case folding),
/// UTS #39 (confusable characters, limited to look-alike letters of three alphabets).
enum LabelSimilarity {
  /// Returns the groups of at least two labels that look alike, each in label order, ordered by
  /// their first label.
  static func groups(of labels: some Sequence<Label>) -> [[Label]] {
    let labels = labels.sorted()
    // Labels are alike if they have a key in common, directly or through other labels.
    var parents = Array(labels.indices)
    func root(_ number: Int) -> Int {
      var number = number
      while parents[number] != number { number = parents[number] }
      return number
    }
    var first: [[UInt8]: Int] = [:]
    for (number, label) in labels.enumerated() {
      for key in keys(of: label) {
        guard let earlier = first[key] else {
          first[key] = number
          continue
        }
        let (a, b) = (root(earlier), root(number))
        parents[max(a, b)] = min(a, b)
      }
    }
    return Dictionary(grouping: labels.indices, by: root).values
      .filter { $0.count > 1 }
      .map { group in group.map { labels[$0] } }
      .sorted { $0[0] < $1[0] }
  }

  /// Returns the keys of a label: case-folded as in most languages, case-folded as in Turkish, and
  /// with look-alikes of Latin letters replaced by Latin letters.
  private static func keys(of label: Label) -> Set<[UInt8]> {
    let visible = String(decoding: composed(label.bytes), as: UTF8.self).unicodeScalars
      .filter { !InvisibleText.contains($0.value) && $0 != "\u{640}" }
    let mappings: [(Unicode.Scalar) -> Unicode.Scalar] = [
      { $0 }, { $0 == "I" ? "ı" : $0 == "İ" ? "i" : $0 }, { latinLookAlikes[$0] ?? $0 },
    ]
    return Set(
      mappings.map { mapping in
        var text = String.UnicodeScalarView()
        for scalar in visible { text.append(mapping(scalar)) }
        return skeleton(Array(String(text).utf8))
      })
  }

  /// Returns the compatibility-normalized, case-folded text, with a single form of each letter,
  /// digit, dash, quotation mark and space.
  private static func skeleton(_ bytes: [UInt8]) -> [UInt8] {
    let folded = UnicodeNormalizer(configuration: .init()).normalize(AlignedText(source: bytes))
    var text = String.UnicodeScalarView()
    for scalar in String(decoding: folded.bytes, as: UTF8.self).unicodeScalars {
      if scalar.properties.isWhitespace {
        if let last = text.last, last != " " { text.append(" ") }
      } else if scalar == "\u{307}", text.last == "i" {
        // İ is folded to i and this combining dot.
        continue
      } else {
        text.append(unified(scalar))
      }
    }
    if text.last == " " { text.removeLast() }
    return Array(String(text).utf8)
  }

  private static func composed(_ bytes: [UInt8]) -> [UInt8] {
    var form = UnicodeNormalizer.Configuration()
    (form.form, form.fold) = (.nfc, false)
    return UnicodeNormalizer(configuration: form).normalize(AlignedText(source: bytes)).bytes
  }

  /// Returns the character that represents all characters that look like `scalar`.
  private static func unified(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar {
    // Map Arabic yeh, alef maksura and kaf, and the forms of heh, to the Persian and Urdu letters.
    case "\u{64A}", "\u{649}": return "\u{6CC}"
    case "\u{643}": return "\u{6A9}"
    case "\u{6C1}", "\u{6BE}", "\u{6D5}": return "\u{647}"
    case "\u{2018}", "\u{2019}", "\u{201B}", "\u{2BC}", "\u{2032}", "`", "\u{B4}": return "'"
    case "\u{201C}", "\u{201D}", "\u{201E}", "\u{201F}", "«", "»": return "\""
    default: break
    }
    let properties = scalar.properties
    if properties.generalCategory == .dashPunctuation || scalar == "\u{2212}" { return "-" }
    if properties.numericType == .decimal, let value = properties.numericValue {
      return Unicode.Scalar(UInt8(0x30 + Int(value)))
    }
    return scalar
  }

  /// The Cyrillic and Greek letters that look like Latin letters.
  private static let latinLookAlikes: [Unicode.Scalar: Unicode.Scalar] = {
    let pairs = [
      ("АВЕЅІЈКМНОРСТХаеѕіјорсухһ", "ABESIJKMHOPCTXaesijopcyxh"),
      ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEZHIKMNOPTYXo"),
    ]
    return pairs.reduce(into: [:]) { map, pair in
      for (letter, latin) in zip(pair.0.unicodeScalars, pair.1.unicodeScalars) {
        map[letter] = latin
      }
    }
  }()
}
