import Docket
import Testing

@Suite("Quartiles")
struct QuartilesTests {
  /// Values of NumPy: `quantile(values, [0, .25, .5, .75, 1], method="inverted_cdf")`.
  @Test(
    "Each is a number that occurs, as NumPy finds it",
    arguments: [
      ([7], [7, 7, 7, 7, 7]), ([4, 2], [2, 2, 2, 4, 4]), ([3, 1, 2], [1, 1, 2, 3, 3]),
      ([4, 3, 2, 1], [1, 1, 2, 3, 4]), ([5, 1, 4, 2, 3], [1, 2, 3, 4, 5]),
      ([9, 9, 1, 1, 5, 6, 2, 30], [1, 1, 5, 9, 30]),
      ([10, 20, 30, 40, 50, 60, 70, 80, 90], [10, 30, 50, 70, 90]),
    ])
  func asNumPy(values: [Int], expected: [Int]) {
    let found = Quartiles(values)
    #expect(
      [found.least, found.first, found.median, found.third, found.greatest] == expected)
  }

  @Test("Of nothing they are 0")
  func nothing() { #expect(Quartiles([]) == Quartiles([0])) }
}
