import PipelineCore

/// The norms of a set of vectors, and warnings about unusual ones.
struct VectorMagnitudes {
  /// The norms, in ascending order.
  let norms: [Double]

  /// Creates magnitudes from norms in any order.
  init(_ norms: [Double]) { self.norms = norms.sorted() }

  /// Computes the norms of the rows of a matrix, `[n, width]`.
  init(rows: ArraySlice<Float>, width: Int) {
    self.init(
      stride(from: rows.startIndex, to: rows.endIndex, by: max(width, 1)).map {
        rows[$0..<$0 + width].norm
      })
  }

  /// The smallest norm; 0 if there are no vectors.
  var least: Double { norms.first ?? 0 }
  /// The largest norm; 0 if there are no vectors.
  var largest: Double { norms.last ?? 0 }
  /// The median norm; 0 if there are no vectors.
  var median: Double { norms.isEmpty ? 0 : norms[norms.count / 2] }
  /// The mean norm; 0 if there are no vectors.
  var mean: Double { norms.reduce(0, +) / Double(max(norms.count, 1)) }
  /// The number of zero vectors.
  var zeros: Int { norms.prefix { $0 == 0 }.count }

  /// The maximum factor by which the norms of real vectors differ from their median, and the median
  /// from 1.
  private static let limit = 1e6

  /// Returns sentences about anything unusual.
  ///
  /// - Parameter zeroShare: the share of zero vectors up to which they cause no warning.
  func warnings(zeroShare: Double = 0) -> [String] {
    var warnings: [String] = []
    if Double(zeros) > zeroShare * Double(norms.count) {
      warnings.append(
        "\(zeros) of \(norms.count) vectors are zero, so their words are treated alike")
    }
    let others = norms[zeros...]
    if let first = others.first, let last = others.last {
      let middle = others[zeros + others.count / 2]
      let isUsual =
        last <= middle * Self.limit && first * Self.limit >= middle
        && (1 / Self.limit...Self.limit).contains(middle)
      if !isUsual {
        warnings.append(
          "the vector norms range from \(Self.short(first)) to \(Self.short(last)), median "
            + "\(Self.short(middle)); the file may be damaged or in another number format")
      }
    }
    return warnings
  }

  /// Formats a norm briefly: with four decimals, or with an exponent if it is extremely small or
  /// large.
  static func short(_ value: Double) -> String {
    guard value != 0, !(1e-3...1e12).contains(value) else {
      return "\((value * 10_000).rounded() / 10_000)"
    }
    var (digits, exponent) = (value, 0)
    while digits >= 10 { (digits, exponent) = (digits / 10, exponent + 1) }
    while digits < 1 { (digits, exponent) = (digits * 10, exponent - 1) }
    return "\((digits * 100).rounded() / 100)e\(exponent)"
  }
}

extension Collection<Float> {
  /// The Euclidean norm. Squares of floats neither underflow nor overflow in `Double`.
  var norm: Double { reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot() }
}
