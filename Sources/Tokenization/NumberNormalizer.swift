public import PipelineCore

/// `numbers.v1`: digits to a shape, so that numbers never seen before meet those that were.
///
///     1,250 -> 0,000      2024 -> 0000      ۱۴۰۲ -> 0000      covid19 stays
///
/// Digits that touch a letter belong to a name and stay; characters of Chinese and other scripts
/// without spaces are no such letters (`2024年` -> `0000年`).
public struct NumberNormalizer: Normalizer {
  /// What a run of digits becomes.
  public enum Shape: String, Sendable, CaseIterable {
    /// A zero for each digit: how long it was can still be seen.
    case digits
    /// A single zero.
    case one
  }

  /// The settings of `numbers.v1`.
  public struct Configuration: StageConfiguration {
    /// What a run of digits becomes.
    public var shape = Shape.digits
    /// Runs of fewer digits stay what they are.
    public var least = 2
    /// A zero for each digit; single digits stay.
    public init() {}
    /// `shape`, `least`.
    public static var settings: [Setting<Configuration>] {
      [
        .choice(
          "shape", \.shape, "digits gives a zero for each digit, one a single zero for a run"),
        .integer("least", \.least, 1...100, "digits of the shortest run that is changed"),
      ]
    }
  }

  /// `numbers.v1`
  public static let stageName = "numbers.v1"
  /// What it does.
  public static let summary = "writes zeros for the digits of numbers, in any script"
  /// The settings in force.
  public let configuration: Configuration

  /// A normalizer with these settings.
  public init(configuration: Configuration) { self.configuration = configuration }

  /// The text with numbers as shapes.
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

  /// The end of a run of ASCII without digits, which most texts are made of.
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
