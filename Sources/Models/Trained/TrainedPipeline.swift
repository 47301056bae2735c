import FileAccess
public import PipelineCore
public import PipelineFiles
import Tokenization

/// A trained pipeline: everything that is needed to classify documents.
public struct TrainedPipeline: Sendable {
  /// The pipeline with all its settings.
  public let description: PipelineDescription
  /// The labels that the model can predict.
  public let labels: LabelSet
  /// The trained classifier.
  public let model: any ClassifierModel
  /// The record of the training run.
  public var record: TrainingRecord
  /// The threshold of each label, `[C]`. Probabilities are divided by the thresholds and then
  /// rescaled to sum to 1. Empty if there are no thresholds.
  public let thresholds: [Float]
  /// The curve that corrects the probabilities of the classifier, before the thresholds are
  /// applied; `nil` if there is none.
  package var confidenceCurve: ConfidenceCurve?
  /// The confidence on the validation documents; `nil` if there were none.
  public let validationConfidence: ValidationConfidence?
  /// The predictions of the linear part alone for the validation documents; `nil` if the model has
  /// none.
  package var linearAnswers: LinearAnswers?
  /// The profile of the validation documents; `nil` if there were none.
  public let validationProfile: DocumentProfile?
  /// The version of Unicode that the model was trained with.
  package var unicodeVersion = Utf8proc.unicodeVersion
  /// The number format of the weights in the model file.
  public internal(set) var precision = ModelPrecision.float32
  /// The mapped file that contains the weights; `nil` if they were copied.
  var mapping: MappedFile?
  /// The text stages of the pipeline.
  public let preparation: TextPreparation

  /// Creates a pipeline from its parts.
  public init(
    description: PipelineDescription, labels: LabelSet, model: any ClassifierModel,
    record: TrainingRecord, thresholds: [Float] = [],
    validationConfidence: ValidationConfidence? = nil, validationProfile: DocumentProfile? = nil
  ) {
    self.validationProfile = validationProfile
    self.validationConfidence = validationConfidence
    self.thresholds = thresholds
    self.description = description
    self.labels = labels
    self.model = model
    self.record = record
    preparation = TextPreparation(description)
  }

  /// Checks that a mapped model file has not changed since it was opened.
  ///
  /// - Throws: `FileError`.
  package func checkFile() throws { try mapping?.checkUnchanged() }

  /// The name of the classifier stage.
  public var classifierName: String { type(of: description.classifier).stageName }

  /// Classifies documents: normalizes, tokenizes, embeds, batches, and classifies them.
  ///
  /// The probabilities of a document are bitwise identical, no matter which other documents are
  /// passed with it.
  ///
  /// - Parameters:
  ///   - documents: UTF-8 bytes.
  ///   - threads: the number of threads; never changes the result.
  /// - Returns: for each document, in order, its prediction, or the reason why it cannot be
  ///   classified.
  public func predict(
    _ documents: [[UInt8]], threads: Int
  ) -> [Result<Prediction, DocumentError>] {
    var none: DocumentProfile?
    return predict(documents, threads: threads, addingTo: &none)
  }

  /// Classifies documents like the method above, and adds the usable ones to a profile.
  public func predict(
    _ documents: [[UInt8]], threads: Int, addingTo profile: inout DocumentProfile?
  ) -> [Result<Prediction, DocumentError>] {
    predict(documents, cascade: nil, threads: threads, addingTo: &profile)
  }

  /// Classifies documents like the methods above, with a cascade if there is one.
  ///
  /// - Parameter cascade: when the linear part of the model classifies a document alone; if `nil`,
  ///   it never does.
  package func predict(
    _ documents: [[UInt8]], cascade: Cascade?, threads: Int,
    addingTo profile: inout DocumentProfile?
  ) -> [Result<Prediction, DocumentError>] {
    let slots = classified(documents, cascade, threads: threads)
    if profile != nil {
      for (number, slot) in slots.enumerated() {
        guard let document = slot.encoded, let prediction = try? slot.result.get() else { continue }
        profile?.add(
          documents[number], tokenCount: prediction.tokenCount,
          unknownCount: model.unknownTokenCount(in: document),
          probabilities: prediction.probabilities)
      }
    }
    return slots.map(\.result)
  }

  /// Classifies documents and keeps the output of the classifier.
  private func classified(_ documents: [[UInt8]], _ cascade: Cascade?, threads: Int) -> [Slot] {
    var slots = prepared(documents, threads: threads)
    let encoded = slots.compactMap(\.encoded)
    let outcomes = outcomes(of: encoded, cascade, threads: threads)
    var place = 0
    for number in slots.indices where slots[number].encoded != nil {
      (slots[number].outcome, slots[number].isLinear) = outcomes[place]
      place += 1
    }
    Shards.forEach(&slots, threads: threads, chunk: 64) { _, slot in finish(&slot) }
    return slots
  }

