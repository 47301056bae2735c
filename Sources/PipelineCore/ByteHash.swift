/// A 64-bit hash of bytes that is the same in every process and on every machine.
///
/// Swift's own hashing is seeded per process, so it must never reach a result. This one decides
/// buckets of n-gram features, so its values are part of what a model means: never change it.
public enum ByteHash {
  /// FNV-1a over the bytes, then a finalizer that spreads the low-entropy high bits.
  ///
  /// Source: Fowler, Noll, Vo (FNV-1a, 64 bit); finalizer of MurmurHash3 (Appleby).
  public static func hash(_ bytes: some Collection<UInt8>) -> UInt64 {
    bytes.withContiguousStorageIfAvailable { hash($0) } ?? hash(Array(bytes))
  }

  /// The same for bytes that lie in a row.
  static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var value: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes {
      value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }
    return mix(value)
  }

  /// The hash of two hashes in order: for n-grams.
  public static func combine(_ first: UInt64, _ second: UInt64) -> UInt64 {
    mix(first &* 0x9e37_79b9_7f4a_7c15 &+ second)
  }

  /// MurmurHash3's 64-bit finalizer: every input bit reaches every output bit.
  public static func mix(_ input: UInt64) -> UInt64 {
    var value = input
    value = (value ^ (value >> 33)) &* 0xff51_afd7_ed55_8ccd
    value = (value ^ (value >> 33)) &* 0xc4ce_b9fe_1a85_ec53
    return value ^ (value >> 33)
  }
}
