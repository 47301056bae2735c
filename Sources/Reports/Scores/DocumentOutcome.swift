package import PipelineCore

/// What the scores need of the prediction for a document: a few bytes, whatever the number of labels.
package struct DocumentOutcome: Sendable, Equatable {
  /// The index of the most probable label of the model.
  package let best: Int32
  /// Its probability; NaN if any probability is not finite.
  package let confidence: Float
  /// The index of the second most probable label; `nil` if the model has one label only.
  package let second: Int32?
  /// The probability of the second most probable label; 0 if there is none.
  package let secondProbability: Float
  /// The probability of the expected label; 0 if the model does not have it.
  package let ofExpected: Float
  /// The sum of the squares of all probabilities.
  package let squares: Double

  /// Keeps what the scores need of a prediction.
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

  /// The difference between the two largest probabilities: small if the model nearly chose
  /// another label.
  package var margin: Float { confidence - secondProbability }
}
