public import PipelineCore

/// `unicode.v1`: one spelling for characters that Unicode calls equivalent, and one letter case.
///
/// Every byte of the result knows the piece of text that it was made from: texts are worked on
/// segment by segment, from one character that nothing before it can change to the next. Applying
/// it twice gives what applying it once gives.
///
/// - Source: UAX #15 (normalization forms), Unicode Standard section 3.13 (full case folding), with
///   the data of utf8proc.
public struct UnicodeNormalizer: Normalizer {
  /// The form of the result.
  public enum Form: String, Sendable, CaseIterable {
    /// Canonical composition: changes nothing that can be seen.
    case nfc
    /// Compatibility composition: full-width, circled or ligature letters become ordinary ones.
    case nfkc
  }

  /// The settings of `unicode.v1`.
  public struct Configuration: StageConfiguration {
    /// The form of the result.
    public var form = Form.nfkc
    /// Whether letter case is folded.
    public var fold = true
    /// Form C with compatibility mappings, folded.
    public init() {}
    /// `form`, `fold`.
    public static var settings: [Setting<Configuration>] {
      [
        .choice(
          "form", \.form,
          "nfc joins letters and marks; nfkc also makes full-width and similar letters ordinary"),
        .boolean("fold", \.fold, "whether upper and lower case become one (full case folding)"),
      ]
    }
  }

  /// `unicode.v1`
  public static let stageName = "unicode.v1"
  /// What it does.
  public static let summary = "gives equivalent characters one spelling and folds letter case"
  /// The settings in force.
  public let configuration: Configuration

  /// A normalizer with these settings.
  public init(configuration: Configuration) { self.configuration = configuration }

  /// The text in the form that was asked for.
  ///
  /// Of more than 30 combining marks in a row the first 30 stay; the others are counted as
  /// `marks-cut`. Linear in the length of any text.
  public func normalize(_ text: AlignedText) -> AlignedText {
    let form: UnicodeForm = configuration.form == .nfc ? .nfc : .nfkc
    return SegmentedText.normalize(text, form: form, folding: configuration.fold)
  }

  /// Folds case if the settings say so.
  public var effects: TextEffects { configuration.fold ? .foldsCase : [] }

  /// The last stage, so that it works on the letters that rules for languages have written.
  public static var place: NormalizerPlace { .last }

  /// Each pair of `form` and `fold`.
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
}
