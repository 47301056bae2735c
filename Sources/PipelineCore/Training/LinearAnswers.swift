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

/// What a cascade with one threshold does on the validation documents.
public struct CascadePoint: Sendable, Equatable {
  /// The lowest probability of the predicted label at which the linear part classifies alone; `nil`
  /// if the whole model classifies all documents.
  public let confidence: Float?
  /// The share of documents that the linear part classifies alone.
  public let coverage: Double
  /// The share of all documents that get the label that the whole model predicts.
  public let agreement: Double
  /// The share of all documents that are classified correctly.
  public let accuracy: Double
}

extension LinearAnswers {
  /// The shares of documents between which `curve` has a point.
  private static let shares = [0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1]

  /// What the cascade does with ever lower thresholds: from the whole model alone to the linear part
  /// alone.
  ///
  /// A point is at the first threshold at which the linear part classifies at least a share of
  /// `shares`. Documents with equal confidence are on the same side of a threshold.
  package var curve: [CascadePoint] {
    let order = predicted.indices.sorted { predicted[$0] > predicted[$1] }
    // The labels themselves are not kept: two labels count as the same if their probabilities are
    // equal, which those of different labels almost never are.
    var correct = predicted.indices.count { ofWhole[$0] == ofLabel[$0] }
    var agreeing = count
    func point(_ confidence: Float?, alone: Int) -> CascadePoint {
      let shares = [alone, agreeing, correct].map { Double($0) / Double(count) }
      return CascadePoint(
        confidence: confidence, coverage: shares[0], agreement: shares[1], accuracy: shares[2])
    }
    var points = [point(nil, alone: 0)]
    var wanted = Self.shares.dropFirst()
    for (place, document) in order.enumerated() {
      if ofWhole[document] != predicted[document] {
        agreeing -= 1
        if ofLabel[document] == ofWhole[document] { correct -= 1 }
        if ofLabel[document] == predicted[document] { correct += 1 }
      }
      if place + 1 < order.count, predicted[order[place + 1]] == predicted[document] { continue }
      let point = point(predicted[document], alone: place + 1)
      guard let share = wanted.first, point.coverage >= share else { continue }
      points.append(point)
      wanted = wanted.drop { $0 <= point.coverage }
    }
    return points
  }
}
