public import PipelineCore

/// `apostrophes.v1`: unifies apostrophes inside words.
///
/// Newspapers print `don’t`, keyboards type `don't`, and word vectors have only one of the two.
/// Between two letters or digits, the curved (U+2019), turned (U+2018, U+201B), modifier (U+02BC),
/// full-width (U+FF07), and acute (U+00B4) characters become the ASCII apostrophe. Elsewhere they
/// are quotation marks and do not change.
///
/// In Turkish, an apostrophe separates a name from its suffixes (`Ankara'da`), and in French, a
/// short word from the next one (`l'homme`). `split` makes two words of the parts, and `cut`
/// removes the part after the apostrophe.
public struct ApostropheNormalizer: Normalizer {
  /// The treatment of an apostrophe inside a word.
  public enum Inside: String, Sendable, CaseIterable {
    /// The apostrophe becomes the ASCII apostrophe.
    case keep
    /// The apostrophe becomes a space.
    case split
    /// The apostrophe and the rest of the word are removed.
    case cut
  }

  /// The settings of `apostrophes.v1`.
  public struct Configuration: StageConfiguration {
    /// The treatment of an apostrophe inside a word.
    public var inside = Inside.keep
    /// Creates default settings: apostrophes inside words become the ASCII apostrophe.
    public init() {}
    /// The setting `inside`.
    public static var settings: [Setting<Configuration>] {
      [
        .choice(
          "inside", \.inside,
          "apostrophes inside words: keep writes them as ', split replaces them with a space, "
            + "cut removes them and the rest of the word (Ankara'da -> Ankara)")
      ]
    }
  }

  /// The name in pipeline files.
  public static let stageName = "apostrophes.v1"
  /// A one-line summary.
  public static let summary = "unifies apostrophes inside words"
  /// The settings of the stage.
  public let configuration: Configuration

  /// Creates a normalizer with these settings.
  public init(configuration: Configuration) { self.configuration = configuration }

  private static let ascii: UInt32 = 0x27

  /// Returns the text with unified apostrophes.
  public func normalize(_ text: AlignedText) -> AlignedText {
    let inside = configuration.inside
    return text.rewritten(ascii: inside != .keep) { place, rewriter in
      guard Self.isApostrophe(place.scalar), let next = place.next,
        CharacterKinds.isPartOfWord(next.scalar),
        let before = place.previous, CharacterKinds.isPartOfWord(before.scalar)
      else { return place.range.upperBound }
      switch inside {
      case .keep: rewriter.replace(place.range, with: Self.ascii)
      case .split: rewriter.replace(place.range, with: UInt32(UInt8(ascii: " ")))
      case .cut:
        let end = Self.endOfWord(from: next)
        rewriter.drop(place.range.lowerBound..<end)
        return end
      }
      return place.range.upperBound
    }
  }

  /// Returns every other value of `inside` if the corpus has the Turkish letters ı or İ, because
  /// in Turkish, an apostrophe separates a name from its suffixes.
  public static func alternatives(
    to current: ApostropheNormalizer?, for text: TextTraits
  ) -> [TextAlternative<ApostropheNormalizer>] {
    guard text.letters.contains(.dotless) else { return [] }
    return Inside.allCases.filter { $0 != current?.configuration.inside }.map { inside in
      var configuration = Configuration()
      configuration.inside = inside
      return .init(
        ApostropheNormalizer(configuration: configuration),
        settings: ["\(stageName) inside: \(inside.rawValue)"])
    }
  }

  private static func isApostrophe(_ scalar: UInt32) -> Bool {
    switch scalar {
    case ascii, 0x2019, 0x2018, 0x201B, 0x2BC, 0xFF07, 0xB4: true
    default: false
    }
  }

  private static func endOfWord(from first: ScalarPlace) -> Int {
    var end = first.range.upperBound
    var next = first.next
    while let place = next, CharacterKinds.isPartOfWord(place.scalar) {
      end = place.range.upperBound
      next = place.next
    }
    return end
  }
}
