public import PipelineCore

/// `spaces.v1`: cuts a text at white space and nowhere else.
///
/// For texts that another program has cut into words already, such as a segmenter of Chinese, and to
/// compare with. Punctuation stays on the words it touches.
///
/// - Source: White_Space of Unicode's PropList.
public struct SpaceTokenizer: Tokenizer {
  /// `spaces.v1`
  public static let stageName = "spaces.v1"
  /// What it does.
  public static let summary = "cuts a text at white space only, for texts that are cut already"
  /// There is nothing to set.
  public let configuration: NoSettings

  /// The tokenizer.
  public init(configuration: NoSettings) { self.configuration = configuration }

  /// Splits at white space only.
  public var effects: TextEffects { .splitsAtSpacesOnly }

  /// What stands between white space, in order.
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
