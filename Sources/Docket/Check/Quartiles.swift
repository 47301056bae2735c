import FileAccess
import Messages

/// The minimum, maximum and quartiles of a list of numbers.
///
/// The quantile `q` of `n` sorted numbers is the number at position `ceil(q * n)`, counting from 1.
/// It is always one of the numbers.
public struct Quartiles: Sendable, Equatable {
  /// The minimum.
  public var least = 0
  /// The first quartile.
  public var first = 0
  /// The median.
  public var median = 0
  /// The third quartile.
  public var third = 0
  /// The maximum.
  public var greatest = 0

  /// Computes the quartiles of `values`; all are 0 if `values` is empty.
  public init(_ values: [Int]) {
    let sorted = values.sorted()
    guard let least = sorted.first, let greatest = sorted.last else { return }
    let value = { (quarters: Int) in sorted[(quarters * sorted.count + 3) / 4 - 1] }
    (self.least, self.greatest) = (least, greatest)
    (first, median, third) = (value(1), value(2), value(3))
  }

  /// The range and the quartiles in words, such as `3 to 97, quartiles 11, 20, 34`.
  var text: String {
    let values = [least, greatest, first, median, third].map(NumberFormat.integer)
    return "\(values[0]) to \(values[1]), quartiles \(values[2...].joined(separator: ", "))"
  }

  /// The five numbers in ascending order.
  var json: JSONValue {
    .array([least, first, median, third, greatest].map { .integer($0) })
  }
}