  /// A prediction and the probabilities from which it was made.
  struct Traced: Sendable {
    var prediction: Prediction
    /// The probabilities that the classifier returned, `[C]`, before the curve and the thresholds.
    var classifierProbabilities: [Float]
  }

  /// Classifies documents, and returns the probabilities of the classifier as well.
  func trace(_ documents: [[UInt8]], threads: Int) -> [Result<Traced, DocumentError>] {
    classified(documents, nil, threads: threads).map { slot in
      slot.result.map { prediction in
        let found = try? slot.outcome?.get()
        return Traced(
          prediction: prediction, classifierProbabilities: found ?? prediction.probabilities)
      }
    }
  }

  /// A document on its way from text to prediction.
  private struct Slot: Sendable {
    var result: Result<Prediction, DocumentError>
    /// The tokens; `nil` if the document cannot be used.
    var encoded: EncodedDocument?
    /// The output of the classifier.
    var outcome: Result<[Float], TextError>?
    /// Whether the linear part of the classifier alone made the prediction.
    var isLinear = false

    init(_ prepared: Result<PreparedDocument, DocumentError>, _ table: EmbeddingTable?) {
      encoded = (try? prepared.get())?.encoded(by: table)
      result = prepared.map {
        Prediction(probabilities: [], warnings: $0.warnings, tokenCount: $0.tokens.count)
      }
    }
  }

  /// Normalizes and tokenizes documents and looks up their words.
  private func prepared(_ documents: [[UInt8]], threads: Int) -> [Slot] {
    let table = model.embedding
    let initial = Slot(.failure(DocumentError(.tooLong(limit: 0))), nil)
    var slots = Array(repeating: initial, count: documents.count)
    // If a stage processes batches, all documents are prepared first, many texts at a time.
    let batches =
      preparation.usesBatches ? preparation.prepare(documents, threads: threads) : nil
    Shards.forEach(&slots, threads: threads, chunk: 64) { number, slot in
      let prepared =
        batches?[number]
        ?? Result { () throws(DocumentError) in try preparation.prepare(documents[number]) }
      slot = Slot(prepared, table)
    }
    return slots
  }

  /// Returns the output of the classifier for each document.
  func outcomes(of documents: [EncodedDocument], threads: Int) -> [Result<[Float], TextError>] {
    model.checkedOutcomes(
      of: documents, stage: classifierName, labelCount: labels.count, threads: threads)
  }

  private func outcomes(
    of documents: [EncodedDocument], _ cascade: Cascade?, threads: Int
  ) -> [(Result<[Float], TextError>, Bool)] {
    guard let cascade, let model = model as? any CascadingModel else {
      return outcomes(of: documents, threads: threads).map { ($0, false) }
    }
    return model.probabilities(of: documents, cascade, threads: threads)
      .map { (.success($0.probabilities), $0.isLinear) }
  }

  /// Completes the prediction for a document with the output of the classifier.
  private func finish(_ slot: inout Slot) {
    guard let encoded = slot.encoded, let outcome = slot.outcome else { return }
    let probabilities: [Float]
    switch outcome {
    case .success(let found): probabilities = found
    case .failure(let error):
      slot.result = .failure(DocumentError(.unprocessable(error), at: nil))
      return
    }
    guard probabilities.allSatisfy(\.isFinite) else {
      slot.result = .failure(DocumentError(.scoreNotFinite, at: nil))
      return
    }
    slot.result = slot.result.map { prediction in
      var prediction = prediction
      prediction.isLinear = slot.isLinear
      prediction.probabilities = confidenceCurve?.apply(to: probabilities) ?? probabilities
      if !thresholds.isEmpty {
        prediction.probabilities = LabelThresholds.apply(thresholds, to: prediction.probabilities)
      }
      // If no token is known, the prediction is a guess.
      if model.knowsNoToken(of: encoded) {
        let count = encoded.tokenCount
        prediction.warnings.append(DocumentWarning(code: "all-words-unknown", count: count))
      }
      return prediction
    }
  }

  /// Warnings for users of the model.
  public var warnings: [String] {
    let current = Utf8proc.unicodeVersion
    guard !unicodeVersion.isEmpty, unicodeVersion != current else { return [] }
    return [
      "warning: the model was trained with Unicode \(unicodeVersion), and this program has "
        + "\(current); tokens with characters that changed between these versions may differ"
    ]
  }
}
