import Messages
import Platform

/// McNemar's test of whether two classifiers are equally often correct on the same documents.
///
/// Only documents on which one is correct and the other wrong matter. If both are equally good,
/// each of these documents is like a coin toss, so the test is an exact two-sided binomial test.
///
/// Source: McNemar 1947; Dietterich 1998 recommends it for classifiers that are trained once.
public struct McNemarTest: Sendable, Equatable {
  /// The number of documents on which only the first classifier is correct.
  public let onlyFirst: Int
  /// The number of documents on which only the second classifier is correct.
  public let onlySecond: Int
  /// The probability of a difference at least this large if both classifiers are equally good.
  public let pValue: Double

  /// Computes the test from the two counts.
  public init(onlyFirst: Int, onlySecond: Int) {
    self.onlyFirst = onlyFirst
    self.onlySecond = onlySecond
    let (count, least) = (onlyFirst + onlySecond, min(onlyFirst, onlySecond))
    // P(X <= least) for X ~ Binomial(count, 1/2), from the largest term down. From one term to the
    // next, k decreases by 1, and the term is multiplied by k / (count - k + 1).
    let first =
      lgamma(Double(count + 1)) - lgamma(Double(least + 1))
      - lgamma(Double(count - least + 1)) - Double(count) * log(2)
    var (sum, term) = (0.0, 1.0)
    for number in stride(from: least, through: 0, by: -1) where term > 1e-18 {
      sum += term
      term *= Double(number) / Double(count - number + 1)
    }
    pValue = min(1, 2 * exp(first) * sum)
  }

  /// Returns whether the p-value is below 0.05 divided by the number of differences that are
  /// tested (Bonferroni).
  func isSignificant(among differences: Int = 1) -> Bool { pValue < 0.05 / Double(differences) }

  /// The p-value with its relation, such as `= 0.0768`.
  var shownPValue: String {
    pValue < 0.0001 ? "< 0.0001" : "= \(NumberFormat.decimal(pValue, 4))"
  }

  /// Compares two evaluations of the same documents.
  init(_ first: [Bool], _ second: [Bool]) {
    let pairs = zip(first, second)
    self.init(
      onlyFirst: pairs.count { $0 && !$1 }, onlySecond: pairs.count { !$0 && $1 })
  }
}
