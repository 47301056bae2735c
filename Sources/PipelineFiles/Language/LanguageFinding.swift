public import Corpora
package import Messages
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
  /// How many documents hold left-overs of HTML: character references or tags.
  public let markedCount: Int
  private let foldsWithoutTurkish: Bool
  /// Whether a stage removes markup.
  let readsMarkup: Bool
  /// From this share of documents on left-overs of HTML are worth a stage.
  static let leastMarkup = 0.01

  init(census: LanguageCensus, markedCount: Int, description: PipelineDescription) {
    self.census = census
    self.markedCount = markedCount
    let choice = description.language
    let isBrought = choice?.bringsNormalizers == true || choice?.bringsTokenizer == true
    chosen = isBrought ? choice?.languages : nil
    stages =
      description.normalizers.map { type(of: $0).stageName }
      + [type(of: description.tokenizer).stageName]
    foldsWithoutTurkish =
      !description.normalizers.contains { $0.effects.contains(.lowercasesTurkish) }
      && description.normalizers.contains { $0.effects.contains(.foldsCase) }
    readsMarkup = description.normalizers.contains { $0.effects.contains(.removesMarkup) }
  }

  /// The languages with their shares: `Persian 97.2 %, English 2.8 %`.
  public var shares: String {
    let shown = census.entries.prefix(6).map {
      "\($0.language.name) \(NumberFormat.percent($0.share))"
    }
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

  /// Whether enough documents hold left-overs of HTML.
  var hasMarkup: Bool {
    markedCount > 0 && Double(markedCount) >= Self.leastMarkup * Double(census.documentCount)
  }

  /// How many documents hold left-overs of HTML, in words.
  var markup: String {
    let share = Double(markedCount) / Double(max(census.documentCount, 1))
    return "left-overs of HTML in \(NumberFormat.percent(share)) of documents"
  }

  /// What may spoil a result, each with its code in brackets.
  public var warnings: [String] {
    findings.map { "warning: \($0.sentence) [\($0.code)]" }
  }

  /// The same for `docket check`.
  package var findings: [Finding] {
    var findings: [Finding] = []
    let unspaced = census.entries.filter {
      $0.language.lacksWords && $0.share >= LanguageCensus.leastShare
    }
    if !unspaced.isEmpty {
      let names = unspaced.map(\.language.name).joined(separator: " and ")
      findings.append(
        Finding(
          .warning, "no-word-boundaries",
          "\(names) has no spaces between words and Docket no dictionary for it: texts are cut "
            + "into characters (grapheme clusters), not words"))
    }
    let isNoticeable = census.dotlessCount * 100 >= census.documentCount
    if foldsWithoutTurkish, census.dotlessCount > 0, isNoticeable {
      let documents = NumberFormat.count(census.dotlessCount, "document has", "documents have")
      findings.append(
        Finding(
          .warning, "turkish-letters",
          "\(documents) the letters ı or İ, and no stage knows Turkish: their capital I "
            + "becomes i; put turkish.v1 before unicode.v1 unless other languages matter more"))
    }
    if hasMarkup, !readsMarkup {
      findings.append(
        Finding(
          .warning, "markup",
          "\(markup), such as &amp; or <br>, and no stage reads them: try whether markup.v1, first among "
            + "the normalizers, makes a better result"))
    }
    return findings
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
    let blocks = Shards.ranges(of: documents.count, size: 256)
    let marked = Shards.map(count: blocks.count, threads: threads) { block in
      documents[blocks[block]].count { HTMLMarkup.isPresent(in: $0.text) }
    }.reduce(0, +)
    var decided = self
    if language?.isOpen == true {
      decided.language?.languages = census.languages
      decided.applyLanguage()
    }
    return (
      decided, LanguageFinding(census: census, markedCount: marked, description: decided)
    )
  }
}
