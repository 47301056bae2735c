/// The tokens of one document, as ranges in its normalized text.
public struct TokenSequence: Sendable, Equatable {
  /// The text that was tokenized.
  public let text: AlignedText
  /// The byte range of each token in `text`, in order; none is empty.
  public private(set) var ranges: [Range<Int>]

  /// Creates a sequence of the tokens at `ranges` in `text`.
  public init(text: AlignedText, ranges: [Range<Int>]) {
    self.text = text
    self.ranges = ranges
  }

  /// The number of tokens.
  public var count: Int { ranges.count }

  /// Returns the normalized UTF-8 bytes of token `index`.
  public func bytes(_ index: Int) -> ArraySlice<UInt8> { text.bytes[ranges[index]] }

  /// Returns token `index` as a string.
  public func string(_ index: Int) -> String { String(decoding: bytes(index), as: UTF8.self) }

  /// The tokens as strings, for display and tests.
  public var strings: [String] { ranges.indices.map(string) }

  /// Returns the range of token `index` in the source document, in UTF-8 bytes from 0.
  public func sourceRange(_ index: Int) -> Range<Int> { text.sourceRange(ranges[index]) }

  /// Returns the document truncated to its first `limit` tokens.
  public func cut(to limit: Int) -> TokenSequence {
    TokenSequence(text: text, ranges: Array(ranges.prefix(limit)))
  }
}
