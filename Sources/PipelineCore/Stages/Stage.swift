/// A step of a pipeline that a pipeline file can name.
///
/// Stages are compiled in and looked up by name in a `StageRegistry`; a file never causes code to
/// be loaded. A stage is an immutable value, so any number of threads can use it at once.
public protocol Stage: Sendable {
  /// The type of the settings.
  associatedtype Configuration: StageConfiguration
  /// The versioned name in pipeline files, such as `words.v1`. A name never changes its meaning;
  /// a change of meaning requires a new version.
  static var stageName: String { get }
  /// A one-line description of what the stage does.
  static var summary: String { get }
  /// The settings of this stage, which are stored in a trained pipeline.
  var configuration: Configuration { get }
  /// Creates the stage. Must not open files, because models are loaded without them.
  init(configuration: Configuration)
}

extension Stage {
  /// Creates the stage with default settings.
  public init() { self.init(configuration: Configuration()) }

  /// Creates the stage with default settings, except for those that `configure` changes:
  /// `BiLSTMClassifier { $0.hidden = 64 }`.
  public init(_ configure: (inout Configuration) -> Void) {
    var configuration = Configuration()
    configure(&configuration)
    self.init(configuration: configuration)
  }

  /// The files that the settings of the stage name.
  public var files: [FilePath] { configuration.files }

  /// The settings of the stage that differ from their defaults and cannot act.
  package var unusedSettings: [UnusedSetting] { configuration.unusedSettings }

  /// The names of the settings of the stage that differ from their defaults.
  package var changedSettings: [String] { configuration.changedSettings }
}

/// A stage that changes the text of a document: Unicode form, letter case, language rules.
public protocol Normalizer: TextStage {
  /// Where `normalize: auto` inserts the stage in a pipeline.
  static var place: NormalizerPlace { get }
  /// Returns the normalized text, aligned with the same source.
  ///
  /// - Throws: only if the text cannot be processed at all; the document then gets an error
  ///   record instead of a label.
  func normalize(_ text: AlignedText) throws(TextError) -> AlignedText
}

/// The error of a normalizer, a tokenizer or a classifier that cannot process a text.
public struct TextError: DiagnosableError, Equatable {
  /// The name of the stage.
  public var stage: String
  /// What is wrong with the text, such as `the text is longer than 1,000 characters`.
  public var reason: String
  /// A stable name for scripts, in lower case with hyphens.
  public var code: String

  /// Creates an error of a stage.
  public init(stage: String, reason: String, code: String = "unprocessable-text") {
    self.stage = stage
    self.reason = reason
    self.code = code
  }

  /// Bad input.
  public var category: FailureCategory { .badInput }
  /// Always `nil`: the caller knows which document it is.
  public var position: InputPosition? { nil }
  /// The stage and the reason.
  public var sentence: String { "\(stage) cannot process the text: \(reason)" }
}

/// The place that `normalize: auto` gives a normalizer in a pipeline.
public enum NormalizerPlace: Sendable {
  /// The current place of the stage; if it is not in the pipeline, first, but after markup removal.
  case first
  /// Always last.
  case last
}

extension Normalizer {
  /// First, but after markup removal.
  public static var place: NormalizerPlace { .first }
}

/// A stage that splits a text into tokens.
public protocol Tokenizer: TextStage {
  /// Returns the tokens, ordered by start position. No token is empty or contains white space.
  /// Tokens may overlap if the tokenizer produces parts of words or pairs of characters.
  func tokenize(_ text: AlignedText) -> TokenSequence
}

/// A stage that provides the initial vector of each word.
public protocol Embedding: Stage {
  /// Reads or creates the table.
  ///
  /// - Throws: a `DiagnosableError` with the position of an error in a file; `TrainingError` if
  ///   vectors are trained and training is interrupted or diverges.
  func makeTable(for task: EmbeddingTask) throws -> EmbeddingTable
  /// Returns the words that have a vector, normalized by `normalize`, for tokenizers that split
  /// text by a word list; `nil` if the words come from the corpus.
  ///
  /// - Throws: a `DiagnosableError` with the position of an error in a file.
  func words(normalize: (AlignedText) throws -> AlignedText) throws -> Vocabulary?
  /// Whether `makeTable` learns vectors from `EmbeddingTask.unlabelled`. Otherwise a pipeline with
  /// unlabelled documents gets a warning. The default is `false`.
  var learnsFromUnlabelledText: Bool { get }
}

extension Embedding {
  /// `false`: the vectors do not depend on unlabelled documents.
  public var learnsFromUnlabelledText: Bool { false }

