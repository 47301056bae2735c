public import PipelineCore

/// `unicode.v1`: normalizes equivalent characters and folds letter case.
///
/// The text is processed in segments, each of which starts at a character that preceding characters
/// cannot affect. This keeps each byte of the result aligned with its source. Applying the stage
/// twice gives the same result as applying it once.
///
/// - Source: UAX #15 (normalization forms) and Unicode Standard, section 3.13 (full case folding),
///   with the data of utf8proc.
public struct UnicodeNormalizer: Normalizer {
  /// The normalization form of the result.
  public enum Form: String, Sendable, CaseIterable {
    /// Canonical composition, which changes nothing visible.
    case nfc
    /// Compatibility composition: full-width letters, circled letters, and ligatures become
    /// ordinary letters.
    case nfkc
  }

  /// The settings of `unicode.v1`.
  public struct Configuration: StageConfiguration {
    /// The normalization form of the result.
    public var form = Form.nfkc
    /// Whether to fold letter case.
    public var fold = true
    /// Creates default settings: NFKC, folded.
    public init() {}
    /// The settings `form` and `fold`.
    public static var settings: [Setting<Configuration>] {
      [
        .choice(
          "form", \.form,
          "normalization form: nfc composes letters and marks; nfkc also replaces full-width and "
            + "similar letters with ordinary ones"),
        .boolean("fold", \.fold, "whether to fold upper and lower case (full case folding)"),
      ]
    }
  }

  /// The name in pipeline files.
  public static let stageName = "unicode.v1"
  /// A one-line summary.
  public static let summary = "normalizes equivalent characters and folds letter case"
  /// The settings of the stage.
  public let configuration: Configuration

  /// Creates a normalizer with these settings.
  public init(configuration: Configuration) { self.configuration = configuration }

  /// Returns the normalized text, in time linear in its length.
  ///
  /// In a run of combining marks, the first 30 are kept. The rest are removed and counted in the
  /// warning `marks-cut`.
  public func normalize(_ text: AlignedText) -> AlignedText {
    let form: NormalizationForm = configuration.form == .nfc ? .nfc : .nfkc
    return SegmentedText.normalize(text, form: form, folding: configuration.fold)
  }

  /// Case folding, if `fold` is set.
  public var effects: TextEffects { configuration.fold ? .foldsCase : [] }

  /// The last place, after the normalizers for individual languages.
  public static var place: NormalizerPlace { .last }

  /// Returns every combination of `form` and `fold`.
  public static func alternatives(
    to current: UnicodeNormalizer?, for text: TextTraits
  ) -> [TextAlternative<UnicodeNormalizer>] {
    var found: [TextAlternative<UnicodeNormalizer>] = []
    for form in Form.allCases.reversed() {
      for fold in [true, false] {
        var configuration = Configuration()
        (configuration.form, configuration.fold) = (form, fold)
        guard configuration != current?.configuration else { continue }
        found.append(
          .init(
            UnicodeNormalizer(configuration: configuration),
            settings: configuration.differences(
              in: ["form", "fold"], from: current?.configuration)))
      }
    }
    return found
  }

  /// The share of texts with upper and lower case above which keeping case is a candidate.
  private static let leastShare = 0.05

  /// Returns the stage without case folding if it folds case and at least 5 % of the texts have
  /// letters of both cases.
  public static func candidates(
    to current: UnicodeNormalizer?, in sample: TextSample
  ) -> [TextAlternative<UnicodeNormalizer>] {
    guard var configuration = current?.configuration, configuration.fold,
      sample.share(where: CharacterKinds.hasBothCases) >= leastShare
    else { return [] }
    configuration.fold = false
    return [
      .init(
        UnicodeNormalizer(configuration: configuration), settings: ["\(stageName) fold: false"])
    ]
  }
}
