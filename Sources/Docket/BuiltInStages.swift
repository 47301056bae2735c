import Classifiers
import Embeddings
import ExternalStages
public import PipelineCore
import Tokenization

extension StageRegistry {
  /// All built-in stages of Docket. This is the only list of them.
  ///
  /// A program can register its own stages in a copy: `var stages = StageRegistry.builtIn;
  /// stages.register(tokenizer: MyTokenizer.self)`.
  public static var builtIn: StageRegistry {
    var stages = StageRegistry()
    // `normalize: auto` tries the normalizers in this order.
    stages.register(normalizer: PersianNormalizer.self)
    stages.register(normalizer: HindiNormalizer.self)
    stages.register(normalizer: TurkishNormalizer.self)
    stages.register(normalizer: ApostropheNormalizer.self)
    stages.register(normalizer: UnicodeNormalizer.self)
    stages.register(normalizer: MarkupNormalizer.self)
    stages.register(normalizer: NumberNormalizer.self)
    stages.register(normalizer: Sanitizer.self)
    stages.register(normalizer: StopwordNormalizer.self)
    stages.register(normalizer: ProcessNormalizer.self)
    stages.register(tokenizer: WordTokenizer.self)
    stages.register(tokenizer: CharacterTokenizer.self)
    stages.register(tokenizer: DictionaryTokenizer.self)
    stages.register(tokenizer: BigramTokenizer.self)
    stages.register(tokenizer: SpaceTokenizer.self)
    stages.register(tokenizer: SubwordTokenizer.self)
    stages.register(tokenizer: ProcessTokenizer.self)
    stages.register(embedding: RandomEmbedding.self)
    stages.register(embedding: Word2VecEmbedding.self)
    stages.register(embedding: ProcessEmbedding.self)
    stages.register(classifier: BiLSTMClassifier.self)
    stages.register(classifier: RecurrentClassifier.self)
    stages.register(classifier: NGramClassifier.self)
    stages.register(classifier: ProcessClassifier.self)
    stages.baselineClassifier = NGramClassifier(configuration: .init())
    return stages
  }
}
