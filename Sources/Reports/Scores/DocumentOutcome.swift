package import PipelineCore

/// The part of a document's prediction that the scores require: a few bytes, regardless of the
/// number of labels.
package struct DocumentOutcome: Sendable, Equatable {
  /// The index of the most probable label of the model.
  package let best: Int32
  /// The probability of the most probable label; NaN if the probability of any label is not finite,
  /// 0 if it is unknown.
  package let confidence: Float
  /// The index of the second most probable label; `nil` if there is none.
  package let second: Int32?
  /// The probability of the second most probable label; 0 if there is none.
  package let secondProbability: Float
  /// The probability of the expected label; 0 if the model does not have it.
  package let ofExpected: Float
  /// The sum of the squares of all probabilities.
  package let squares: Double

  /// Creates an outcome from a prediction.
  package init(_ prediction: Prediction, expected: Label, labels: LabelSet) {
    let probabilities = prediction.probabilities
    let best = prediction.best
    var second: Int?
    for label in probabilities.indices where label != best {
      if second.map({ probabilities[label] > probabilities[$0] }) ?? true { second = label }
    }
    self.best = Int32(best)
    self.second = second.map(Int32.init)
    confidence = probabilities.allSatisfy(\.isFinite) ? probabilities[best] : .nan
    secondProbability = second.map { probabilities[$0] } ?? 0
    ofExpected = labels.number(of: expected).map { probabilities[$0] } ?? 0
    squares = probabilities.reduce(0) { $0 + Double($1) * Double($1) }
  }

  /// Creates the outcome of a document for which only the predicted label, and perhaps its
  /// probability, is known.
  package init(label: Int, probability: Float?) {
    best = Int32(label)
    confidence = probability ?? 0
    (second, secondProbability, ofExpected, squares) = (nil, 0, 0, 0)
  }

  /// The difference between the two largest probabilities: small if the model nearly chose
  /// another label.
  package var margin: Float { confidence - secondProbability }
}

/// Which probabilities of the predictions are known.
package enum KnownProbabilities: Sendable, Equatable {
  /// None: only the predicted labels.
  case none
  /// Only the probability of the predicted label.
  case best
  /// The probability of each label.
  case all
}
