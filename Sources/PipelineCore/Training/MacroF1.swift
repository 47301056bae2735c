/// The macro F1 of predictions, collected document by document.
///
///     F1 = 2 correct / (support + predictions)
///
/// The mean is over all labels that are expected or predicted at least once, as in
/// scikit-learn's `f1_score(average="macro", zero_division=0)`.
package struct MacroF1: Sendable {
  private var correct: [Int]
  private var total: [Int]

  /// Creates a score without documents, for labels `0..<labelCount`.
  package init(labelCount: Int) {
    correct = Array(repeating: 0, count: labelCount)
    total = correct
  }

  /// Adds a document.
  package mutating func add(expected: Int, predicted: Int) {
    total[expected] += 1
    total[predicted] += 1
    if expected == predicted { correct[expected] += 1 }
  }

  /// The score; 0 without documents.
  package var value: Double {
    let present = total.indices.filter { total[$0] > 0 }
    let sum = present.reduce(0.0) { $0 + 2 * Double(correct[$1]) / Double(total[$1]) }
    return present.isEmpty ? 0 : sum / Double(present.count)
  }
}
