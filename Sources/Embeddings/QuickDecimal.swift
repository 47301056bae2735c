/// The front door of `DecimalNumber` for the numbers that vector files hold: reads eight digits at a
/// time and leaves whatever is out of the ordinary to the careful way.
package enum QuickDecimal {
  /// How many bytes behind the number must be readable, whatever they hold.
  package static let slack = 16

  /// Reads `[+-] digits [. digits]` with at most 19 digits up to a byte that is neither a digit nor a
  /// point, and moves `position` there; `nil`, with `position` anywhere, for all other numbers.
  ///
  /// - Precondition: `slack` bytes behind the number can be read.
  @inline(__always)
  package static func read(_ position: inout UnsafePointer<UInt8>) -> Float? {
    var place = position
    let isNegative = place.pointee == UInt8(ascii: "-")
    if isNegative || place.pointee == UInt8(ascii: "+") { place += 1 }
    var mantissa: UInt64 = 0
    let start = place
    while case let digit = place.pointee &- UInt8(ascii: "0"), digit < 10 {
      mantissa = mantissa &* 10 &+ UInt64(digit)
      place += 1
      // Nobody writes so many; the loop must end before the mantissa runs over.
      if place - start > 19 { return nil }
    }
    var digits = place - start
    var fraction = 0
    if place.pointee == UInt8(ascii: ".") {
      place += 1
      var more = 8
      while more == 8 {
        let part: UInt64
        (part, more) = eightDigits(place)
        if digits + fraction + more > 19 { return nil }
        mantissa = mantissa &* smallPowers[more] &+ part
        fraction += more
        place += more
      }
    }
    digits += fraction
    // An exponent, or something that is no number: the careful way knows.
    guard digits > 0, place.pointee <= 0x20 else { return nil }
    position = place
    if mantissa == 0 { return isNegative ? -0.0 : 0.0 }
    return DecimalNumber.quickValue(
      mantissa: mantissa, exponent: -fraction, isNegative: isNegative)
  }

  /// The value of the digits at `place`, at most eight of them, and how many they are.
  ///
  /// Source: the multiplication of digit pairs is that of Lemire, Number Parsing at a Gigabyte per
  /// Second, 2021, section 4; shifting the digits that are there to the end makes shorter runs into
  /// eight digits with zeros before them.
  @inline(__always)
  private static func eightDigits(_ place: UnsafePointer<UInt8>) -> (value: UInt64, count: Int) {
    let loaded = UnsafeRawPointer(place).loadUnaligned(as: UInt64.self)
    // Little-endian order puts the first digit lowest.
    let bytes = UInt64(littleEndian: loaded) ^ 0x3030_3030_3030_3030
    let others = ((bytes & 0x7f7f_7f7f_7f7f_7f7f) &+ 0x7676_7676_7676_7676 | bytes)
    let count = (others & 0x8080_8080_8080_8080).trailingZeroBitCount / 8
    guard count > 0 else { return (0, 0) }
    var value = bytes << UInt64(64 - 8 * count)
    value = value &* 10 &+ (value >> 8)
    let low = (value & 0x0000_00ff_0000_00ff) &* 0x000f_4240_0000_0064
    let high = ((value >> 16) & 0x0000_00ff_0000_00ff) &* 0x0000_2710_0000_0001
    return ((low &+ high) >> 32, count)
  }
}

/// Powers of ten for up to eight digits.
private let smallPowers: [UInt64] = [
  1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000,
]
