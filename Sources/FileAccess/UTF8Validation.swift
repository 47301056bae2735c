/// Strict validation of UTF-8.
public enum UTF8Validation {
  /// Returns the offset of the first ill-formed sequence, or `nil` if `bytes` is valid UTF-8.
  ///
  /// Overlong forms, surrogates (U+D800...U+DFFF) and values above U+10FFFF are ill-formed.
  /// **Source**: The Unicode Standard, table 3-7, "Well-Formed UTF-8 Byte Sequences".
  public static func firstInvalidByte(in bytes: some Collection<UInt8>) -> Int? {
    if let result = bytes.withContiguousStorageIfAvailable(scan) { return result }
    return Array(bytes).withUnsafeBufferPointer(scan)
  }

  private static func scan(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    let raw = UnsafeRawBufferPointer(bytes)
    var index = 0
    while index < bytes.count {
      if bytes[index] < 0x80 {
        // Skip runs of ASCII eight bytes at a time, while no high bit is set.
        index += 1
        while index + 8 <= bytes.count,
          raw.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
        {
          index += 8
        }
        continue
      }
      guard let length = sequenceLength(bytes, at: index) else { return index }
      index += length
    }
    return nil
  }

  /// Returns the length of the non-ASCII sequence at `index`, or `nil` if it is ill-formed.
  private static func sequenceLength(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int? {
    // The first byte determines the length and the range of the second byte.
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xbf
    switch bytes[index] {
    case 0xc2...0xdf: length = 2
    case 0xe0: (length, second) = (3, 0xa0...0xbf)
    case 0xed: (length, second) = (3, 0x80...0x9f)
    case 0xe1...0xef: length = 3
    case 0xf0: (length, second) = (4, 0x90...0xbf)
    case 0xf1...0xf3: length = 4
    case 0xf4: (length, second) = (4, 0x80...0x8f)
    default: return nil
    }
    guard index + length <= bytes.count, second.contains(bytes[index + 1]) else { return nil }
    for offset in 2..<max(2, length) where bytes[index + offset] & 0xc0 != 0x80 { return nil }
    return length
  }
}
