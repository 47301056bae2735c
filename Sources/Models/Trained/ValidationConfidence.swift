package import PipelineCore
import Platform

/// The confidence of a model on documents that it was not trained on, as stored in a model file.
/// `--min-confidence auto` and `--coverage` use it to choose their thresholds.
public struct ValidationConfidence: Sendable, Equatable {
  /// The probability of the predicted label of each document.
  package let predicted: [Float]
  /// The probability of the correct label of each document.
  package let ofLabel: [Float]

  /// The maximum number of documents to keep, which take up 80 KB. If there are more, only every
  /// second one is kept, or every third, and so on.
  package static let limit = 10_000

  /// Creates the confidence from predictions.
  package init(_ predictions: HeldOutPredictions) {
    let step = max(1, (predictions.labels.count + Self.limit - 1) / Self.limit)
    let kept = stride(from: 0, to: predictions.labels.count, by: step)
    predicted = kept.map { predictions.probabilities[$0].max() ?? 0 }
    ofLabel = kept.map { predictions.probabilities[$0][predictions.labels[$0]] }
  }

  /// Creates the confidence from the contents of a model file; `nil` if they are not valid.
  package init?(predicted: [Float], ofLabel: [Float]) {
    guard predicted.count == ofLabel.count, !predicted.isEmpty,
      zip(predicted, ofLabel).allSatisfy({ 0 <= $1 && $1 <= $0 && $0 <= 1 })
    else { return nil }
    (self.predicted, self.ofLabel) = (predicted, ofLabel)
  }

  /// The number of documents.
  public var count: Int { predicted.count }

  /// A confidence threshold, with the coverage and accuracy that it results in.
  public struct Threshold: Sendable, Equatable {
    /// The lowest confidence at which a label is returned.
    public var confidence: Float
    /// The share of documents with at least this confidence.
    public var coverage: Double
    /// The share of these documents that are classified correctly.
    public var accuracy: Double
    /// The number of these documents.
    public var documents: Int

    /// The 95 % interval of the accuracy, computed from `accuracy` and `documents`.
    ///
    /// **Source:** Wilson 1927.
    public var accuracyInterval: ClosedRange<Double> {
      let (z, n) = (1.959964, Double(documents))
      guard n > 0 else { return 0...1 }
      let center = accuracy + z * z / (2 * n)
      let half = z * (accuracy * (1 - accuracy) / n + z * z / (4 * n * n)).squareRoot()
      let scale = 1 + z * z / n
      return max(0, (center - half) / scale)...min(1, (center + half) / scale)
    }
  }

  /// The accuracies for which a summary of a model shows the thresholds.
  package static let shownAccuracies = [0.9, 0.95, 0.99]

  /// Returns the lowest threshold for which at least a share `accuracy` of the documents with this
  /// confidence or more is classified correctly; `nil` if there is none.
  public func threshold(accuracy: Double) -> Threshold? {
    let order = predicted.indices.sorted { predicted[$0] > predicted[$1] }
    var best: Threshold?
    var (answered, right) = (0, 0)
    for (place, document) in order.enumerated() {
      answered += 1
      // The predicted label is the correct label exactly if the two probabilities are equal.
      if ofLabel[document] == predicted[document] { right += 1 }
      // Documents with equal confidence are on the same side of the threshold.
      if place + 1 < order.count, predicted[order[place + 1]] == predicted[document] { continue }
      let share = Double(right) / Double(answered)
      if share >= accuracy {
        best = Threshold(
          confidence: predicted[document], coverage: Double(answered) / Double(count),
          accuracy: share, documents: answered)
      }
    }
    return best
  }

  /// Returns the minimum probability of the labels in the set of possible labels, chosen so that
  /// the set contains the correct label for a share `coverage` of documents.
  ///
  /// It is the `k`-th largest probability of a correct label, `k = ceil(coverage (n + 1))`: split
  /// conformal prediction with the score `1 - p`. For `k > n`, all labels are in the set.
  ///
  /// **Source:** Vovk, Gammerman, Shafer 2005; Sadinle, Lei, Wasserman 2019.
  public func labelSetThreshold(coverage: Double) -> Float {
    let rank = Int((coverage * Double(count + 1)).rounded(.up))
    guard rank >= 1 else { return 1 }
    guard rank <= count else { return 0 }
    return ofLabel.sorted(by: >)[rank - 1]
  }
}

extension ValidationConfidence {
  /// The share of documents whose correct label has the highest probability.
  package var accuracy: Double {
    Double(zip(predicted, ofLabel).count { $0 == $1 }) / Double(count)
  }

  /// The mean negative logarithm of the probability of the correct label, in nats.
  package var logLoss: Double {
    ofLabel.reduce(0.0) { $0 - log(Double(max($1, .leastNormalMagnitude))) } / Double(count)
  }
}
