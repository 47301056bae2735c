/// A classifier whose training has a cost that is known before it starts, so that `training.minutes` can
/// limit it.
package protocol BudgetedClassifier: Classifier {
  /// Returns the number of multiply-adds that classifying a token takes.
  func multiplyAddsPerToken(vectorWidth: Int) -> Double
  /// The classifier that is its linear part alone; `nil` without one.
  var linearAlternative: (any Classifier)? { get }
}
