/// The counts of expected and predicted classes: rows are expected classes, columns are predicted
/// ones.
///
/// Only nonzero cells are stored, so even with ten thousand classes, memory depends only on the
/// number of documents.
public struct ConfusionMatrix: Sendable, Equatable {
  /// The number of classes: `C`.
  public let classCount: Int
  /// The sum of each row: the number of documents of the class.
  public private(set) var support: [Int]
  /// The sum of each column: the number of predictions of the class.
  public private(set) var predictions: [Int]
  /// The diagonal.
  public private(set) var correct: [Int]
  /// The count of each nonzero cell, `expected * classCount + predicted`. The order of the
  /// dictionary must not affect results.
  private var cells: [Int: Int] = [:]

  /// Creates a matrix of zeros, `[C, C]`.
  public init(classCount: Int) {
    self.classCount = classCount
    self.support = Array(repeating: 0, count: classCount)
    self.predictions = support
    self.correct = support
  }

  /// Counts one document.
  public mutating func add(expected: Int, predicted: Int) {
    support[expected] += 1
    predictions[predicted] += 1
    if expected == predicted { correct[expected] += 1 }
    cells[expected * classCount + predicted, default: 0] += 1
  }

  /// The number of documents of class `expected` that were predicted as `predicted`.
  public subscript(expected expected: Int, predicted predicted: Int) -> Int {
    cells[expected * classCount + predicted] ?? 0
  }

  /// Returns one row, `[C]`.
  public func row(_ expected: Int) -> [Int] {
    (0..<classCount).map { self[expected: expected, predicted: $0] }
  }

  /// The number of documents.
  public var total: Int { support.reduce(0, +) }

  /// The share of documents on the diagonal; 0 for an empty matrix.
  public var accuracy: Double { ratio(correct.reduce(0, +), total) }

  /// Returns the share of the documents predicted as this class that belong to it; 0 if there are
  /// none.
  public func precision(_ label: Int) -> Double { ratio(correct[label], predictions[label]) }

  /// Returns the share of the documents of this class that were predicted correctly; 0 if there are
  /// none.
  public func recall(_ label: Int) -> Double { ratio(correct[label], support[label]) }

  /// Returns the harmonic mean of precision and recall; 0 if both are 0.
  ///
  ///     F1 = 2 correct / (support + predictions)
  public func f1(_ label: Int) -> Double {
    ratio(2 * correct[label], support[label] + predictions[label])
  }

  /// The unweighted mean of F1 over all classes that are expected or predicted at least once.
  ///
  /// A class that is neither expected nor predicted is ignored; one that is never predicted counts
  /// as 0. This equals scikit-learn's `f1_score(average="macro", zero_division=0)` without
  /// `labels`.
  public var macroF1: Double { mean(f1) }

  private func mean(_ score: (Int) -> Double) -> Double {
    let present = (0..<classCount).filter { support[$0] + predictions[$0] > 0 }
    return present.isEmpty ? 0 : present.reduce(0) { $0 + score($1) } / Double(present.count)
  }

  /// The unweighted mean of the precision over the classes that occur or are predicted.
  public var macroPrecision: Double { mean(precision) }

  /// The unweighted mean of the recall over the classes that occur or are predicted.
  public var macroRecall: Double { mean(recall) }

  /// The mean of F1 over the classes, weighted by their number of documents.
  public var weightedF1: Double {
    let sum = (0..<classCount).reduce(0) { $0 + f1($1) * Double(support[$1]) }
    return total == 0 ? 0 : sum / Double(total)
  }

  /// The nonzero cells off the diagonal, largest first; ties are in class order.
  public var confusedPairs: [ConfusedPair] {
    cells.map { cell, count in
      ConfusedPair(expected: cell / classCount, predicted: cell % classCount, count: count)
    }
    .filter { $0.expected != $0.predicted }
    .sorted { ($1.count, $0.expected, $0.predicted) < ($0.count, $1.expected, $1.predicted) }
  }

  private func ratio(_ part: Int, _ whole: Int) -> Double {
    whole == 0 ? 0 : Double(part) / Double(whole)
  }
}

/// A pair of classes, one of which was predicted as the other.
public struct ConfusedPair: Sendable, Equatable {
  /// The index of the expected class.
  public var expected: Int
  /// The index of the predicted class.
  public var predicted: Int
  /// The number of documents.
  public var count: Int
}
