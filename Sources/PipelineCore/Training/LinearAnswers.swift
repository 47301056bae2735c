/// The predictions of the linear part alone for the validation documents, which `--cascade` uses to
/// choose its threshold.
package struct LinearAnswers: Sendable, Equatable {
  /// The factor by which the scores of the linear part in the model are multiplied to get
  /// calibrated probabilities.
  package let factor: Float
  /// The linear part's probability of the label that it predicts, for each document.
  package let predicted: [Float]
  /// The linear part's probability of the label that the whole model predicts.
  package let ofWhole: [Float]
  /// The linear part's probability of the true label of the document.
  package let ofLabel: [Float]

  /// The maximum number of documents to keep. If there are more, only every other or every third
  /// document is kept, and so on.
  private static let limit = 10_000

  /// Creates the predictions from the probabilities of the linear part and of the whole model,
  /// `[B][C]`.
  package init(factor: Float, linear: [[Float]], whole: [[Float]], labels: [Int]) {
    self.factor = factor
    let step = max(1, (labels.count + Self.limit - 1) / Self.limit)
    let kept = Array(stride(from: 0, to: labels.count, by: step))
    predicted = kept.map { linear[$0].max() ?? 0 }
    ofWhole = kept.map { linear[$0][Prediction(probabilities: whole[$0]).best] }
    ofLabel = kept.map { linear[$0][labels[$0]] }
  }

  /// Creates the predictions that a model file contains; `nil` if they are not valid.
  package init?(factor: Float, predicted: [Float], ofWhole: [Float], ofLabel: [Float]) {
    guard factor > 0, factor.isFinite, !predicted.isEmpty, predicted.count == ofWhole.count,
      predicted.count == ofLabel.count,
      predicted.indices.allSatisfy({
        0...1 ~= predicted[$0] && 0...predicted[$0] ~= ofWhole[$0]
          && 0...predicted[$0] ~= ofLabel[$0]
      })
    else { return nil }
    self.factor = factor
    (self.predicted, self.ofWhole, self.ofLabel) = (predicted, ofWhole, ofLabel)
  }

  /// The number of documents.
  package var count: Int { predicted.count }
}

/// The rule for when the linear part of a model classifies a document alone.
public struct Cascade: Sendable, Equatable {
  /// The factor by which the scores of the linear part are multiplied.
  package var factor: Float
  /// The lowest probability of the predicted label at which the linear part classifies alone.
  public var confidence: Float
  /// The share of the validation documents that the linear part classifies alone.
  public var coverage: Double
  /// The share of all validation documents that get the label that the whole model predicts.
  public var agreement: Double

  /// The default minimum share of documents that must get the label that the whole model predicts.
  public static let defaultAgreement = 0.995
}

extension LinearAnswers {
  /// Returns the cascade with the lowest threshold at which at least a share `agreement` of all
  /// documents gets the label that the whole model predicts; `nil` if there is none.
  package func cascade(agreement: Double) -> Cascade? {
    let order = predicted.indices.sorted { predicted[$0] > predicted[$1] }
    var best: Cascade?
    var differing = 0
    for (place, document) in order.enumerated() {
      // The two labels are the same if and only if their probabilities are equal.
      if ofWhole[document] != predicted[document] { differing += 1 }
      // Documents with equal confidence are on the same side of the threshold.
      if place + 1 < order.count, predicted[order[place + 1]] == predicted[document] { continue }
      let share = 1 - Double(differing) / Double(count)
      guard share >= agreement else { break }
      best = Cascade(
        factor: factor, confidence: predicted[document],
        coverage: Double(place + 1) / Double(count), agreement: share)
    }
    return best
  }
}
