/// A pipeline step that can be named in a pipeline file.
///
/// Stages are compiled in and looked up by name in a `StageRegistry`; a file never causes code to
/// be loaded. A stage is an immutable value, so any number of threads can use it at once.
public protocol Stage: Sendable {
  /// The type of the settings.
  associatedtype Configuration: StageConfiguration
  /// The versioned name in pipeline files, such as `words.v1`. The meaning of a name never changes;
  /// a new meaning requires a new version.
  static var stageName: String { get }
  /// A one-line description of what the stage does.
  static var summary: String { get }
  /// The settings of this stage, which are stored in a trained pipeline.
  var configuration: Configuration { get }
  /// Creates the stage. This must not open files, because models are loaded without them.
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

  /// The settings of the stage that differ from their defaults but have no effect.
  package var unusedSettings: [UnusedSetting] { configuration.unusedSettings }

  /// The names of the settings of the stage that differ from their defaults.
  package var changedSettings: [String] { configuration.changedSettings }
}

/// A stage that changes the text of a document, such as its Unicode form, letter case or spelling.
public protocol Normalizer: TextStage {
  /// Where `normalize: auto` inserts the stage in a pipeline.
  static var place: NormalizerPlace { get }
  /// Returns the normalized text, aligned with the same source.
  ///
  /// - Throws: only if the text cannot be processed at all; the document then gets an error
  ///   record instead of a label.
  func normalize(_ text: AlignedText) throws(TextError) -> AlignedText
}

/// An error from a normalizer, a tokenizer or a classifier that cannot process a text, or that
/// returned an invalid result for it.
public struct TextError: DiagnosableError, Equatable {
  /// The name of the stage.
  public var stage: String
  /// What is wrong with the text, such as `the text is longer than 1,000 characters`.
  public var reason: String
  /// A stable name for scripts, in lower case with hyphens.
  public var code: String

  /// Creates an error from a stage.
  public init(stage: String, reason: String, code: String = "unprocessable-text") {
    self.stage = stage
    self.reason = reason
    self.code = code
  }

  /// The code of an error about a stage that violates a requirement of its protocol.
  private static let invalidResultCode = "invalid-stage-result"

  /// Creates an error about a stage that returned a result that its protocol does not allow, such
  /// as `a token past the end of the text`.
  package static func invalidResult(of stage: String, _ reason: String) -> TextError {
    TextError(stage: stage, reason: reason, code: invalidResultCode)
  }

  /// Bad input.
  public var category: FailureCategory { .badInput }
  /// Always `nil`: the caller knows which document it is.
  public var position: InputPosition? { nil }
  /// The stage and the reason.
  public var sentence: String {
    code.hasBytes(of: Self.invalidResultCode)
      ? "\(stage) returned an invalid result: \(reason)"
      : "\(stage) cannot process the text: \(reason)"
  }
}

/// The place that `normalize: auto` gives a normalizer in a pipeline.
public enum NormalizerPlace: Sendable {
  /// The current place of the stage. A stage that is not in the pipeline is inserted first, but
  /// after markup removal.
  case first
  /// Always last.
  case last
}

