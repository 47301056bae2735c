import Classifiers
import Embeddings
import ExternalStages
public import PipelineCore
import Tokenization

extension StageRegistry {
  /// All built-in stages of Docket. This is the only list of them.
  ///
  /// A program can register its own stages in a copy: `var stages = StageRegistry.builtIn;
  /// try stages.register(tokenizer: MyTokenizer.self)`.
  public static var builtIn: StageRegistry {
    StageRegistry(
      // `normalize: auto` tries the normalizers in this order.
      normalizers: [
        PersianNormalizer.self, HindiNormalizer.self, TurkishNormalizer.self,
        ApostropheNormalizer.self, UnicodeNormalizer.self, MarkupNormalizer.self,
        NumberNormalizer.self, Sanitizer.self, StopwordNormalizer.self, ProcessNormalizer.self,
      ],
      tokenizers: [
        WordTokenizer.self, CharacterTokenizer.self, DictionaryTokenizer.self,
        BigramTokenizer.self, SpaceTokenizer.self, SubwordTokenizer.self,
        ProcessTokenizer.self,
      ],
      embeddings: [RandomEmbedding.self, Word2VecEmbedding.self, ProcessEmbedding.self],
      classifiers: [
        BiLSTMClassifier.self, RecurrentClassifier.self, NGramClassifier.self,
        ProcessClassifier.self,
      ],
      baselineClassifier: NGramClassifier())
  }
}