  /// Returns `nil`: the words come from the corpus.
  public func words(
    normalize: (AlignedText) throws -> AlignedText
  ) throws -> Vocabulary? { nil }
}

/// A stage that uses a word list, which it receives before training.
///
/// The list comes from a file that the pipeline names, from a vector file, or from the corpus.
/// The model stores it, so classifying opens no other file.
public protocol WordListStage: Stage {
  /// The words; empty until they are provided.
  var words: Vocabulary { get }
  /// The file of the words, one per line; `nil` if they come from elsewhere.
  var wordFile: FilePath? { get }
  /// Returns the stage with these words.
  func with(words: Vocabulary) -> Self
  /// Finds words in the normalized texts of the training corpus, for a tokenizer that has no word
  /// file and no words from the embedding.
  func discoverWords(in texts: [AlignedText]) -> Vocabulary
}

extension WordListStage {
  /// No words: the stage requires a file or the words of an embedding.
  public func discoverWords(in texts: [AlignedText]) -> Vocabulary { Vocabulary() }
}

/// The input of a classifier.
public enum ClassifierInput: String, Sendable {
  /// The vector of each token: the pipeline requires an embedding.
  case vectors
  /// The tokens themselves: the pipeline must not have an embedding.
  case tokens
}

/// An untrained classifier. Training yields a value of another type, `ClassifierModel`.
public protocol Classifier: Stage {
  /// The type of the trained classifier.
  associatedtype Model: ClassifierModel
  /// The input that it reads.
  static var input: ClassifierInput { get }
  /// Whether training fits all examples at once, as for a linear model, instead of step by step.
  ///
  /// Such a classifier cannot continue from trained weights: to continue from a model, it is
  /// refitted to the old and new documents together. The default is `false`.
  static var fitsInOnePass: Bool { get }
  /// Whether training starts from `TrainingTask.start` if it is set. Without that, and without
  /// `fitsInOnePass`, training cannot continue from a model.
  ///
  /// The default is `false`, and `true` for a classifier whose model is a `NetworkModel`.
  static var startsFromWeights: Bool { get }
  /// Performs quick checks that a task can be trained. `fit` rejects the same tasks.
  ///
  /// The default accepts every task.
  ///
  /// - Throws: a `DiagnosableError`.
  func check(_ task: TrainingTask) throws
  /// Trains the classifier.
  ///
  /// - Throws: `TrainingError` if training diverges or is interrupted; any error from
  ///   `CheckpointPlan.save`.
  func fit(_ task: TrainingTask) throws -> Model
  /// Recreates a model from the tensors of `ClassifierModel.tensors`.
  ///
  /// - Throws: `TensorError` if a tensor is missing or has the wrong shape.
  func restore(
    from tensors: TensorCollection, embedding: EmbeddingTable?, labelCount: Int
  ) throws -> Model
}

/// A classifier whose encoder (the layers that read the word vectors) can start from the weights of
/// another model.
public protocol EncoderStage: Classifier {
  /// The model to start from; `nil` for random weights.
  var encoder: EncoderSettings? { get }
  /// Checks that the weights fit the settings.
  ///
  /// - Parameter vectorWidth: the width of the word vectors; `nil` if it is not known yet.
  /// - Throws: a `DiagnosableError` that names both sizes if they do not fit.
  func check(_ start: TrainingStart, vectorWidth: Int?) throws
}