extension Normalizer {
  /// The default: `first`.
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
  /// Whether `makeTable` learns vectors from `EmbeddingTask.unlabelled`. If it does not, a pipeline
  /// with unlabelled documents gets a warning. The default is `false`.
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
/// The list comes from a file that the pipeline names, from a vector file, or from the corpus. The
/// model stores it, so classifying does not need any other file.
public protocol WordListStage: Stage {
  /// The words; empty until they are provided.
  var words: Vocabulary { get }
  /// The file that contains the words, one per line; `nil` if they come from elsewhere.
  var wordFile: FilePath? { get }
  /// Returns the stage with these words.
  func with(words: Vocabulary) -> Self
  /// Finds words in the normalized texts of the training corpus, for a tokenizer that has no word
  /// file and no words from the embedding.
  func discoverWords(in texts: [AlignedText]) -> Vocabulary
}

extension WordListStage {
  /// Returns no words: the stage requires a word file or the words of an embedding.
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
  /// The input that the classifier reads.
  static var input: ClassifierInput { get }
  /// Whether training fits all examples at once, as for a linear model, instead of step by step.
  ///
  /// Such a classifier cannot continue from trained weights: to continue from a model, it is
  /// refitted on the old and new documents together. The default is `false`.
  static var fitsInOnePass: Bool { get }
  /// Whether training starts from `TrainingTask.start` if it is set. If this and `fitsInOnePass`
  /// are both `false`, training cannot continue from a model.
  ///
  /// The default is `true` for a classifier whose model is a `NetworkModel`, and `false` for all
  /// others.
  static var startsFromWeights: Bool { get }
  /// Whether training weights the documents of each label by `TrainingTask.labelWeights`. If not,
  /// the task has no weights, and a pipeline with `training.classWeights` gets a warning.
  ///
  /// The default is `false`, and `true` for a classifier whose model is a `NetworkModel`.
  static var usesLabelWeights: Bool { get }
  /// A variant of the classifier that trains faster and is nearly as accurate. `docket init` uses
  /// it to compare text preparations.
  ///
  /// The default is the classifier itself.
  var quick: Self { get }
  /// Checks quickly whether the classifier can be trained on a task. `fit` rejects the same tasks.
  ///
  /// The default accepts every task.
  ///
  /// - Throws: a `DiagnosableError` if the task cannot be trained.
  func check(_ task: TrainingTask) throws
  /// Trains the classifier.
  ///
  /// - Throws: `TrainingError` if training diverges or is interrupted; any error from
  ///   `CheckpointPlan.save`.
  func fit(_ task: TrainingTask) throws -> Model
  /// Recreates a model from its `ClassifierModel.tensors`.
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
  /// Checks that the weights match the settings.
  ///
  /// - Parameter vectorWidth: the width of the word vectors; `nil` if it is not known yet.
  /// - Throws: a `DiagnosableError` that names both sizes if they do not match.
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
  /// model as a part of this one. The default is `nil`: the baseline is fitted separately.
  var baselineModel: (any ClassifierModel)? { get }
  /// The record of each epoch of training; empty for a restored model.
  var history: [EpochRecord] { get }
  /// The predictions for the validation documents, made before the final model was also trained on
  /// them; only for a sample of the documents if there are very many labels. `nil` if the final
  /// model was not trained on them (its own predictions can be used then) or was restored.
  var heldOut: HeldOutPredictions? { get }
  /// Predictions for training documents, each from a model of the same kind that was not trained on
  /// the document, with probabilities as confident as those of the final model. Docket fits its
  /// calibration curve to these predictions and to those for the validation documents.
  ///
  /// The default is `nil`, for a classifier that does not cross-validate.
  var crossValidated: HeldOutPredictions? { get }
  /// Returns the probability of each label, `[B][C]`.
  ///
  /// The probabilities of a document are bitwise identical regardless of the other documents in the
  /// call and of the number of threads. A document without tokens gets the probabilities of an
  /// empty text.
  func probabilities(of documents: [EncodedDocument], threads: Int) -> [[Float]]
  /// Returns for each document the probability of each label, or an error if it cannot be
  /// classified.
  ///
  /// The default returns `probabilities`, for a classifier that cannot fail. For a classifier that
  /// can fail, `probabilities` returns NaN for a document that cannot be classified.
  func outcomes(
    of documents: [EncodedDocument], threads: Int
  ) -> [Result<[Float], TextError>]
  /// Returns the number of tokens that the model does not know; `nil` if it cannot tell.
  ///
  /// The default counts the tokens with the vector of unknown words.
  func unknownTokenCount(in document: EncodedDocument) -> Int?
  /// Returns whether the document has tokens but the model knows none of them, so that the
  /// prediction is a guess.
  ///
  /// The default uses `unknownTokenCount`.
  func knowsNoToken(of document: EncodedDocument) -> Bool
  /// Returns the contribution of each token to the score of a label, one value per token.
  ///
  /// The default works for every classifier; a classifier whose score is a sum returns its terms.
  func shares(of document: EncodedDocument, for label: Int, threads: Int) -> TokenShares
  /// Returns the result of `shares`, or an approximation that takes less time, for reports that add
  /// up the contributions in many documents; `nil` if there is nothing to show.
  ///
  /// The default removes at most 16 spans of tokens.
  func quickShares(of document: EncodedDocument, for label: Int, threads: Int) -> TokenShares?
  /// The cost of `quickShares`, as the number of times that the document could be classified in the
  /// same time. It limits the number of documents that a report uses.
  var quickShareCost: Int { get }
  /// Returns for each label, `[C]`, up to `count` n-grams from the documents: those with the
  /// largest weights, largest first. Empty for a classifier without such weights.
  ///
  /// The default returns none.
  func strongestNGrams(
    in documents: [EncodedDocument], count: Int, threads: Int
  ) -> [[WeightedNGram]]
  /// Returns the gates and states along a document, one trace per direction of each layer, with the
  /// `units` units that have the largest effects on the score of a label.
  ///
  /// The default returns none. The result is also empty for a document without tokens.
  func gates(
    of document: EncodedDocument, for label: Int, units: Int, threads: Int
  ) -> [GateTrace]
}

extension Classifier {
  /// `false`: training is step by step.
  public static var fitsInOnePass: Bool { false }

