public import Messages
public import PipelineCore
public import PipelineFiles

/// A pipeline that has learned: everything it takes to label a document.
public struct TrainedPipeline: Sendable {
  /// What the pipeline file said, all defaults spelled out.
  public let description: PipelineDescription
  /// The labels that it can give.
  public let labels: LabelSet
  /// The trained classifier.
  public let model: any ClassifierModel
  /// Where it comes from.
  public var record: TrainingRecord
  /// What the probability of each label is divided by before they are brought to the sum 1 again;
  /// empty when nothing is.
  public let thresholds: [Float]
  /// The text part.
  public let preparation: TextPreparation

  /// A pipeline of these parts.
  public init(
    description: PipelineDescription, labels: LabelSet, model: any ClassifierModel,
    record: TrainingRecord, thresholds: [Float] = []
  ) {
    self.thresholds = thresholds
    self.description = description
    self.labels = labels
    self.model = model
    self.record = record
    preparation = TextPreparation(description)
  }

  /// The name of the classifier stage.
  public var classifierName: String { type(of: description.classifier).stageName }

  /// The prediction for each document, in order: normalize, tokenize, embed, batch, classify.
  ///
  /// A document's figures are the same bits whatever documents stand beside it.
  ///
  /// - Parameters:
  ///   - documents: UTF-8 bytes; what is wrong with one is its own failure.
  ///   - threads: changes the time only.
  public func predict(
    _ documents: [[UInt8]], threads: Int
  ) -> [Result<Prediction, DocumentError>] {
    let table = model.embedding
    let prepared = preparation.prepare(documents, threads: threads)
    let usable = prepared.indices.filter { (try? prepared[$0].get()) != nil }
    let encoded = usable.compactMap { try? prepared[$0].get().encoded(by: table) }
    let probabilities = model.probabilities(of: encoded, threads: threads)
    var results = prepared.map { document in
      document.map {
        Prediction(probabilities: [], warnings: $0.warnings, tokenCount: $0.tokens.count)
      }
    }
    for (place, number) in usable.enumerated() {
      results[number] = results[number].map { prediction in
        var prediction = prediction
        prediction.probabilities =
          thresholds.isEmpty
          ? probabilities[place]
          : LabelThresholds.apply(thresholds, to: probabilities[place])
        if let warning = Self.unknownWords(encoded[place], table) {
          prediction.warnings.append(warning)
        }
        return prediction
      }
    }
    return results
  }

  /// A warning when no word of a document is known: the answer is then a guess.
  private static func unknownWords(
    _ document: EncodedDocument, _ table: EmbeddingTable?
  ) -> DocumentWarning? {
    guard table != nil, !document.rows.isEmpty,
      document.rows.allSatisfy({ $0 == EmbeddingTable.unknownRow })
    else { return nil }
    return DocumentWarning(code: "all-words-unknown", count: document.rows.count)
  }
}

/// How a model came about: what it takes to repeat the run, and how good it was.
public struct TrainingRecord: Sendable, Equatable {
  /// The SHA-256 of the training corpus.
  public var corpusFingerprint: String
  /// The SHA-256 of the validation corpus; empty when it was a share of the training corpus.
  public var validationFingerprint: String
  /// The SHA-256 of the file that the vectors came from; empty without one.
  public var vectorsFingerprint: String
  /// The SHA-256 of words and vectors as training began.
  public var startFingerprint: String
  /// The SHA-256 of the weights that training began with; empty when they were random.
  public var weightsFingerprint: String
  /// What it had learned from before the documents of this training, first corpora first; none unless
  /// it went on from a model.
  package var learned: [LearnedCorpus] = []
  /// Names and versions of what took part.
  public var versions: [InfoItem]
  /// How many documents it learned from.
  public var documents: Int
  /// One line on the word vectors.
  public var embeddingSummary: String
  /// Settings of the command line.
  public var overrides: [String]
  /// The pipeline file as it was.
  public var sourceText: String
  /// The best epoch and what it scored, as `key=value` figures for people.
  public var figures: [String: Double]
  /// The curve of the training.
  public var history: [EpochRecord]

  /// A record of these facts.
  public init(
    corpusFingerprint: String, validationFingerprint: String = "",
    vectorsFingerprint: String = "", startFingerprint: String = "", documents: Int,
    embeddingSummary: String, overrides: [String], sourceText: String,
    figures: [String: Double] = [:], history: [EpochRecord] = [],
    weightsFingerprint: String = "", versions: [InfoItem] = Provenance.versions
  ) {
    self.corpusFingerprint = corpusFingerprint
    self.validationFingerprint = validationFingerprint
    self.vectorsFingerprint = vectorsFingerprint
    self.startFingerprint = startFingerprint
    self.weightsFingerprint = weightsFingerprint
    self.versions = versions
    self.documents = documents
    self.embeddingSummary = embeddingSummary
    self.overrides = overrides
    self.sourceText = sourceText
    self.figures = figures
    self.history = history
  }
}
