import FileAccess
import Messages

/// How numbers are spread: the least, the greatest, and those that a quarter, half and three
/// quarters of all do not exceed.
///
/// The value at share `q` of `n` sorted numbers is the one at place `ceil(q * n)`, from 1: always a
/// number that occurs.
public struct Quartiles: Sendable, Equatable {
  /// The least.
  public var least = 0
  /// A quarter are at most this.
  public var first = 0
  /// Half are at most this.
  public var median = 0
  /// Three quarters are at most this.
  public var third = 0
  /// The greatest.
  public var greatest = 0

  /// The quartiles of `values`; all 0 when there are none.
  public init(_ values: [Int]) {
    let sorted = values.sorted()
    guard let least = sorted.first, let greatest = sorted.last else { return }
    let place = { (quarters: Int) in sorted[(quarters * sorted.count + 3) / 4 - 1] }
    (self.least, self.greatest) = (least, greatest)
    (first, median, third) = (place(1), place(2), place(3))
  }

  /// `3 to 97, quartiles 11, 20, 34`
  var text: String {
    let figures = [least, greatest, first, median, third].map(NumberFormat.integer)
    return "\(figures[0]) to \(figures[1]), quartiles \(figures[2...].joined(separator: ", "))"
  }

  /// The five numbers from the least to the greatest.
  var json: JSONValue {
    .array([least, first, median, third, greatest].map { .integer($0) })
  }
}
