import PipelineCore

/// A threshold for each label. The probability of each label is divided by its threshold before the
/// largest is chosen, so a label with a threshold below 1 is predicted more often.
///
/// The thresholds maximize macro F1 on the validation documents. They are optimized one label at a
/// time, over a fixed grid, until nothing improves. Without thresholds, predictions maximize
/// accuracy at the expense of labels with few documents.
package struct LabelThresholds {
  /// The thresholds, `[C]`; empty if none improve macro F1.
  package private(set) var values: [Float] = []
  /// Macro F1 on the validation documents without and with the thresholds.
  package private(set) var macroF1 = (before: 0.0, after: 0.0)
  /// The candidates for a threshold: binary fractions, which are also exact as decimal text.
  private static let grid: [Float] = [
    0.25, 0.3125, 0.375, 0.4375, 0.5, 0.625, 0.75, 0.875, 1, 1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4,
  ]
  private static let roundLimit = 10

  /// Chooses the thresholds.
  ///
  /// - Parameters:
  ///   - probabilities: the probabilities of each validation document, `[B][C]`. If any is NaN or
  ///     infinite, no thresholds are chosen.
  ///   - labels: the index of the correct label of each document, `[B]`.
  ///   - labelCount: `C`.
  package init(_ probabilities: [[Float]], labels: [Int], labelCount: Int) {
    guard !labels.isEmpty, probabilities.allSatisfy({ $0.allSatisfy(\.isFinite) }) else { return }
    var chosen = Array(repeating: Float(1), count: labelCount)
    let before = Self.macroF1(
      probabilities.map { Self.best($0, chosen).label }, labels: labels, labelCount: labelCount)
    var best = before
    for _ in 0..<Self.roundLimit {
      let start = best
      for label in 0..<labelCount {
        // The prediction for each document if only the other labels are considered.
        let rivals = probabilities.map { Self.best($0, chosen, except: label) }
        for candidate in Self.grid {
          let changed = zip(probabilities, rivals).map { row, rival in
            let own = row[label] / candidate
            return own > rival.score || (own == rival.score && label < rival.label)
              ? label : rival.label
          }
          let found = Self.macroF1(changed, labels: labels, labelCount: labelCount)
          if found > best { (best, chosen[label]) = (found, candidate) }
        }
      }
      if best == start { break }
    }
    macroF1 = (before, best)
    if best > before { values = chosen }
  }

  /// Divides probabilities by thresholds and rescales them to sum to 1.
  package static func apply(_ values: [Float], to probabilities: [Float]) -> [Float] {
    let scaled = zip(probabilities, values).map { $0 / $1 }
    let sum = scaled.reduce(0, +)
    return sum > 0 && sum.isFinite ? scaled.map { $0 / sum } : probabilities
  }

  /// Returns the index of the label with the largest quotient; the lowest index in case of a tie.
  private static func best(
    _ probabilities: [Float], _ values: [Float], except: Int? = nil
  ) -> (label: Int, score: Float) {
    var best = (label: -1, score: -Float.infinity)
    for label in probabilities.indices where label != except {
      let score = probabilities[label] / values[label]
      if score > best.score { best = (label, score) }
    }
    return best
  }

  /// Returns the mean F1 of all labels that have documents.
  private static func macroF1(_ predicted: [Int], labels: [Int], labelCount: Int) -> Double {
    var (correct, predictions, support) = (
      Array(repeating: 0, count: labelCount), Array(repeating: 0, count: labelCount),
      Array(repeating: 0, count: labelCount)
    )
    for (guess, label) in zip(predicted, labels) {
      predictions[guess] += 1
      support[label] += 1
      if guess == label { correct[label] += 1 }
    }
    let used = support.indices.filter { support[$0] > 0 }
    let sum = used.reduce(0.0) {
      $0 + 2 * Double(correct[$1]) / Double(predictions[$1] + support[$1])
    }
    return sum / Double(max(used.count, 1))
  }
}
