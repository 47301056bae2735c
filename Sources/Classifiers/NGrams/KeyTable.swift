/// Numbers keys in the order in which they came.
struct KeyTable: Sendable {
  /// Key `k` has the number `k`.
  private(set) var keys: [UInt64] = []
  /// Open addressing: number + 1, or 0 for a free slot; the size is a power of two.
  private var slots: [Int32] = Array(repeating: 0, count: 16)

  /// A table without keys.
  init() {}

  /// The number of a key, or `nil`.
  func number(of key: UInt64) -> Int? {
    let found = slots[slot(for: key)]
    return found == 0 ? nil : Int(found) - 1
  }

  /// The number of a key, which is added unless it is there.
  mutating func insert(_ key: UInt64) -> Int {
    let place = slot(for: key)
    if slots[place] != 0 { return Int(slots[place]) - 1 }
    keys.append(key)
    slots[place] = Int32(keys.count)
    if keys.count * 2 > slots.count { grow() }
    return keys.count - 1
  }

  /// The slot that holds `key`, or the free one where it would go. Keys are hashes: any bits do.
  private func slot(for key: UInt64) -> Int {
    let mask = slots.count - 1
    var place = Int(truncatingIfNeeded: key) & mask
    while slots[place] != 0, keys[Int(slots[place]) - 1] != key { place = (place + 1) & mask }
    return place
  }

  private mutating func grow() {
    slots = Array(repeating: 0, count: slots.count * 4)
    for (number, key) in keys.enumerated() { slots[slot(for: key)] = Int32(number + 1) }
  }
}
