import PipelineCore

/// Draws words at random, frequent ones more often: in proportion to `count^0.75`.
///
/// **Source:** the power, Mikolov and others 2013; drawing in constant time by Walker's aliases, set
/// up as Vose does: each word has a column of equal height, the part of it above the word's own share
/// belongs to one other word.
struct NoiseWords: Sendable {
  /// The share of column `k` that is word `k`'s own, of 2^32.
  private let own: [UInt32]
  /// The word that has the rest.
  private let other: [Int32]

  /// Noise for words seen so often.
  init(counts: [Int]) {
    // Two square roots: unlike a power they are the same bits on every machine.
    let weights = counts.map { count -> Double in
      let root = Double(count).squareRoot()
      return root * root.squareRoot()
    }
    let total = weights.reduce(0, +)
    var shares = weights.map { $0 / total * Double(counts.count) }
    var own = [UInt32](repeating: .max, count: counts.count)
    var other = counts.indices.map { Int32($0) }
    var small = shares.indices.filter { shares[$0] < 1 }
    var large = shares.indices.filter { shares[$0] >= 1 }
    while let poor = small.popLast(), let rich = large.last {
      own[poor] = UInt32(shares[poor] * 0x1p32)
      other[poor] = Int32(rich)
      shares[rich] -= 1 - shares[poor]
      if shares[rich] < 1 {
        large.removeLast()
        small.append(rich)
      }
    }
    self.own = own
    self.other = other
  }

  /// A word.
  @inline(__always)
  func draw(_ generator: inout SeededGenerator) -> Int32 {
    let bits = generator.next()
    let column = Int(((bits >> 32) &* UInt64(own.count)) >> 32)
    return UInt32(truncatingIfNeeded: bits) < own[column] ? Int32(column) : other[column]
  }
}
