/// A random number generator whose output depends only on a key: the same on every machine and for
/// any number of threads.
///
/// Code that needs random numbers creates a generator from the seed and its coordinates (epoch,
/// batch, shard), so that threads share no state.
///
/// **Source:** SplitMix64 (Steele, Lea, Flood 2014). `Float.random(in:using:)` and
/// `shuffle(using:)` of the standard library may change between releases. Results must not, so this
/// type has its own versions.
public struct SeededGenerator: Sendable {
  private var state: UInt64

  /// The current state, as a seed for another generator.
  public var key: UInt64 { state }

  /// Creates a generator from a seed and coordinates, such as epoch, batch and shard.
  public init(seed: UInt64, _ coordinates: Int...) {
    var state = ByteHash.mix(seed &+ 0x9e37_79b9_7f4a_7c15)
    for coordinate in coordinates {
      state = ByteHash.combine(state, UInt64(bitPattern: Int64(coordinate)))
    }
    self.state = state
  }

  /// Returns the next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }

  /// Returns a number in `0..<bound`. It is the high half of a product, with a bias below 2^-32 for
  /// bounds below 2^32.
  public mutating func next(below bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// Returns a number in `0..<1` with 24 random bits.
  public mutating func uniform() -> Float {
    Float(next() >> 40) * 0x1p-24
  }

  /// Returns a number in `range`.
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
