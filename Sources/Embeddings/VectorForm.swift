import PipelineCore

/// What is done to all vectors of a table before the classifier learns.
struct VectorForm {
  /// Whether the mean of the words' vectors is taken away from each.
  var isCentred: Bool
  /// Whether each vector is brought to length 1, after that; a vector of zeros stays one.
  var hasUnitNorm: Bool

  /// Brings the vectors of `table` into form, that of unknown words too.
  func apply(to table: inout EmbeddingTable) {
    let width = table.dimensions
    if isCentred {
      let mean = Self.mean(table.values[width...], width: width)
      for index in table.values.indices { table.values[index] -= mean[index % width] }
    }
    if hasUnitNorm {
      for start in stride(from: 0, to: table.values.count, by: width) {
        let squares = table.values[start..<start + width].reduce(0.0) {
          $0 + Double($1) * Double($1)
        }
        guard squares > 0 else { continue }
        let factor = Float(1 / squares.squareRoot())
        for index in start..<start + width { table.values[index] *= factor }
      }
    }
  }

  /// The mean of vectors that lie one after the other; zeros if there are none.
  static func mean(_ values: ArraySlice<Float>, width: Int) -> [Float] {
    var sums = [Double](repeating: 0, count: width)
    for (place, value) in values.enumerated() { sums[place % width] += Double(value) }
    let count = Double(max(values.count / width, 1))
    return sums.map { Float($0 / count) }
  }
}
