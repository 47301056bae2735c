public import PipelineCore

/// `subwords.v1`: the pieces of each word, three to six characters long, beside the word itself.
///
///     where -> <where> <wh <whe <wher <where whe wher where where> her here here> ere ere> re>
///
/// Words that were never seen, misspelt or with endings of their own share pieces with words that
/// were. `<` and `>` mark where a word begins and ends, so that `<un` is the prefix and `un` any
/// other. Classifiers hash tokens, so no list of pieces is kept. A word gives some four pieces a
/// character: raise `limits.tokens`.
///
/// Tokens overlap, and the marks are no part of the document; each token knows the part of the
/// document that its letters came from.
///
/// - Source: Bojanowski et al. 2017 (subword n-grams with boundary marks).
public struct SubwordTokenizer: Tokenizer {
  /// The settings of `subwords.v1`.
  public struct Configuration: StageConfiguration {
    /// Characters of the shortest piece, with marks.
    public var least = 3
    /// Characters of the longest piece, with marks.
    public var most = 6
    /// Whether each word is a token too.
    public var words = KeepOrDrop.keep
    /// Three to six characters, words kept.
    public init() {}
    /// `least`, `most`, `words`.
    public static var settings: [Setting<Configuration>] {
      [
        .integer("least", \.least, 2...16, "characters of the shortest piece, marks included"),
        .integer("most", \.most, 2...16, "characters of the longest piece, marks included"),
        .choice("words", \.words, "whether each whole word is a token too"),
      ]
    }
    /// The shortest cannot be longer than the longest.
    public func conflicts() -> [String] {
      least > most ? ["least (\(least)) is more than most (\(most))"] : []
    }
  }

  /// `subwords.v1`
  public static let stageName = "subwords.v1"
  /// What it does.
  public static let summary = "cuts words into overlapping pieces, for words never seen before"
  /// The settings in force.
  public let configuration: Configuration

  /// A tokenizer with these settings.
  public init(configuration: Configuration) { self.configuration = configuration }

  /// The words of `text` with their pieces; each word, then its pieces by their beginning.
  public func tokenize(_ text: AlignedText) -> TokenSequence {
    let words = WordTokenizer(configuration: .init()).tokenize(text)
    var marked = MarkedWords(text)
    var ranges: [Range<Int>] = []
    for range in words.ranges { addPieces(of: marked.add(range), of: marked, to: &ranges) }
    return TokenSequence(text: marked.finish(), ranges: ranges)
  }

  /// Adds the word whose characters begin at `starts`, the last of which is its end.
  private func addPieces(
    of starts: [Int], of marked: MarkedWords, to ranges: inout [Range<Int>]
  ) {
    let count = starts.count - 1
    if configuration.words == .keep { ranges.append(starts[0]..<starts[count]) }
    guard count >= configuration.least else { return }
    for first in 0...count - configuration.least {
      let longest = min(configuration.most, count - first)
      for length in configuration.least...max(configuration.least, longest)
      // The whole word is there already.
      where length < count || configuration.words == .drop {
        ranges.append(starts[first]..<starts[first + length])
      }
    }
  }
}

/// The words of a text, each between `<` and `>`, parted by spaces; what closes a word stands for
/// its end in the source.
private struct MarkedWords {
  private let text: AlignedText
  private var bytes: [UInt8] = []
  private var origins: [Int32] = []

  init(_ text: AlignedText) {
    self.text = text
    bytes.reserveCapacity(text.bytes.count * 3 / 2)
    origins.reserveCapacity(text.bytes.count * 3 / 2)
  }

  /// Adds a word; the beginning of each of its characters, marks included, and its end.
  mutating func add(_ range: Range<Int>) -> [Int] {
    var starts = [bytes.count]
    append(UInt8(ascii: "<"), from: range.lowerBound)
    text.bytes.withUnsafeBufferPointer { source in
      var index = range.lowerBound
      while index < range.upperBound {
        starts.append(bytes.count)
        // Marks stay with their letter.
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

  /// The marked words, aligned with the source of the text.
  consuming func finish() -> AlignedText {
    var marked = text
    origins.append(Int32(text.bytes.count))
    marked.replace(with: bytes, starts: origins)
    return marked
  }
}
