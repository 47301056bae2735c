import Corpora
import Embeddings
public import PipelineCore
public import PipelineFiles
public import Tokenization

extension PipelineDescription {
  /// Creates a pipeline in code, without a file:
  ///
  ///     var pipeline = PipelineDescription(
  ///       tokenizer: WordTokenizer(), classifier: BiLSTMClassifier { $0.hidden = 64 })
  ///     pipeline.training.epochs = 10
  ///
  /// Settings are checked when training starts.
  ///
  /// - Parameters:
  ///   - languages: the languages of the documents, which determine the normalizers and the
  ///     tokenizer if these are not given; `nil` to detect them in the training corpus.
  ///   - normalizers: the normalizers, in order; if `nil`, the normalizers for the languages.
  ///   - tokenizer: the tokenizer; if `nil`, the tokenizer for the languages.
  ///   - embedding: the word vectors, concatenated if there are several. If empty, vectors are
  ///     trained on the corpus first, unless the classifier reads tokens and needs no vectors.
  ///   - classifier: the classifier.
  ///   - training: the training settings.
  ///   - limits: the limits on documents.
  ///   - stages: the stages of the program. The stages passed as other arguments are added if
  ///     missing.
  public init(
    languages: [Language]? = nil, normalizers: [any Normalizer]? = nil,
    tokenizer: (any Tokenizer)? = nil, embedding: [any Embedding] = [],
    classifier: some Classifier, training: TrainingSettings = TrainingSettings(),
    limits: LimitsSection = LimitsSection(), stages: StageRegistry = .builtIn
  ) {
    var embedding = embedding
    if embedding.isEmpty, type(of: classifier).input == .vectors {
      embedding = [RandomEmbedding { $0.pretrain = VectorTrainingSettings() }]
    }
    var stages = stages
    for type in normalizers?.map({ type(of: $0) }) ?? []
    where stages.normalizer(named: type.stageName) == nil {
      try? stages.register(normalizer: type)
    }
    if let type = tokenizer.map({ type(of: $0) }), stages.tokenizer(named: type.stageName) == nil {
      try? stages.register(tokenizer: type)
    }
    for type in embedding.map({ type(of: $0) }) where stages.embedding(named: type.stageName) == nil
    {
      try? stages.register(embedding: type)
    }
    if stages.classifier(named: type(of: classifier).stageName) == nil {
      try? stages.register(classifier: type(of: classifier))
    }
    let isOpen = normalizers == nil || tokenizer == nil
    let choice = LanguageChoice(
      languages: languages.map { Set($0).sorted() }, choosesNormalizers: normalizers == nil,
      choosesTokenizer: tokenizer == nil)
    self.init(
      corpus: CorpusSection(), language: isOpen ? choice : nil, normalizesByVectors: false,
      normalizers: normalizers ?? [], tokenizer: tokenizer ?? WordTokenizer(),
      embedding: embedding.isEmpty ? nil : JoinedEmbedding(embedding), classifier: classifier,
      limits: limits, training: training, stages: stages, sourceText: "", overrides: [])
    applyLanguage()
  }

  /// Reads a pipeline file. Paths in it are relative to its folder, and all files must exist.
  ///
  /// - Throws: `ConfigurationErrors` with all errors; `FileError`.
  public init(contentsOf path: String, stages: StageRegistry = .builtIn) throws {
    self = try FileKind.expecting(.pipeline, at: path) {
      try PipelineDescription.load(path: path, stages: stages, requireFiles: true)
    }
  }

  /// Reads a pipeline in the format of a pipeline file from a text in memory.
  ///
  /// The text need not name a training corpus: pass documents to `train(on:)`. Files that it names,
  /// such as word vectors, must exist.
  ///
  /// - Parameters:
  ///   - text: the text.
  ///   - name: the name of the text in messages.
  ///   - folder: the folder that paths in the text are relative to.
  ///   - stages: the stages that the text can name.
  /// - Throws: `ConfigurationErrors` with all errors; any error from starting an external program.
  public init(
    text: String, name: String = "pipeline", folder: String = ".",
    stages: StageRegistry = .builtIn
  ) throws {
    self = try PipelineDescription.parse(
      text, name: name, directory: folder, stages: stages, requireFiles: true,
      requireCorpus: false)
    try startPrograms()
  }
}
