extension ArraySlice<Float> {
  /// Returns the mean of the rows of a matrix, `[n, width]`; zeros if it has no rows.
  package func meanRow(width: Int) -> [Float] {
    var sums = [Double](repeating: 0, count: width)
    for start in stride(from: startIndex, to: endIndex, by: width) {
      for column in 0..<width { sums[column] += Double(self[start + column]) }
    }
    let rows = Double(Swift.max(count / width, 1))
    return sums.map { Float($0 / rows) }
  }
}
