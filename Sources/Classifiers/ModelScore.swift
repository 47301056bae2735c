public import PipelineCore

import Platform

extension ClassifierModel {
  /// The mean cross-entropy in nats and the accuracy on labelled examples.
  public func score(
    on examples: LabelledExamples, threads: Int
  ) -> (loss: Double, accuracy: Double) {
    let probabilities = probabilities(of: examples.documents, threads: threads)
    var loss = 0.0
    var right = 0
    for (row, label) in zip(probabilities, examples.labels) {
      loss -= log(max(Double(row[label]), Double.leastNormalMagnitude))
      if Prediction(probabilities: row).best == label { right += 1 }
    }
    let count = Double(max(examples.count, 1))
    return (loss / count, Double(right) / count)
  }
}
