public import PipelineCore

/// `numbers.v1`: replaces digits with zeros, so that unseen numbers share tokens with seen ones.
///
///     1,250 -> 0,000      2024 -> 0000      ۱۴۰۲ -> 0000      covid19 -> covid19
///
/// Digits next to a letter are part of a name and do not change. Characters of Chinese and other
/// scripts without spaces do not count as letters here (`2024年` -> `0000年`).
public struct NumberNormalizer: Normalizer {
  /// The replacement of a run of digits.
  public enum Shape: String, Sendable, CaseIterable {
    /// One zero per digit, which keeps the length.
    case digits
    /// One zero per run.
    case one
  }

  /// The settings of `numbers.v1`.
  public struct Configuration: StageConfiguration {
    /// The replacement of a run of digits.
    public var shape = Shape.digits
    /// The minimum number of digits in a run to replace.
    public var least = 2
    /// Creates default settings: one zero per digit, single digits unchanged.
    public init() {}
    /// The settings `shape` and `least`.
    public static var settings: [Setting<Configuration>] {
      [
        .choice(
          "shape", \.shape,
          "replacement of a run of digits: digits writes a zero for each digit, one writes a "
            + "single zero"),
        .integer("least", \.least, 1...100, "minimum length of a run to replace, in digits"),
      ]
    }
  }

  /// The name in pipeline files.
  public static let stageName = "numbers.v1"
  /// A one-line summary.
  public static let summary = "replaces the digits of numbers with zeros, in any script"
  /// The settings of the stage.
  public let configuration: Configuration

  /// Creates a normalizer with these settings.
  public init(configuration: Configuration) { self.configuration = configuration }

  /// Returns the text with digits replaced by zeros.
  public func normalize(_ text: AlignedText) -> AlignedText {
    text.rewritten(ascii: true) { place, rewriter in
      guard Self.isDigit(place.scalar) else {
        return place.scalar < 0x80 ? Self.endOfPlain(place) : place.range.upperBound
      }
      var digits = [place]
      var next = place.next
      while let digit = next, Self.isDigit(digit.scalar) {
        digits.append(digit)
        next = digit.next
      }
      let end = digits.last?.range.upperBound ?? place.range.upperBound
      guard digits.count >= configuration.least, !touchesLetter(place, next) else { return end }
      switch configuration.shape {
      case .digits:
        for digit in digits where digit.scalar != 0x30 { rewriter.replace(digit.range, with: 0x30) }
      case .one: rewriter.replace(place.range.lowerBound..<end, with: 0x30)
      }
      return end
    }
  }

  /// The share of texts with numbers above which the stage is a candidate.
  private static let leastShare = 0.05

  /// Returns the stage with default settings if it changes at least 5 % of the texts.
  public static func candidates(
    to current: NumberNormalizer?, in sample: TextSample
  ) -> [TextAlternative<NumberNormalizer>] {
    let stage = NumberNormalizer(configuration: .init())
    guard current == nil,
      sample.share(where: { stage.normalize(AlignedText(source: $0)).bytes != $0 }) >= leastShare
    else { return [] }
    return [.init(stage, settings: [stageName])]
  }

  /// Returns the end of a run of ASCII without digits. Such runs make up most of a typical text.
  private static func endOfPlain(_ place: ScalarPlace) -> Int {
    var end = place.range.upperBound
    while end < place.text.count, place.text[end] < 0x80, place.text[end] &- 0x30 >= 10 { end += 1 }
    return end
  }

  private static func isDigit(_ scalar: UInt32) -> Bool {
    scalar < 0x80
      ? scalar &- 0x30 < 10 : scalar >= 0x660 && Utf8proc.category(scalar) == .decimalNumber
  }

  private func touchesLetter(_ first: ScalarPlace, _ after: ScalarPlace?) -> Bool {
    [first.previous, after].contains { neighbour in
      guard let scalar = neighbour?.scalar else { return false }
      return CharacterKinds.isPartOfWord(scalar) && !UnspacedScripts.contains(scalar)
    }
  }
}
