public import PipelineCore

import Platform

extension ClassifierModel {
  /// Returns the mean cross-entropy in nats and the accuracy on labelled examples; `nil` if there
  /// are none.
  public func score(
    on examples: LabelledExamples, threads: Int
  ) -> (loss: Double, accuracy: Double)? {
    validationScore(on: examples, threads: threads).map { ($0.plain.loss, $0.plain.accuracy) }
  }

  /// Returns the score on labelled examples; `nil` if there are none.
  ///
  /// - Parameter labelWeights: the weight of each label's documents, `[C]`; empty for equal
  ///   weights.
  public func validationScore(
    on examples: LabelledExamples, labelWeights: [Double] = [], threads: Int
  ) -> ValidationScore? {
    guard examples.count > 0 else { return nil }
    var (plain, weighted) = (ClassificationScore(), ClassificationScore())
    var total = 0.0
    var macroF1 = MacroF1(labelCount: examples.labelCount)
    // Process in groups, so that with many labels the probabilities of all documents are never in
    // memory at the same time.
    let group = max(256, (1 << 24) / max(examples.labelCount, 1))
    for range in Shards.ranges(of: examples.count, size: group) {
      let rows = probabilities(of: Array(examples.documents[range]), threads: threads)
      for (row, label) in zip(rows, examples.labels[range]) {
        let surprise = log(max(Double(row[label]), Double.leastNormalMagnitude))
        let best = Prediction(probabilities: row).best
        let right = best == label ? 1.0 : 0
        macroF1.add(expected: label, predicted: best)
        let weight = labelWeights.isEmpty ? 1 : labelWeights[label]
        plain.add(-surprise, right)
        weighted.add(-weight * surprise, weight * right)
        total += weight
      }
    }
    (plain.macroF1, weighted.macroF1) = (macroF1.value, macroF1.value)
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
    ClassificationScore(loss: loss / total, accuracy: accuracy / total, macroF1: macroF1)
  }
}
