package import Learning
public import PipelineCore

import Platform

extension ClassifierModel {
  /// The mean cross-entropy in nats and the accuracy on labelled examples; `nil` without examples.
  public func score(
    on examples: LabelledExamples, threads: Int
  ) -> (loss: Double, accuracy: Double)? {
    validationScore(on: examples, threads: threads).map { ($0.plain.loss, $0.plain.accuracy) }
  }

  /// The score on labelled examples; `nil` without examples.
  ///
  /// - Parameter labelWeights: the weight of each label's documents, `[C]`; empty for equal weights.
  package func validationScore(
    on examples: LabelledExamples, labelWeights: [Double] = [], threads: Int
  ) -> ValidationScore? {
    guard examples.count > 0 else { return nil }
    var (plain, weighted) = (ClassificationScore(), ClassificationScore())
    var total = 0.0
    // In groups, so that the probabilities of many labels are never in memory for all documents.
    let group = max(256, (1 << 24) / max(examples.labelCount, 1))
    for range in Shards.ranges(of: examples.count, size: group) {
      let rows = probabilities(of: Array(examples.documents[range]), threads: threads)
      for (row, label) in zip(rows, examples.labels[range]) {
        let surprise = log(max(Double(row[label]), Double.leastNormalMagnitude))
        let right = Prediction(probabilities: row).best == label ? 1.0 : 0
        let weight = labelWeights.isEmpty ? 1 : labelWeights[label]
        plain.add(-surprise, right)
        weighted.add(-weight * surprise, weight * right)
        total += weight
      }
    }
    return ValidationScore(
      plain: plain.divided(by: Double(examples.count)), weighted: weighted.divided(by: total))
  }
}

extension ClassificationScore {
  fileprivate mutating func add(_ loss: Double, _ accuracy: Double) {
    self.loss += loss
    self.accuracy += accuracy
  }

  fileprivate func divided(by total: Double) -> ClassificationScore {
    ClassificationScore(loss: loss / total, accuracy: accuracy / total)
  }
}
