public import PipelineCore

/// `subwords.v1`: splits a text into words and their character n-grams of three to six characters.
///
///     where -> <where> <wh <whe <wher <where whe wher where where> her here here> ere ere> re>
///
/// Words that did not occur in training, such as misspellings or inflected forms, share n-grams
/// with words that did. `<` and `>` mark the beginning and the end of a word, so that the prefix
/// `<un` differs from `un` elsewhere. Classifiers hash tokens, so no list of n-grams is stored.
/// There are about four n-grams per character, so raise `limits.tokens`.
///
/// Tokens overlap. The marks are not part of the document, but each token is aligned with the part
/// of the document that its letters came from.
///
/// - Source: Bojanowski et al. 2017.
public struct SubwordTokenizer: Tokenizer {
  /// The settings of `subwords.v1`.
  public struct Configuration: StageConfiguration {
    /// The minimum number of characters in an n-gram, including marks.
    public var least = 3
    /// The maximum number of characters in an n-gram, including marks.
    public var most = 6
    /// Whether whole words are also tokens.
    public var words = KeepOrDrop.keep
    /// Creates default settings: three to six characters, words kept.
    public init() {}
    /// The settings `least`, `most`, and `words`.
    public static var settings: [Setting<Configuration>] {
      [
        .integer(
          "least", \.least, 2...16, "minimum length of an n-gram, in characters, marks included"),
        .integer(
          "most", \.most, 2...16, "maximum length of an n-gram, in characters, marks included"),
        .choice("words", \.words, "whether to keep whole words as tokens too"),
      ]
    }
    /// `least` must not exceed `most`.
    public func conflicts() -> [String] {
      least > most ? ["least (\(least)) exceeds most (\(most))"] : []
    }
  }

  /// The name in pipeline files.
  public static let stageName = "subwords.v1"
  /// A one-line summary.
  public static let summary =
    "splits words into overlapping character n-grams, for words not seen in training"
  /// The settings of the stage.
  public let configuration: Configuration

  /// Creates a tokenizer with these settings.
  public init(configuration: Configuration) { self.configuration = configuration }

  /// Returns each word of `text` followed by its n-grams, in order of their first characters.
  public func tokenize(_ text: AlignedText) -> TokenSequence {
    let words = TokenRanges.words(of: text, keepsPunctuation: true)
    var marked = MarkedWords(text)
    var ranges: [Range<Int>] = []
    for range in words { addNGrams(of: marked.add(range), to: &ranges) }
    return TokenSequence(text: marked.finish(), ranges: ranges)
  }

  /// Adds the tokens of a word.
  ///
  /// - Parameter starts: the start of each character of the word, and the end of the word.
  private func addNGrams(of starts: [Int], to ranges: inout [Range<Int>]) {
    let count = starts.count - 1
    if configuration.words == .keep { ranges.append(starts[0]..<starts[count]) }
    guard count >= configuration.least else { return }
    for first in 0...count - configuration.least {
      let longest = min(configuration.most, count - first)
      for length in configuration.least...max(configuration.least, longest)
      // The whole word has already been added.
      where length < count || configuration.words == .drop {
        ranges.append(starts[first]..<starts[first + length])
      }
    }
  }
}

/// The words of a text, each between `<` and `>`, separated by spaces.
///
/// `>` is aligned with the end of the word in the source.
private struct MarkedWords {
  private let text: AlignedText
  private var bytes: [UInt8] = []
  private var origins: [Int32] = []

  init(_ text: AlignedText) {
    self.text = text
    bytes.reserveCapacity(text.bytes.count * 3 / 2)
    origins.reserveCapacity(text.bytes.count * 3 / 2)
  }

  /// Adds a word.
  ///
  /// - Returns: the start of each of its characters, including marks, and its end.
  mutating func add(_ range: Range<Int>) -> [Int] {
    var starts = [bytes.count]
    append(UInt8(ascii: "<"), from: range.lowerBound)
    text.bytes.withUnsafeBufferPointer { source in
      var index = range.lowerBound
      while index < range.upperBound {
        starts.append(bytes.count)
        // Combining marks stay with their letter.
        repeat {
          let length = UTF8Scalars.decode(source, at: index).length
          for offset in 0..<length { append(source[index + offset], from: index + offset) }
          index += length
        } while index < range.upperBound && Self.isMark(source, at: index)
      }
    }
    starts.append(bytes.count)
    append(UInt8(ascii: ">"), from: range.upperBound)
    starts.append(bytes.count)
    append(UInt8(ascii: " "), from: range.upperBound)
    return starts
  }

  private mutating func append(_ byte: UInt8, from origin: Int) {
    bytes.append(byte)
    origins.append(Int32(origin))
  }

  private static func isMark(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
    guard text[index] >= 0x80 else { return false }
    switch Utf8proc.category(UTF8Scalars.decode(text, at: index).scalar) {
    case .nonspacingMark, .spacingMark, .enclosingMark, .format: return true
    default: return false
    }
  }

  /// Returns the marked words, aligned with the source of the text.
  consuming func finish() -> AlignedText {
    var marked = text
    origins.append(Int32(text.bytes.count))
    marked.replaceUnchecked(with: bytes, starts: origins)
    return marked
  }
}
