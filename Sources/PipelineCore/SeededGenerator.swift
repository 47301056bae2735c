/// Random numbers that depend only on a key: the same on every machine, for any number of threads.
///
/// Each place that needs randomness makes its own generator from the seed and from where it stands
/// (epoch, batch, shard), so no thread ever waits for another's numbers.
///
/// Source: SplitMix64 (Steele, Lea, Flood 2014). `Float.random(in:using:)` and `shuffle(using:)` of
/// the standard library may change between releases; results must not, so the methods are our own.
public struct SeededGenerator: Sendable {
  private var state: UInt64

  /// A number that stands for this generator's place: for keying another stream from here.
  public var key: UInt64 { state }

  /// The generator for this seed and place.
  public init(seed: UInt64, _ place: Int...) {
    var state = ByteHash.mix(seed &+ 0x9e37_79b9_7f4a_7c15)
    for coordinate in place {
      state = ByteHash.combine(state, UInt64(bitPattern: Int64(coordinate)))
    }
    self.state = state
  }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }

  /// A number in `0..<bound`, by the high half of a product (bias below 2^-32 for our bounds).
  public mutating func next(below bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// A number in `0..<1` with 24 random bits.
  public mutating func uniform() -> Float {
    Float(next() >> 40) * 0x1p-24
  }

  /// A number in `range`.
  public mutating func uniform(in range: ClosedRange<Float>) -> Float {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// Shuffles in place (Fisher-Yates, from the end).
  public mutating func shuffle<Element>(_ elements: inout [Element]) {
    for last in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(last, next(below: last + 1))
    }
  }
}
