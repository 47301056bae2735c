/// A 64-bit hash of bytes that is the same in every process and on every machine.
///
/// The standard library's hashes are seeded per process, so no result may depend on them. The
/// hashes computed here select the buckets of n-gram features and are therefore part of every
/// model: never change them.
public enum ByteHash {
  /// Returns the hash of `bytes`: FNV-1a, then a finalizer that mixes the low-entropy high bits.
  ///
  /// **Source:** Fowler, Noll, Vo (FNV-1a, 64 bits); MurmurHash3's finalizer (Appleby).
  public static func hash(_ bytes: some Collection<UInt8>) -> UInt64 {
    bytes.withContiguousStorageIfAvailable { hash(contiguous: $0) }
      ?? Array(bytes).withUnsafeBufferPointer { hash(contiguous: $0) }
  }

  /// Returns the hash of contiguous bytes.
  package static func hash(contiguous bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var value: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes {
      value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }
    return mix(value)
  }

  /// Returns the hash of an ordered pair of hashes, for n-grams.
  public static func combine(_ first: UInt64, _ second: UInt64) -> UInt64 {
    mix(first &* 0x9e37_79b9_7f4a_7c15 &+ second)
  }

  /// Applies the 64-bit finalizer of MurmurHash3: every input bit affects every output bit.
  public static func mix(_ input: UInt64) -> UInt64 {
    var value = input
    value = (value ^ (value >> 33)) &* 0xff51_afd7_ed55_8ccd
    value = (value ^ (value >> 33)) &* 0xc4ce_b9fe_1a85_ec53
    return value ^ (value >> 33)
  }
}
