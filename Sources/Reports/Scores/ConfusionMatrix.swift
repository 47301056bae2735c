/// How often each class was taken for each: rows are what was expected, columns what was predicted.
///
/// Only cells that are not 0 take memory, so ten thousand classes cost no more than the documents.
public struct ConfusionMatrix: Sendable, Equatable {
  /// How many classes: `C`.
  public let classCount: Int
  /// The sum of each row: how many documents of the class there were.
  public private(set) var support: [Int]
  /// The sum of each column: how often the class was predicted.
  public private(set) var predictions: [Int]
  /// The diagonal.
  public private(set) var correct: [Int]
  /// The count of cell `expected * classCount + predicted`; its order must reach no result.
  private var cells: [Int: Int] = [:]

  /// A matrix of zeros, `[C, C]`.
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

  /// How many documents of class `expected` were taken for `predicted`.
  public subscript(expected expected: Int, predicted predicted: Int) -> Int {
    cells[expected * classCount + predicted] ?? 0
  }

  /// One row, dense.
  public func row(_ expected: Int) -> [Int] {
    (0..<classCount).map { self[expected: expected, predicted: $0] }
  }

  /// How many documents were counted.
  public var total: Int { support.reduce(0, +) }

  /// The share of documents on the diagonal; 0 for an empty matrix.
  public var accuracy: Double { ratio(correct.reduce(0, +), total) }

  /// Of the documents given this class, the share that have it; 0 if there are none.
  public func precision(_ label: Int) -> Double { ratio(correct[label], predictions[label]) }

  /// Of the documents that have this class, the share that got it; 0 if there are none.
  public func recall(_ label: Int) -> Double { ratio(correct[label], support[label]) }

  /// The harmonic mean of precision and recall; 0 if both are.
  ///
  ///     F1 = 2 correct / (support + predictions)
  public func f1(_ label: Int) -> Double {
    ratio(2 * correct[label], support[label] + predictions[label])
  }

  /// The plain mean of F1 over the classes that occur in the truth or among the predictions.
  ///
  /// A class that occurs in neither says nothing and is left out; a class of the truth that was
  /// never predicted counts with 0. This is what scikit-learn's
  /// `f1_score(average="macro", zero_division=0)` gives when it is not told the labels.
  public var macroF1: Double {
    let present = (0..<classCount).filter { support[$0] + predictions[$0] > 0 }
    return present.isEmpty ? 0 : present.reduce(0) { $0 + f1($1) } / Double(present.count)
  }

  /// The mean of F1 over the classes, each weighted by how many documents it has.
  public var weightedF1: Double {
    let sum = (0..<classCount).reduce(0) { $0 + f1($1) * Double(support[$1]) }
    return total == 0 ? 0 : sum / Double(total)
  }

  /// The cells off the diagonal that are not 0: largest first, equals in class order.
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

/// A class that was taken for another.
public struct ConfusedPair: Sendable, Equatable {
  /// The number of the class that would have been right.
  public var expected: Int
  /// The number of the class that was predicted.
  public var predicted: Int
  /// In how many documents.
  public var count: Int
}
