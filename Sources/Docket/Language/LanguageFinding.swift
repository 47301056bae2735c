import PipelineCore
public import Tokenization

/// Which languages a corpus is in, what was made of that, and what to be warned of.
public struct LanguageFinding: Sendable, Equatable {
  /// What was counted.
  public let census: LanguageCensus
  /// The languages that the stages were chosen for; `nil` when the pipeline file names its stages.
  public let chosen: [Language]?
  /// The names of the stages in force, normalizers first.
  public let stages: [String]
  private let foldsWithoutTurkish: Bool

  init(census: LanguageCensus, description: PipelineDescription) {
    self.census = census
    let choice = description.language
    let isBrought = choice?.bringsNormalizers == true || choice?.bringsTokenizer == true
    chosen = isBrought ? choice?.languages : nil
    stages =
      description.normalizers.map { type(of: $0).stageName }
      + [type(of: description.tokenizer).stageName]
    foldsWithoutTurkish =
      !description.normalizers.contains { $0 is TurkishNormalizer }
      && description.normalizers.contains { ($0 as? UnicodeNormalizer)?.configuration.fold == true }
  }

  /// The languages with their shares: `Persian 97.2 %, English 2.8 %`.
  public var shares: String {
    let shown = census.entries.prefix(6).map { "\($0.language.name) \(Figure.percent($0.share))" }
    return shown.isEmpty ? "no letters" : shown.joined(separator: ", ")
  }

  /// What was chosen and why, in one line.
  public var sentence: String { "language: \(fact)" }

  /// The same without the word in front.
  public var fact: String {
    guard let chosen else { return shares }
    let codes = chosen.map(\.rawValue).joined(separator: ", ")
    return "\(codes) (\(shares)), so \(stages.joined(separator: ", "))"
  }

  /// What may spoil a result, each with its code in brackets.
  public var warnings: [String] {
    var warnings: [String] = []
    let unspaced = census.entries.filter {
      $0.language.lacksWords && $0.share >= LanguageCensus.leastShare
    }
    if !unspaced.isEmpty {
      let names = unspaced.map(\.language.name).joined(separator: " and ")
      warnings.append(
        "warning: \(names) has no spaces between words and Docket no dictionary for it: texts are cut "
          + "into characters (grapheme clusters), not words [no-word-boundaries]")
    }
    let isNoticeable = census.dotlessCount * 100 >= census.documentCount
    if foldsWithoutTurkish, census.dotlessCount > 0, isNoticeable {
      let documents = Figure.count(census.dotlessCount, "document has", "documents have")
      warnings.append(
        "warning: \(documents) the letters ı or İ, and no stage knows Turkish: their capital I "
          + "becomes i; put turkish.v1 before unicode.v1 unless other languages matter more "
          + "[turkish-letters]")
    }
    return warnings
  }
}

extension PipelineDescription {
  /// The same pipeline with the stages that suit the language of a corpus, and what was found.
  ///
  /// Only `language: auto` is decided here; a language that the file names stays.
  ///
  /// - Parameter documents: the training corpus; its labels play no part.
  public func decidingLanguage(
    on documents: [CorpusDocument], threads: Int
  ) -> (description: PipelineDescription, finding: LanguageFinding) {
    let census = LanguageCensus(documents.map(\.text), threads: threads)
    var decided = self
    if language?.isOpen == true {
      decided.language?.languages = census.languages
      decided.applyLanguage()
    }
    return (decided, LanguageFinding(census: census, description: decided))
  }
}
