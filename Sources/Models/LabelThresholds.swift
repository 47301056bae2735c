import PipelineCore

/// A threshold for each label, by which its probability is divided before the largest is taken: a label
/// below 1 is given sooner than its probability alone would have it.
///
/// They are chosen for the best macro F1 on the validation documents, one label after the other over a
/// fixed grid until nothing gets better: probabilities serve accuracy, and small labels pay for it.
package struct LabelThresholds {
  /// By label number; empty when nothing gets better.
  package private(set) var values: [Float] = []
  /// Macro F1 on the validation documents before and after.
  package private(set) var macroF1 = (before: 0.0, after: 0.0)
  /// Exact binary fractions, so that text holds them as they are.
  private static let grid: [Float] = [
    0.25, 0.3125, 0.375, 0.4375, 0.5, 0.625, 0.75, 0.875, 1, 1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4,
  ]
  private static let roundLimit = 10

  /// Chooses thresholds for these probabilities, `[B][C]`, and labels.
  package init(_ probabilities: [[Float]], labels: [Int], labelCount: Int) {
    guard !labels.isEmpty else { return }
    var chosen = Array(repeating: Float(1), count: labelCount)
    var guesses = probabilities.map { Self.best($0, chosen).label }
    let before = Self.macroF1(guesses, labels: labels, labelCount: labelCount)
    var best = before
    for _ in 0..<Self.roundLimit {
      let start = best
      for label in 0..<labelCount {
        // What each document gets when it does not get this label.
        let rivals = probabilities.map { Self.best($0, chosen, except: label) }
        for candidate in Self.grid {
          let changed = zip(probabilities, rivals).map { row, rival in
            let own = row[label] / candidate
            return own > rival.score || (own == rival.score && label < rival.label)
              ? label : rival.label
          }
          let found = Self.macroF1(changed, labels: labels, labelCount: labelCount)
          if found > best { (best, guesses, chosen[label]) = (found, changed, candidate) }
        }
      }
      if best == start { break }
    }
    macroF1 = (before, best)
    if best > before { values = chosen }
  }

  /// Probabilities divided by thresholds, again with the sum 1.
  package static func apply(_ values: [Float], to probabilities: [Float]) -> [Float] {
    let scaled = zip(probabilities, values).map { $0 / $1 }
    let sum = scaled.reduce(0, +)
    return sum > 0 && sum.isFinite ? scaled.map { $0 / sum } : probabilities
  }

  /// The label with the largest quotient, the lowest among equals.
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

  /// The mean F1 of the labels that documents have.
  private static func macroF1(_ predicted: [Int], labels: [Int], labelCount: Int) -> Double {
    var (right, given, present) = (
      Array(repeating: 0, count: labelCount), Array(repeating: 0, count: labelCount),
      Array(repeating: 0, count: labelCount)
    )
    for (guess, label) in zip(predicted, labels) {
      given[guess] += 1
      present[label] += 1
      if guess == label { right[label] += 1 }
    }
    let used = present.indices.filter { present[$0] > 0 }
    let sum = used.reduce(0.0) { $0 + 2 * Double(right[$1]) / Double(given[$1] + present[$1]) }
    return sum / Double(max(used.count, 1))
  }
}