/// A trained classifier with read-only weights.
public protocol ClassifierModel: Sendable {
  /// The trained vectors; `nil` if the classifier does not read vectors.
  var embedding: EmbeddingTable? { get }
  /// All weights except the embedding's, with the names that PyTorch uses.
  var tensors: [NamedTensor] { get }
  /// Facts about the weights, for summaries. The default counts all elements of `tensors`.
  var facts: ModelFacts { get }
  /// The model of `TrainingTask.baseline`, without its history, if training fitted exactly that
  /// model as a part of this one. The default is `nil`, and the baseline is fitted separately.
  var baselineModel: (any ClassifierModel)? { get }
  /// The record of each epoch of training; empty after restoring.
  var history: [EpochRecord] { get }
  /// The predictions for the validation documents before the final model was trained on them too;
  /// `nil` if it never was, so that its own predictions serve, or after restoring.
  var heldOut: HeldOutPredictions? { get }
  /// Predictions for training documents, each by a model of the same kind that was not trained on
  /// the document, with probabilities as confident as those of the final model. To them and to the
  /// predictions for the validation documents, Docket fits a curve that calibrates the
  /// probabilities.
  ///
  /// The default is `nil`: training has no cross-validation.
  var crossValidated: HeldOutPredictions? { get }
  /// Returns the probability of each label, `[B][C]`.
  ///
  /// The probabilities of a document are bitwise identical whatever other documents are passed, and
  /// for any number of threads. A document without tokens gets the probabilities of an empty text.
  func probabilities(of documents: [EncodedDocument], threads: Int) -> [[Float]]
  /// Returns the probability of each label, or the error of a document that cannot be classified.
  ///
  /// The default returns `probabilities`, for a classifier that cannot fail. One that can fail
  /// returns NaN as the probabilities of such a document.
  func outcomes(
    of documents: [EncodedDocument], threads: Int
  ) -> [Result<[Float], TextError>]
  /// Returns the number of tokens that mean nothing to the model; `nil` if it cannot tell.
  ///
  /// The default counts the tokens with the vector of unknown words.
  func unknownTokenCount(in document: EncodedDocument) -> Int?
  /// Whether the document has tokens and none of them means anything to the model, so that the
  /// prediction is a guess.
  ///
  /// The default uses `unknownTokenCount`.
  func knowsNoToken(of document: EncodedDocument) -> Bool
  /// Returns the contribution of each token to the score of a label, one value per token.
  ///
  /// The default works for every classifier; a classifier whose score is a sum returns its terms.
  func shares(of document: EncodedDocument, for label: Int, threads: Int) -> TokenShares
  /// Returns the contribution of each token like `shares`, or an approximation, in less time: a
  /// report adds up the contributions in many documents. `nil` if there is nothing to show.
  ///
  /// The default removes at most 16 spans of tokens.
  func quickShares(of document: EncodedDocument, for label: Int, threads: Int) -> TokenShares?
  /// The number of classifications of a document that take as long as its `quickShares`. It limits the
  /// number of documents that a report uses.
  var quickShareCost: Int { get }
  /// Returns for each label, `[C]`, the at most `count` n-grams with the largest weights among those that
  /// occur in the documents, largest first; empty for a classifier without such weights.
  ///
  /// The default returns none.
  func strongestNGrams(
    in documents: [EncodedDocument], count: Int, threads: Int
  ) -> [[WeightedNGram]]
  /// Returns the gates and states along a document, one trace per direction of each layer, with the
  /// `units` units that have the largest effects on the score of a label.
  ///
  /// The default returns none. There are none for a document without tokens either.
  func gates(
    of document: EncodedDocument, for label: Int, units: Int, threads: Int
  ) -> [GateTrace]
}

extension Classifier {
  /// `false`: training is step by step.
  public static var fitsInOnePass: Bool { false }

  /// `false`: training ignores the weights of a model.
  public static var startsFromWeights: Bool { false }

  /// Accepts the task.
  public func check(_ task: TrainingTask) throws {}
}

extension ClassifierModel {
  /// The probabilities of all documents.
  public func outcomes(
    of documents: [EncodedDocument], threads: Int
  ) -> [Result<[Float], TextError>] {
    probabilities(of: documents, threads: threads).map { .success($0) }
  }

  /// The number of elements in all `tensors`.
  public var facts: ModelFacts {
    ModelFacts(weightCount: tensors.reduce(0) { $0 + $1.values.count })
  }

  /// The number of tokens with the vector of unknown words; `nil` without vectors.
  public func unknownTokenCount(in document: EncodedDocument) -> Int? {
    guard embedding != nil else { return nil }
    return document.rows.count { $0 == EmbeddingTable.unknownRow }
  }

  /// Whether all tokens are unknown.
  public func knowsNoToken(of document: EncodedDocument) -> Bool {
    document.tokenCount > 0 && unknownTokenCount(in: document) == document.tokenCount
  }

  /// `nil`: the model was not trained on the validation documents.
  public var heldOut: HeldOutPredictions? { nil }

  /// `nil`: training has no cross-validation.
  public var crossValidated: HeldOutPredictions? { nil }

  /// `nil`: no part of the model is the baseline.
  public var baselineModel: (any ClassifierModel)? { nil }
}

/// Facts about the weights of a trained classifier.
public struct ModelFacts: Sendable, Equatable {
  /// The number of trained weights, word vectors excluded.
  public var weightCount: Int
  /// The number of n-grams that have weights; `nil` for a classifier that reads no n-grams.
  public var ngramCount: Int?
  /// What else a user should know about the model, such as a part that training left out.
  public var remarks: [String] = []

  /// Creates facts about a classifier.
  public init(weightCount: Int, ngramCount: Int? = nil, remarks: [String] = []) {
    self.weightCount = weightCount
    self.ngramCount = ngramCount
    self.remarks = remarks
  }
}
