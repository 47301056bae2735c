import PipelineCore

/// A hash table that maps the key of each feature to its index. The keys may be in a memory-mapped
/// file.
struct NGramIndex: Sendable {
  /// The two halves of each key, 24 bits each, `[F, 2]`, as in a model file: floats represent them
  /// exactly.
  let halves: SharedArray<Float>
  /// The slots, with open addressing: index + 1 in the low 24 bits, 0 for a free slot, and the
  /// highest 8 bits of the key in the rest, so that a lookup rarely reads a key that does not
  /// match. Their number is a power of two.
  private var slots: [UInt32]
  /// The number of features, `F`. If a file has invalid keys, this is the number of keys before the
  /// first invalid one.
  private(set) var count: Int

  /// The number of n-grams that are looked up at the same time.
  private static let group = 64
  /// The maximum number of features.
  static let limit = 1 << 24 - 1

  /// Creates an index of these distinct keys.
  init(of keys: [UInt64]) {
    self.init(
      halves: SharedArray(keys.flatMap { [Float($0 >> 24), Float($0 & 0xff_ffff)] }))
    precondition(count == keys.count, "the keys are distinct and have 48 bits")
  }

  /// Creates an index of keys from a file, up to the first one that is repeated or has too many
  /// bits.
  init(halves: SharedArray<Float>) {
    self.halves = halves
    count = 0
    var size = 16
    let total = min(halves.count / 2, Self.limit)
    while total * 4 > size * 3 { size *= 2 }
    slots = Array(repeating: 0, count: size)
    count = slots.withUnsafeMutableBufferPointer { slots in
      halves.withUnsafeBufferPointer { halves in
        for number in 0..<total {
          guard let key = Self.key(halves, number) else { return number }
          let place = Self.place(of: key, UnsafeBufferPointer(slots), halves)
          if slots[place] != 0 { return number }
          slots[place] = UInt32(key >> 40) << 24 | UInt32(number + 1)
        }
        return total
      }
    }
  }

  /// Returns the key of a feature; `nil` if its halves are not whole numbers of 24 bits.
  private static func key(_ halves: UnsafeBufferPointer<Float>, _ number: Int) -> UInt64? {
    let (high, low) = (halves[2 * number], halves[2 * number + 1])
    guard high >= 0, high < 0x100_0000, low >= 0, low < 0x100_0000 else { return nil }
    let (first, second) = (UInt32(high), UInt32(low))
    guard Float(first) == high, Float(second) == low else { return nil }
    return UInt64(first) << 24 | UInt64(second)
  }

  /// Returns the slot of `key`, or the free slot in which to insert it. Keys are hashes, so any of
  /// their bits will do.
  private static func place(
    of key: UInt64, _ slots: UnsafeBufferPointer<UInt32>,
    _ halves: UnsafeBufferPointer<Float>
  ) -> Int {
    let mask = slots.count - 1
    let tag = UInt32(key >> 40)
    let (high, low) = (Float(UInt32(key >> 24)), Float(UInt32(key & 0xff_ffff)))
    var place = Int(truncatingIfNeeded: key) & mask
    while true {
      let slot = slots[place]
      if slot == 0 { return place }
      if slot >> 24 == tag {
        let number = Int(slot & 0xff_ffff) - 1
        if halves[2 * number + 1] == low, halves[2 * number] == high { return place }
      }
      place = (place + 1) & mask
    }
  }

  /// Returns the index of a key; `nil` if it is not a feature.
  func row(of key: UInt64) -> Int? {
    withPointers { slots, halves in
      let found = slots[Self.place(of: key, slots, halves)]
      return found == 0 ? nil : Int(found & 0xff_ffff) - 1
    }
  }

  /// Looks up n-grams.
  ///
  /// - Parameter known: receives the n-grams that are features, in the same order; must have room
  ///   for all.
  /// - Returns: the number of n-grams that are features.
  func find(
    _ keys: UnsafeBufferPointer<KeyCount>,
    known: UnsafeMutableBufferPointer<FeatureScratch.Known>
  ) -> Int {
    withPointers { slots, halves in
      let mask = slots.count - 1
      var count = 0
      for start in stride(from: 0, to: keys.count, by: Self.group) {
        let group = start..<min(start + Self.group, keys.count)
        // Each slot is a cache miss, and independent cache misses overlap.
        var seen: UInt32 = 0
        for k in group { seen |= slots[Int(truncatingIfNeeded: keys[k].key) & mask] }
        if seen == 0 { continue }
        for k in group {
          let found = slots[Self.place(of: keys[k].key, slots, halves)]
          guard found != 0 else { continue }
          known[count] = FeatureScratch.Known(
            key: keys[k].key, row: Int32(found & 0xff_ffff) - 1,
            count: Int32(truncatingIfNeeded: keys[k].count))
          count += 1
        }
      }
      return count
    }
  }

  private func withPointers<Result>(
    _ body: (UnsafeBufferPointer<UInt32>, UnsafeBufferPointer<Float>) -> Result
  ) -> Result {
    slots.withUnsafeBufferPointer { slots in
      halves.withUnsafeBufferPointer { body(slots, $0) }
    }
  }
}