  /// The classifier itself.
  public var quick: Self { self }

  /// `false`: training ignores the weights of a model.
  public static var startsFromWeights: Bool { false }

  /// `false`: training ignores the weights of labels.
  public static var usesLabelWeights: Bool { false }

  /// Accepts the task.
  public func check(_ task: TrainingTask) throws {}
}

extension ClassifierModel {
  /// Returns the probabilities of all documents.
  public func outcomes(
    of documents: [EncodedDocument], threads: Int
  ) -> [Result<[Float], TextError>] {
    probabilities(of: documents, threads: threads).map { .success($0) }
  }

  /// The number of elements in all `tensors`.
  public var facts: ModelFacts {
    ModelFacts(weightCount: tensors.reduce(0) { $0 + $1.values.count })
  }

  /// Returns the number of tokens with the vector of unknown words; `nil` if there are no vectors.
  public func unknownTokenCount(in document: EncodedDocument) -> Int? {
    guard embedding != nil else { return nil }
    return document.rows.count { $0 == EmbeddingTable.unknownRow }
  }

  /// Returns whether there are tokens and all of them are unknown.
  public func knowsNoToken(of document: EncodedDocument) -> Bool {
    document.tokenCount > 0 && unknownTokenCount(in: document) == document.tokenCount
  }

  /// Always `nil`, because the model was not trained on the validation documents.
  public var heldOut: HeldOutPredictions? { nil }

  /// Always `nil`, because training does not cross-validate.
  public var crossValidated: HeldOutPredictions? { nil }

  /// Always `nil`, because no part of the model is the baseline.
  public var baselineModel: (any ClassifierModel)? { nil }
}

/// Facts about the weights of a trained classifier.
public struct ModelFacts: Sendable, Equatable {
  /// The number of trained weights, word vectors excluded.
  public var weightCount: Int
  /// The number of n-grams that have weights; `nil` for a classifier that reads no n-grams.
  public var ngramCount: Int?
  /// Remarks about the model for the user, such as a note that training left out a part of it.
  public var remarks: [String] = []

  /// Creates facts about a classifier.
  public init(weightCount: Int, ngramCount: Int? = nil, remarks: [String] = []) {
    self.weightCount = weightCount
    self.ngramCount = ngramCount
    self.remarks = remarks
  }
}
