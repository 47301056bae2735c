/// A hash table for counting n-grams. It assigns indices to keys in order of insertion.
struct KeyTable: Sendable {
  /// The keys in order of insertion.
  private(set) var keys: [UInt64] = []
  /// The slots, with open addressing: index + 1, or 0 for a free slot. Their number is a power of
  /// two.
  private var slots: [Int32] = Array(repeating: 0, count: 16)

  /// Creates an empty table.
  init() {}

  /// Returns the index of a key, adding the key if it is new.
  mutating func insert(_ key: UInt64) -> Int {
    let slot = slot(for: key)
    if slots[slot] != 0 { return Int(slots[slot]) - 1 }
    keys.append(key)
    slots[slot] = Int32(keys.count)
    if keys.count * 2 > slots.count { grow() }
    return keys.count - 1
  }

  /// Returns the slot that holds `key`, or the free slot in which to insert it. Keys are hashes, so
  /// any of their bits will do.
  private func slot(for key: UInt64) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: key) & mask
    while slots[slot] != 0, keys[Int(slots[slot]) - 1] != key { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func grow() {
    slots = Array(repeating: 0, count: slots.count * 4)
    for (number, key) in keys.enumerated() { slots[slot(for: key)] = Int32(number + 1) }
  }
}
