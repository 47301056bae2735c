/// The tokens of one document: ranges into its normalized text.
public struct TokenSequence: Sendable, Equatable {
  /// The text that was cut up.
  public let text: AlignedText
  /// The bytes of each token in `text`, in order, none empty.
  public private(set) var ranges: [Range<Int>]

  /// Tokens at `ranges` of `text`.
  public init(text: AlignedText, ranges: [Range<Int>]) {
    self.text = text
    self.ranges = ranges
  }

  /// How many tokens.
  public var count: Int { ranges.count }

  /// The normalized UTF-8 bytes of token `index`.
  public func bytes(_ index: Int) -> ArraySlice<UInt8> { text.bytes[ranges[index]] }

  /// Token `index` as a string.
  public func string(_ index: Int) -> String { String(decoding: bytes(index), as: UTF8.self) }

  /// The tokens as strings, for people and tests.
  public var strings: [String] { ranges.indices.map(string) }

  /// Where token `index` stands in the source document, in UTF-8 bytes from 0.
  public func sourceRange(_ index: Int) -> Range<Int> { text.sourceRange(ranges[index]) }

  /// The same document with at most `limit` tokens.
  public func cut(to limit: Int) -> TokenSequence {
    TokenSequence(text: text, ranges: Array(ranges.prefix(limit)))
  }
}
