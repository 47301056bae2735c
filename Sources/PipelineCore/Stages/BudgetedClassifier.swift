/// A classifier whose training cost is known in advance, so that `training.minutes` can limit it.
package protocol BudgetedClassifier: Classifier {
  /// Returns the number of multiply-adds needed to classify one token.
  func multiplyAddsPerToken(vectorWidth: Int) -> Double
  /// A classifier that consists of the linear part alone; `nil` if there is no linear part.
  var linearAlternative: (any Classifier)? { get }
}
