/// A stage that works on text: a normalizer or a tokenizer.
///
/// Every requirement has a default. A stage implements the ones that apply to it; warnings and
/// `normalize: auto` then treat it like a built-in stage.
public protocol TextStage: Stage {
  /// The effects of the stage on text that other parts of a pipeline depend on.
  var effects: TextEffects { get }
  /// Returns the alternatives that `normalize: auto` tries: the stage added, removed or with other
  /// settings.
  ///
  /// - Parameters:
  ///   - current: the stage in the pipeline; `nil` if the pipeline does not have it.
  ///   - text: the traits of the corpus and of the active stages.
  /// - Returns: the alternatives in the order in which to try them, without `current`; empty if
  ///   nothing is worth trying.
  static func alternatives(to current: Self?, for text: TextTraits) -> [TextAlternative<Self>]
  /// Returns the alternatives that `docket init` measures with a simple classifier on held-out
  /// training documents: those that the texts give a reason to try.
  ///
  /// Measuring an alternative takes about a second, so return only a few. An alternative replaces
  /// the current stage only if it improves the classifier by more than one standard error.
  ///
  /// - Parameters:
  ///   - current: the stage in the pipeline; `nil` if the pipeline does not have it.
  ///   - sample: the texts, and the effects of all stages in the pipeline.
  /// - Returns: the alternatives without `current`; empty if there is nothing to measure.
  static func candidates(to current: Self?, in sample: TextSample) -> [TextAlternative<Self>]
}

extension TextStage {
  /// No effect that other stages depend on.
  public var effects: TextEffects { [] }
  /// Returns no alternatives: `normalize: auto` leaves the stage as it is.
  public static func alternatives(
    to current: Self?, for text: TextTraits
  ) -> [TextAlternative<Self>] { [] }
  /// Returns no candidates: `docket init` leaves the stage as it is.
  public static func candidates(
    to current: Self?, in sample: TextSample
  ) -> [TextAlternative<Self>] { [] }
}

/// The effects of a stage on text that warnings and other stages depend on.
public struct TextEffects: OptionSet, Sendable {
  /// The bits of the set.
  public let rawValue: Int

  /// Creates a set with these bits.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// Removes HTML tags and decodes character references.
  public static let removesMarkup = TextEffects(rawValue: 1)
  /// Folds upper and lower case by the rules of most languages.
  public static let foldsCase = TextEffects(rawValue: 2)
  /// Lowercases I to ı and İ to i, as Turkish requires.
  public static let lowercasesTurkish = TextEffects(rawValue: 4)
  /// Splits text at white space only, so that punctuation stays attached to words.
  public static let splitsAtSpacesOnly = TextEffects(rawValue: 8)
}

/// The kinds of letters that decide which alternatives are worth trying.
public struct LetterKinds: OptionSet, Sendable {
  /// The bits of the set.
  public let rawValue: Int

  /// Creates a set with these bits.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// Letters of Persian and Arabic.
  public static let arabic = LetterKinds(rawValue: 1)
  /// Letters of Hindi.
  public static let devanagari = LetterKinds(rawValue: 2)
  /// The Turkish letters ı and İ.
  public static let dotless = LetterKinds(rawValue: 4)
  /// Chinese characters and Kana, which are written without spaces.
  public static let unspaced = LetterKinds(rawValue: 8)

  /// The minimum share of texts that must contain a kind of letter for it to count.
  private static let leastShare = 0.05

  /// Creates the set of the kinds of letters that occur in at least 5 % of the texts.
  public init(of texts: some Collection<[UInt8]>) {
    let kinds: [LetterKinds] = [.arabic, .devanagari, .dotless, .unspaced]
    var counts = Array(repeating: 0, count: kinds.count)
    for text in texts {
      let found = LetterKinds(in: text)
      for (place, kind) in kinds.enumerated() where found.contains(kind) { counts[place] += 1 }
    }
    self = []
    for (kind, count) in zip(kinds, counts)
    where count > 0 && Double(count) >= Self.leastShare * Double(texts.count) {
      insert(kind)
    }
  }

  private init(in text: [UInt8]) {
    self = []
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      switch scalar.value {
      case 0x620...0x6FF: insert(.arabic)
      case 0x900...0x97F: insert(.devanagari)
      case 0x130, 0x131: insert(.dotless)
      case 0x3041...0x30FF, 0x3400...0x9FFF, 0x20000...0x2FFFF: insert(.unspaced)
      default: break
      }
    }
  }
}

/// The traits of a corpus and of the active stages that alternatives depend on.
public struct TextTraits: Sendable {
  /// The kinds of letters in the corpus.
  public var letters: LetterKinds
  /// The combined effects of all active stages.
  public var effects: TextEffects

  /// Creates the traits of a corpus with these letters and stages with these effects.
  public init(letters: LetterKinds = [], effects: TextEffects = []) {
    self.letters = letters
    self.effects = effects
  }
}

/// An alternative that `normalize: auto` tries.
public struct TextAlternative<Kind: TextStage>: Sendable {
  /// The stage to use; `nil` removes it from the pipeline.
  public var stage: Kind?
  /// The settings to write in a pipeline file to get the alternative, such as `zwnj: join`.
  public var settings: [String]

  /// Creates an alternative with its settings.
  public init(_ stage: Kind?, settings: [String]) {
    self.stage = stage
    self.settings = settings
  }

  /// The alternative that removes the stage from the pipeline.
  public static var removed: TextAlternative {
    TextAlternative(nil, settings: ["no \(Kind.stageName)"])
  }
}

extension StageConfiguration {
  /// Returns the values of some settings as `name: value`, omitting those that are the same in
  /// `other`.
  ///
  /// - Parameters:
  ///   - names: the settings to compare, in the order of the result.
  ///   - other: the configuration to compare with; if `nil`, all of `names` are listed.
  public func differences(in names: [String], from other: Self?) -> [String] {
    let written = written()
    let others = other?.written() ?? []
    return names.compactMap { name in
      guard case .scalar(let value, _)? = written.first(where: { $0.name == name })?.value,
        written.first(where: { $0.name == name })?.value
          != others.first(where: { $0.name == name })?.value
      else { return nil }
      return "\(name): \(value)"
    }
  }
}
