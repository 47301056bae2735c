/// A 64-bit digest of numbers, with which processes check that they hold the same state. It detects
/// accidents, not attacks, and is not stored in any file.
package struct StateDigest {
  /// The digest of everything added so far.
  package private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  /// Creates an empty digest.
  package init() {}

  /// Adds a number.
  package mutating func add(_ number: UInt64) { value = ByteHash.combine(value, number) }

  /// Adds the bytes of a string.
  package mutating func add(_ text: String) { add(ByteHash.hash(text.utf8)) }

  /// Adds an array: FNV-1a over 8-byte words instead of single bytes, in four interleaved parts
  /// that can be computed in parallel.
  package mutating func add<Element: BitwiseCopyable>(_ values: [Element]) {
    values.withUnsafeBytes { add(bytes: $0) }
  }

  /// Adds bytes.
  package mutating func add(bytes: UnsafeRawBufferPointer) {
    let prime: UInt64 = 0x0000_0100_0000_01b3
    var (a, b, c, d): (UInt64, UInt64, UInt64, UInt64) = (1, 2, 3, 4)
    var offset = 0
    func word(_ place: Int) -> UInt64 {
      bytes.loadUnaligned(fromByteOffset: offset + 8 * place, as: UInt64.self)
    }
    // A product alone would never carry the highest bit, the sign of a number, into other bits.
    func mixed(_ part: UInt64, _ word: UInt64) -> UInt64 {
      let product = (part ^ word) &* prime
      return product ^ (product >> 32)
    }
    while offset + 32 <= bytes.count {
      a = mixed(a, word(0))
      b = mixed(b, word(1))
      c = mixed(c, word(2))
      d = mixed(d, word(3))
      offset += 32
    }
    for part in [a, b, c, d] { add(part) }
    add(
      ByteHash.hash(
        contiguous: UnsafeRawBufferPointer(rebasing: bytes[offset...]).bindMemory(to: UInt8.self)))
    add(UInt64(bytes.count))
  }
}
