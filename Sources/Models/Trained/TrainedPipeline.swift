public import PipelineCore
public import PipelineFiles
import Tokenization

/// A trained pipeline: everything that classifying a document requires.
public struct TrainedPipeline: Sendable {
  /// The pipeline with all its settings.
  public let description: PipelineDescription
  /// The labels that the model can predict.
  public let labels: LabelSet
  /// The trained classifier.
  public let model: any ClassifierModel
  /// The record of the training.
  public var record: TrainingRecord
  /// The threshold of each label, `[C]`. Probabilities are divided by the thresholds and then
  /// rescaled to sum to 1. Empty if there are no thresholds.
  public let thresholds: [Float]
  /// The confidence on the validation documents; `nil` if there were none.
  public let validationConfidence: ValidationConfidence?
  /// What the validation documents are like; `nil` if there were none.
  public let validationProfile: DocumentProfile?
  /// The version of Unicode that the model was trained with.
  package var unicodeVersion = Utf8proc.unicodeVersion
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

  /// The name of the classifier stage.
  public var classifierName: String { type(of: description.classifier).stageName }

  /// Classifies documents: normalize, tokenize, embed, batch, classify.
  ///
  /// The probabilities of a document are bitwise identical whatever other documents are passed.
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

  /// Classifies documents and adds those that can be used to a profile; see above.
  public func predict(
    _ documents: [[UInt8]], threads: Int, addingTo profile: inout DocumentProfile?
  ) -> [Result<Prediction, DocumentError>] {
    let table = model.embedding
    let prepared = preparation.prepare(documents, threads: threads)
    let usable = prepared.indices.filter { (try? prepared[$0].get()) != nil }
    let encoded = usable.compactMap { try? prepared[$0].get().encoded(by: table) }
    let outcomes = model.outcomes(of: encoded, threads: threads)
    var results = prepared.map { document in
      document.map {
        Prediction(probabilities: [], warnings: $0.warnings, tokenCount: $0.tokens.count)
      }
    }
    for (place, number) in usable.enumerated() {
      let probabilities: [Float]
      switch outcomes[place] {
      case .success(let found): probabilities = found
      case .failure(let error):
        results[number] = .failure(DocumentError(.unprocessable(error), at: nil))
        continue
      }
      guard probabilities.allSatisfy(\.isFinite) else {
        results[number] = .failure(DocumentError(.scoreNotFinite, at: nil))
        continue
      }
      results[number] = results[number].map { prediction in
        var prediction = prediction
        prediction.probabilities =
          thresholds.isEmpty
          ? probabilities
          : LabelThresholds.apply(thresholds, to: probabilities)
        // Such a prediction is a guess.
        if model.knowsNoToken(of: encoded[place]) {
          let count = encoded[place].tokenCount
          prediction.warnings.append(DocumentWarning(code: "all-words-unknown", count: count))
        }
        return prediction
      }
      guard profile != nil, let prediction = try? results[number].get() else { continue }
      profile?.add(
        documents[number], tokenCount: prediction.tokenCount,
        unknownCount: model.unknownTokenCount(in: encoded[place]),
        probabilities: prediction.probabilities)
    }
    return results
  }

  /// What a user of the model should know.
  public var warnings: [String] {
    let current = Utf8proc.unicodeVersion
    guard !unicodeVersion.isEmpty, unicodeVersion != current else { return [] }
    return [
      "warning: the model was trained with Unicode \(unicodeVersion), and this program has "
        + "\(current); tokens with characters that changed between these versions may differ"
    ]
  }
}
