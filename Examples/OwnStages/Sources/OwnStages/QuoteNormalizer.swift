import Docket

/// Stage `quotes.v1`: replaces typographic quotation marks and dashes with ASCII ones.
package struct QuoteNormalizer: Normalizer {
  package static let stageName = "quotes.v1"
  package static let summary = "typographic quotation marks and dashes to ASCII"
  package let configuration: NoSettings

  package init(configuration: NoSettings) { self.configuration = configuration }

  /// Returns the text with each mark replaced. The alignment records which source byte each byte
  /// comes from.
  package func normalize(_ text: AlignedText) -> AlignedText {
    var (bytes, starts): ([UInt8], [Int32]) = ([], [])
    var offset: Int32 = 0
    for scalar in String(decoding: text.bytes, as: UTF8.self).unicodeScalars {
      let source = Array(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      let target = Self.replacement(for: scalar).map { [$0] } ?? source
      for index in target.indices {
        bytes.append(target[index])
        starts.append(offset + Int32(index))
      }
      offset += Int32(source.count)
    }
    var result = text
    result.replace(with: bytes, starts: starts + [offset])
    return result
  }

  private static func replacement(for scalar: Unicode.Scalar) -> UInt8? {
    switch scalar {
    case "\u{2018}", "\u{2019}", "\u{201a}", "\u{2039}", "\u{203a}": UInt8(ascii: "'")
    case "\u{201c}", "\u{201d}", "\u{201e}", "\u{ab}", "\u{bb}": UInt8(ascii: "\"")
    case "\u{2010}", "\u{2011}", "\u{2012}", "\u{2013}", "\u{2014}": UInt8(ascii: "-")
    default: nil
    }
  }
}
