/// Generates gzip data, so that tests need neither a program nor fixtures.
package enum Gzip {
  /// Returns a gzip member that stores `bytes` uncompressed.
  package static func stored(_ bytes: [UInt8]) -> [UInt8] {
    var blocks: [UInt8] = []
    var start = 0
    repeat {
      let end = min(start + 0xffff, bytes.count)
      let length = UInt16(end - start)
      blocks.append(end == bytes.count ? 1 : 0)
      blocks += [UInt8(length & 255), UInt8(length >> 8)]
      blocks += [UInt8(~length & 255), UInt8(~length >> 8)]
      blocks += bytes[start..<end]
      start = end
    } while start < bytes.count
    return member(blocks, holding: bytes)
  }

  /// Returns a gzip member that expands to `1 + 258 * runs` zeros, with 13 bits per run.
  package static func zeros(runs: Int) -> [UInt8] {
    // One final block with fixed codes: a zero, then copies of length 258 at distance 1.
    var bits: [UInt8] = [1, 1, 0] + [0, 0, 1, 1, 0, 0, 0, 0]
    for _ in 0..<runs { bits += [1, 1, 0, 0, 0, 1, 0, 1] + [0, 0, 0, 0, 0] }
    bits += [0, 0, 0, 0, 0, 0, 0]
    var packed = [UInt8](repeating: 0, count: (bits.count + 7) / 8)
    for (index, bit) in bits.enumerated() { packed[index / 8] |= bit << UInt8(index % 8) }
    return member(packed, holding: [UInt8](repeating: 0, count: 1 + 258 * runs))
  }

  private static func member(_ deflated: [UInt8], holding bytes: [UInt8]) -> [UInt8] {
    [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255] + deflated + littleEndian(crc32(bytes))
      + littleEndian(UInt32(truncatingIfNeeded: bytes.count))
  }

  private static func littleEndian(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
  }

  private static func crc32(_ bytes: [UInt8]) -> UInt32 {
    var table: [UInt32] = []
    for entry in UInt32(0)..<256 {
      var value = entry
      for _ in 0..<8 { value = value & 1 == 1 ? 0xedb8_8320 ^ (value >> 1) : value >> 1 }
      table.append(value)
    }
    var sum: UInt32 = 0xffff_ffff
    for byte in bytes { sum = table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ (sum >> 8) }
    return ~sum
  }
}
