public import PipelineCore

/// `spaces.v1`: splits a text at white space and nowhere else.
///
/// Use it for comparisons, and for texts that another program, such as a Chinese segmenter, has
/// already split into words. Punctuation stays attached to words.
///
/// - Source: White_Space of Unicode's PropList.
public struct SpaceTokenizer: Tokenizer {
  /// The name in pipeline files.
  public static let stageName = "spaces.v1"
  /// A one-line summary.
  public static let summary = "splits a text at white space only, for texts that are already split"
  /// The stage has no settings.
  public let configuration: NoSettings

  /// Creates a tokenizer.
  public init(configuration: NoSettings) { self.configuration = configuration }

  /// Splitting at white space only.
  public var effects: TextEffects { .splitsAtSpacesOnly }

  /// Returns the parts of `text` between white space.
  public func tokenize(_ text: AlignedText) -> TokenSequence {
    var ranges: [Range<Int>] = []
    ranges.reserveCapacity(text.bytes.count / 6 + 1)
    text.bytes.withUnsafeBufferPointer { bytes in
      var start = 0
      var index = 0
      while index < bytes.count {
        let (scalar, length) = UTF8Scalars.decode(bytes, at: index)
        if CharacterKinds.isWhiteSpace(scalar) {
          if index > start { ranges.append(start..<index) }
          start = index + length
        }
        index += length
      }
      if index > start { ranges.append(start..<index) }
    }
    return TokenSequence(text: text, ranges: ranges)
  }
}
