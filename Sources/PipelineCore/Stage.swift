/// A step of a pipeline that a pipeline file can name.
///
/// Stages are compiled in and found by name in a `StageRegistry`; nothing is ever loaded at run time
/// because a file asks for it. A stage is a value without mutable parts, so it may be used from any
/// number of threads at once.
public protocol Stage: Sendable {
  /// The settings.
  associatedtype Configuration: StageConfiguration
  /// The name in pipeline files, with its version: `words.v1`. A name keeps its meaning for ever;
  /// what would change it gets a new version.
  static var stageName: String { get }
  /// One sentence on what it does.
  static var summary: String { get }
  /// The settings in force, so that a trained pipeline can be written down again.
  var configuration: Configuration { get }
  /// Makes the stage. Must not open files: a model is loaded without them.
  init(configuration: Configuration)
}

/// Changes the text of a document: Unicode form, letter case, language rules.
public protocol Normalizer: TextStage {
  /// Where `normalize: auto` puts the stage into a pipeline.
  static var place: NormalizerPlace { get }
  /// The changed text, aligned with the same source.
  ///
  /// - Throws: only for a text that cannot be processed at all; the document then gets an error
  ///   record in place of a label.
  func normalize(_ text: AlignedText) throws(NormalizationError) -> AlignedText
}

/// An error of a normalizer that cannot process a text.
public struct NormalizationError: DiagnosableError, Equatable {
  /// The name of the stage.
  public var stage: String
  /// What is wrong with the text, such as `the text is longer than 1,000 characters`.
  public var reason: String

  /// An error of a stage.
  public init(stage: String, reason: String) {
    self.stage = stage
    self.reason = reason
  }

  /// Bad input.
  public var category: FailureCategory { .badInput }
  /// `unprocessable-text`
  public var code: String { "unprocessable-text" }
  /// Unknown: the caller knows which document it is.
  public var position: InputPosition? { nil }
  /// The stage and the reason.
  public var sentence: String { "\(stage) cannot process the text: \(reason)" }
}

/// The place that `normalize: auto` gives a normalizer in a pipeline.
public enum NormalizerPlace: Sendable {
  /// The place the stage has; first, but after removed markup, when the pipeline does not have it.
  case first
  /// Always last.
  case last
}

extension Normalizer {
  /// First, but after removed markup.
  public static var place: NormalizerPlace { .first }
}

/// Cuts a text into tokens.
public protocol Tokenizer: TextStage {
  /// The tokens in the order of their beginnings; ranges are not empty and hold no white space. They
  /// may overlap, where a tokenizer gives pieces of words or pairs of characters.
  func tokenize(_ text: AlignedText) -> TokenSequence
}

/// Gives each word its starting vector.
public protocol Embedding: Stage {
  /// Reads or makes the table.
  ///
  /// - Throws: a `DiagnosableError` with the position of what is wrong in a file; `TrainingError` when
  ///   it learns and was asked to stop.
  func makeTable(for task: EmbeddingTask) throws -> EmbeddingTable
  /// The words that the vectors are for, in the form that `normalize` gives them, for tokenizers that
  /// cut by them; `nil` when they are to be taken from the corpus.
  ///
  /// - Throws: a `DiagnosableError` with the position of what is wrong in a file.
  func words(normalize: (AlignedText) throws -> AlignedText) throws -> Vocabulary?
}

/// What a classifier reads.
public enum ClassifierInput: String, Sendable {
  /// The vector of each token: the pipeline needs an embedding.
  case vectors
  /// The tokens themselves: the pipeline must have no embedding.
  case tokens
}

/// Learns to tell labels apart; untrained. A trained one is another type: `ClassifierModel`.
public protocol Classifier: Stage {
  /// What training leaves.
  associatedtype Model: ClassifierModel
  /// What it reads.
  static var input: ClassifierInput { get }
  /// Whether training fits all examples at once, as a linear model does, rather than step by step.
  ///
  /// Such a classifier cannot continue from trained weights: to continue from a model, it is fitted
  /// again to the old and the new documents together. The default is `false`.
  static var fitsInOnePass: Bool { get }
  /// Trains.
  ///
  /// - Throws: `TrainingError` when training cannot go on or was asked to stop.
  func fit(_ task: TrainingTask) throws -> Model
  /// Makes the model again from the tensors that it gave to `ClassifierModel.tensors`.
  ///
  /// - Throws: `TensorError` when one is missing or has another shape.
  func restore(
    from tensors: TensorCollection, embedding: EmbeddingTable?, labelCount: Int
  ) throws -> Model
}

/// A trained classifier: weights that are only read.
public protocol ClassifierModel: Sendable {
  /// The vectors as training left them, if it reads vectors.
  var embedding: EmbeddingTable? { get }
  /// All weights but the embedding's, with names that a PyTorch user expects.
  var tensors: [NamedTensor] { get }
  /// Facts about the weights, for summaries. The default counts all numbers of `tensors`.
  var facts: ModelFacts { get }
  /// The model of `TrainingTask.baseline`, without its history, if training fitted exactly that
  /// model as a part of this one. The default is `nil`: the baseline is then fitted separately.
  var baselineModel: (any ClassifierModel)? { get }
  /// The curve of the training that made it; empty after restoring.
  var history: [EpochRecord] { get }
  /// The probability of each label, `[B][C]`.
  ///
  /// A document's numbers are the same bits whatever stands beside it and for any `threads`. A
  /// document without tokens gets the answer for an empty text, not an error.
  func probabilities(of documents: [EncodedDocument], threads: Int) -> [[Float]]
  /// What each token contributes to the score of a label; one value a token.
  ///
  /// Has a default that is right for every classifier; one whose score is a sum gives its addends.
  func shares(of document: EncodedDocument, for label: Int, threads: Int) -> TokenShares
}

extension Classifier {
  /// Training step by step.
  public static var fitsInOnePass: Bool { false }
}

/// Facts about the weights of a trained classifier.
public struct ModelFacts: Sendable, Equatable {
  /// The number of trained weights, word vectors excluded.
  public var weightCount: Int
  /// The number of n-grams that have weights; `nil` for a classifier that reads no n-grams.
  public var ngramCount: Int?

  /// Facts about a classifier.
  public init(weightCount: Int, ngramCount: Int? = nil) {
    self.weightCount = weightCount
    self.ngramCount = ngramCount
  }
}

extension ClassifierModel {
  /// The count of all numbers in `tensors`.
  public var facts: ModelFacts {
    ModelFacts(weightCount: tensors.reduce(0) { $0 + $1.values.count })
  }

  /// No part of the model is the baseline.
  public var baselineModel: (any ClassifierModel)? { nil }
}
