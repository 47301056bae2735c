/// Reads and writes the code points of validated UTF-8 text.
enum UTF8Scalars {
  /// Returns the code point that begins at `index` and its length in bytes.
  ///
  /// In invalid text, a byte that does not begin a complete sequence is read as U+FFFD, so nothing
  /// is read outside the text.
  @inline(__always)
  static func decode(
    _ bytes: UnsafeBufferPointer<UInt8>, at index: Int
  ) -> (scalar: UInt32, length: Int) {
    let lead = bytes[index]
    if lead < 0x80 { return (UInt32(lead), 1) }
    let left = bytes.count - index
    if lead < 0xE0 {
      guard lead >= 0xC0, left >= 2 else { return (0xFFFD, 1) }
      return (UInt32(lead & 0x1F) << 6 | tail(bytes[index + 1]), 2)
    }
    if lead < 0xF0 {
      guard left >= 3 else { return (0xFFFD, 1) }
      let high = UInt32(lead & 0x0F) << 12 | tail(bytes[index + 1]) << 6
      return (high | tail(bytes[index + 2]), 3)
    }
    guard left >= 4 else { return (0xFFFD, 1) }
    let high = UInt32(lead & 0x07) << 18 | tail(bytes[index + 1]) << 12
    let scalar = high | tail(bytes[index + 2]) << 6 | tail(bytes[index + 3])
    return scalar < 0x110000 ? (scalar, 4) : (0xFFFD, 1)
  }

  @inline(__always)
  private static func tail(_ byte: UInt8) -> UInt32 { UInt32(byte & 0x3F) }

  /// Appends the UTF-8 bytes of `scalar`.
  @inline(__always)
  static func append(_ scalar: UInt32, to bytes: inout [UInt8]) {
    if scalar < 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: scalar))
      return
    }
    if scalar < 0x800 {
      bytes.append(UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6))
    } else {
      if scalar < 0x10000 {
        bytes.append(UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12))
      } else {
        bytes.append(UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18))
        bytes.append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 12 & 0x3F))
      }
      bytes.append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F))
    }
    bytes.append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
  }

  /// Returns the first index from `start` whose byte is not ASCII, or the end of the text.
  @inline(__always)
  static func endOfASCII(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var index = start
    let raw = UnsafeRawBufferPointer(bytes)
    while index + 8 <= raw.count {
      let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      let high = UInt64(littleEndian: word) & 0x8080_8080_8080_8080
      if high != 0 { return index + high.trailingZeroBitCount / 8 }
      index += 8
    }
    while index < bytes.count, bytes[index] < 0x80 { index += 1 }
    return index
  }
}
