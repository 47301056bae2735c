public import Corpora
package import Messages
import PipelineCore
public import Tokenization

/// The `language` of a pipeline file, and the stages that it determines.
///
/// A language determines the normalizers or the tokenizer only if the file does not name them.
public struct LanguageChoice: Sendable, Equatable {
  /// The languages; `nil` until they are detected from the corpus.
  public var languages: [Language]?
  /// Whether the language determines the normalizers.
  public var choosesNormalizers: Bool
  /// Whether the language determines the tokenizer.
  public var choosesTokenizer: Bool

  /// The values allowed in a pipeline file.
  public static let known = ["auto"] + Language.allCases.map(\.rawValue)

  /// Creates a choice.
  package init(languages: [Language]?, choosesNormalizers: Bool, choosesTokenizer: Bool) {
    self.languages = languages
    self.choosesNormalizers = choosesNormalizers
    self.choosesTokenizer = choosesTokenizer
  }

  /// Whether the languages have yet to be detected from the corpus.
  public var isOpen: Bool { languages == nil }
}

extension PipelineDescription {
  /// Replaces the stages that the language determines, if the language is known.
  package mutating func applyLanguage() {
    guard let language, let languages = language.languages else { return }
    if language.choosesNormalizers {
      normalizers = LanguageProfile.normalizers(for: languages)
    }
    if language.choosesTokenizer { tokenizer = LanguageProfile.tokenizer(for: languages) }
  }

  /// Resolves `language: auto` by detecting the languages of the corpus.
  ///
  /// A language named in the file is not changed.
  ///
  /// - Parameters:
  ///   - documents: the training documents; their labels are not used.
  ///   - threads: the number of threads.
  /// - Returns: the pipeline with the stages for its languages, and the languages of the corpus.
  public func decidingLanguage(
    on documents: [CorpusDocument], threads: Int
  ) -> (description: PipelineDescription, finding: LanguageFinding) {
    let census = LanguageCensus(documents.map(\.text), threads: threads)
    let blocks = Shards.ranges(of: documents.count, size: 256)
    let counts = Shards.map(count: blocks.count, threads: threads) { block in
      let documents = documents[blocks[block]]
      return (
        marked: documents.count { HTMLMarkup.isPresent(in: $0.text) },
        controls: documents.count { LanguageFinding.hasControls($0.text) }
      )
    }
    var decided = self
    if language?.isOpen == true {
      decided.language?.languages = census.languages
      decided.applyLanguage()
    }
    let finding = LanguageFinding(
      census: census, markedCount: counts.reduce(0) { $0 + $1.marked },
      controlCount: counts.reduce(0) { $0 + $1.controls }, description: decided)
    return (decided, finding)
  }
}

/// The languages of a corpus, the stages chosen for them, and warnings about both.
public struct LanguageFinding: Sendable, Equatable {
  /// The number of documents in each language.
  public let census: LanguageCensus
  /// The languages for which stages were chosen; `nil` if the pipeline file names its stages.
  public let chosen: [Language]?
  /// The names of the stages in use, normalizers first.
  public let stages: [String]
  /// The number of documents with HTML markup: character references or tags.
  public let markedCount: Int
  /// The number of documents with control characters from U+0080 to U+009F, except U+0085.
  public let controlCount: Int
  /// The normalizers in use as a person would write them, with their settings.
  private let normalizers: [String]
  private let foldsWithoutTurkish: Bool
  private let removesMarkup: Bool
  /// The share of documents with HTML markup above which a stage that removes it is worthwhile.
  private static let markupShare = 0.01

  fileprivate init(
    census: LanguageCensus, markedCount: Int, controlCount: Int, description: PipelineDescription
  ) {
    self.census = census
    self.markedCount = markedCount
    self.controlCount = controlCount
    let choice = description.language
    let isChoosing = choice?.choosesNormalizers == true || choice?.choosesTokenizer == true
    chosen = isChoosing ? choice?.languages : nil
    stages =
      description.normalizers.map { type(of: $0).stageName }
      + [type(of: description.tokenizer).stageName]
    normalizers = description.normalizers.map { ResolvedTextWriter.shown($0) }
    foldsWithoutTurkish =
      !description.normalizers.contains { $0.effects.contains(.lowercasesTurkish) }
      && description.normalizers.contains { $0.effects.contains(.foldsCase) }
    removesMarkup = description.normalizers.contains { $0.effects.contains(.removesMarkup) }
  }

  /// The normalizers in use, preceded by `markup.v1`.
  private var withMarkup: String {
    (["markup.v1"] + normalizers).joined(separator: ", ")
  }

  /// The languages with their shares: `Persian 97.2 %, English 2.8 %`.
  public var shares: String {
    let shown = census.entries.prefix(6).map {
      "\($0.language.name) \(NumberFormat.percent($0.share))"
    }
    return shown.isEmpty ? "no letters" : shown.joined(separator: ", ")
  }

  /// The languages and the stages chosen for them, on one line.
  public var sentence: String { "language: \(fact)" }

  /// The sentence without its first word.
  public var fact: String {
    guard let chosen else { return shares }
    let codes = chosen.map(\.rawValue).joined(separator: ", ")
    return "\(codes) (\(shares)); using \(stages.joined(separator: ", "))"
  }

  /// The findings as warnings, each with its code in brackets.
  public var warnings: [String] { findings.map(\.description) }

  /// Problems that can lower the accuracy.
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
          "\(names) is written without spaces, and Docket has no dictionary for it; text is split "
            + "into characters (grapheme clusters), not words"))
    }
    let isNoticeable = census.dotlessCount * 100 >= census.documentCount
    if foldsWithoutTurkish, census.dotlessCount > 0, isNoticeable {
      let documents = NumberFormat.count(
        census.dotlessCount, "document contains", "documents contain")
      findings.append(
        Finding(
          .warning, "turkish-letters",
          "\(documents) the letters ı or İ, but no stage applies Turkish lowercasing, so I becomes "
            + "i; put turkish.v1 before unicode.v1 unless other languages matter more"))
    }
    let isCommon = Double(markedCount) >= Self.markupShare * Double(census.documentCount)
    if markedCount > 0, isCommon, !removesMarkup {
      let share = Double(markedCount) / Double(max(census.documentCount, 1))
      findings.append(
        Finding(
          .note, "markup",
          "\(NumberFormat.percent(share)) of documents contain HTML markup such as &amp; or <br>, "
            + "and no stage removes it; try normalizers: [\(withMarkup)], and keep them only if docket "
            + "init or docket compare shows an improvement"))
    }
    if controlCount > 0, controlCount * 100 >= census.documentCount {
      let documents = NumberFormat.count(controlCount, "document contains", "documents contain")
      findings.append(
        Finding(
          .warning, "control-characters",
          "\(documents) control characters between U+0080 and U+009F, which hide or join words; "
            + "most likely, they were quotation marks or dashes in windows-1252 or windows-1254, but "
            + "the text was read as ISO 8859-1 or ISO 8859-9; if you have the original, convert it "
            + "again from the right encoding"))
    }
    return findings
  }

  /// Returns whether a text contains a control character from U+0080 to U+009F, except U+0085, a
  /// line break.
  fileprivate static func hasControls(_ text: [UInt8]) -> Bool {
    zip(text, text.dropFirst()).contains { $0 == 0xC2 && (0x80...0x9F).contains($1) && $1 != 0x85 }
  }
}
