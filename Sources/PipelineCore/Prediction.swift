/// What a trained pipeline says of one document.
public struct Prediction: Sendable, Equatable {
  /// The probability of each label, by label number; sums to 1.
  public var probabilities: [Float]
  /// What was noticed on the way: cut, empty, unknown words.
  public var warnings: [DocumentWarning]

  /// How many tokens the document had, after cutting.
  public var tokenCount: Int

  /// A prediction of these probabilities.
  public init(probabilities: [Float], warnings: [DocumentWarning] = [], tokenCount: Int = 0) {
    self.probabilities = probabilities
    self.warnings = warnings
    self.tokenCount = tokenCount
  }

  /// The number of the likeliest label; the lowest number among equals.
  public var best: Int {
    var best = 0
    for label in probabilities.indices where probabilities[label] > probabilities[best] {
      best = label
    }
    return best
  }

  /// The `count` likeliest label numbers, best first, equals in label order.
  public func top(_ count: Int) -> [Int] {
    let order = probabilities.indices.sorted {
      (probabilities[$1], $0) < (probabilities[$0], $1)
    }
    return Array(order.prefix(count))
  }
}
