public import PipelineCore
import Tokenization

/// Every built-in normalizer and tokenizer, with the settings that do the most work.
///
/// A seed of the fuzz target selects normalizers by their position, so new ones are added at the end.
public enum EveryTextStage {
  /// The normalizers; no two have the same type.
  public static let normalizers: [any Normalizer] = [
    MarkupNormalizer(), Sanitizer(), NumberNormalizer(), TurkishNormalizer(),
    PersianNormalizer { $0.zwnj = .split }, HindiNormalizer(),
    ApostropheNormalizer { $0.inside = .cut }, UnicodeNormalizer(),
    StopwordNormalizer {
      $0.words = FilePath(written: "words.txt", resolved: "words.txt")
    }.with(words: words),
  ]

  /// The tokenizers; no two have the same type.
  public static let tokenizers: [any Tokenizer] = [
    WordTokenizer(), CharacterTokenizer(), SpaceTokenizer(), BigramTokenizer(),
    SubwordTokenizer(), DictionaryTokenizer().with(words: words),
  ]

  /// The stop words, which are also the words of the dictionary.
  private static let words: Vocabulary = {
    let list = [
      "a", "the", "hello", "news", "me", "no", "的", "的的", "北京", "北京大学", "中国", "新闻",
      String(repeating: "的", count: 16),
    ]
    var words = Vocabulary()
    for word in list { words.insert(Array(word.utf8)) }
    return words
  }()
}
