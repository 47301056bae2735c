import PipelineCore
public import Tokenization

/// The `language` of a pipeline file, and what of the pipeline it decides.
///
/// Normalizers and tokenizer that the file names win; the language brings what it does not name.
public struct LanguageChoice: Sendable, Equatable {
  /// The languages; `nil` as long as the corpus has not been asked.
  public var languages: [Language]?
  /// Whether the normalizers are the language's.
  public var bringsNormalizers: Bool
  /// Whether the tokenizer is the language's.
  public var bringsTokenizer: Bool

  /// What a pipeline file may write.
  public static let known = ["auto"] + Language.allCases.map(\.rawValue)

  /// Whether the corpus has still to decide.
  public var isOpen: Bool { languages == nil }
}

extension PipelineReader {
  /// Reads `language`: `auto`, a language or a list of languages.
  mutating func readLanguage(_ root: ConfigurationNode) -> LanguageChoice? {
    guard let node = section("language", of: root) else { return nil }
    var choice = LanguageChoice(
      languages: nil, bringsNormalizers: section("normalizers", of: root) == nil,
      bringsTokenizer: section("tokenizer", of: root) == nil)
    if node.scalar == "auto" { return choice }
    var items = [node]
    if case .sequence(let listed) = node.value, !listed.isEmpty { items = listed }
    var languages: Set<Language> = []
    for item in items {
      guard let text = item.scalar else {
        let expected = "auto, a language such as fa, or a list of languages"
        report(.wrongType(key: "language", expected: expected, found: item.kind), at: item)
        continue
      }
      guard let language = Language(rawValue: text) else {
        report(
          .unknownChoice(key: "language", value: text, known: LanguageChoice.known), at: item)
        continue
      }
      languages.insert(language)
    }
    choice.languages = languages.sorted()
    return choice
  }
}

extension PipelineDescription {
  /// Puts in the stages of the language, once it is known.
  mutating func applyLanguage() {
    guard let language, let languages = language.languages else { return }
    if language.bringsNormalizers {
      normalizers = LanguageProfile.normalizers(for: languages)
    }
    if language.bringsTokenizer { tokenizer = LanguageProfile.tokenizer(for: languages) }
  }
}
