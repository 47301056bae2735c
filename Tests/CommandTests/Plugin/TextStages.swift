import Docket

/// `plurals.v1`: replaces the s at the end of a word with a space.
struct PluralNormalizer: Normalizer {
  /// The settings of `plurals.v1`.
  struct Configuration: StageConfiguration {
    /// The number of letters that a word must have.
    var least = 4
    init() {}
    static var settings: [Setting<Self>] {
      [.integer("least", \.least, 2...100, "letters that a word must have")]
    }
  }

  static let stageName = "plurals.v1"
  static let summary = "removes the s at the end of words"
  let configuration: Configuration

  init(configuration: Configuration) { self.configuration = configuration }

  func normalize(_ text: AlignedText) -> AlignedText {
    var bytes = text.bytes
    var length = 0
    for index in 0...bytes.count {
      let isLetter = index < bytes.count && (0x61...0x7A).contains(bytes[index] | 0x20)
      if isLetter {
        length += 1
      } else {
        // Only a run of letters that ends in exactly one s, so that a second pass changes nothing.
        if length >= configuration.least, bytes[index - 1] == 0x73, bytes[index - 2] != 0x73 {
          bytes[index - 1] = 0x20
        }
        length = 0
      }
    }
    var result = text
    result.replaceInPlace(with: bytes)
    return result
  }
}

/// `hyphens.v1`: splits at white space and hyphens.
struct HyphenTokenizer: Tokenizer {
  static let stageName = "hyphens.v1"
  static let summary = "splits at white space and hyphens"
  let configuration: NoSettings

  init(configuration: NoSettings) { self.configuration = configuration }

  func tokenize(_ text: AlignedText) -> TokenSequence {
    var ranges: [Range<Int>] = []
    var start = 0
    var offset = 0
    func close(at end: Int) { if start < end { ranges.append(start..<end) } }
    for scalar in String(decoding: text.bytes, as: UTF8.self).unicodeScalars {
      let width = UTF8.width(scalar)
      if scalar == "-" || scalar.properties.isWhitespace {
        close(at: offset)
        start = offset + width
      }
      offset += width
    }
    close(at: offset)
    return TokenSequence(text: text, ranges: ranges)
  }
}

/// A tokenizer with the same name as `HyphenTokenizer`.
struct OtherHyphenTokenizer: Tokenizer {
  static let stageName = "hyphens.v1"
  static let summary = "has a name that is in use"
  let configuration: NoSettings

  init(configuration: NoSettings) { self.configuration = configuration }

  func tokenize(_ text: AlignedText) -> TokenSequence { TokenSequence(text: text, ranges: []) }
}
