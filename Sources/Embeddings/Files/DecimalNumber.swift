/// A decimal number parsed as a 32-bit float: correctly rounded, and the same in every locale.
///
/// The grammar is `[+-] digits [. digits] [e [+-] digits]` with at least one digit before or after
/// the point. Nothing else is allowed: no hexadecimal, underscores, commas or non-ASCII digits.
package enum DecimalNumber: Equatable {
  /// A finite number.
  case value(Float)
  /// A named infinity or NaN, or a number outside the range of 32-bit floats.
  case notFinite
  /// Not a number in this grammar.
  case malformed

  /// Parses all of `bytes`.
  ///
  /// The result is the nearest float, ties to even. A decimal with up to 19 digits and a power of
  /// ten up to 22 is computed in `Double` with an error of less than 2 units in the last place.
  /// Rounding that to `Float` can be wrong only if the double is close to the midpoint between two
  /// floats. Those numbers, and decimals outside these limits, are parsed by the standard library,
  /// which is exact but slow.
  ///
  /// **Source:** Clinger, How to Read Floating Point Numbers Accurately, 1990, for the exact
  /// powers.
  package static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> DecimalNumber {
    var scan = DecimalScan()
    guard scan.read(bytes) else { return isNamedNonFinite(bytes) ? .notFinite : .malformed }
    if scan.mantissa == 0 && !scan.isTruncated { return .value(scan.isNegative ? -0.0 : 0.0) }
    let fast = fastValue(
      mantissa: scan.mantissa, exponent: scan.exponent, isNegative: scan.isNegative)
    if let fast { return .value(fast) }
    // The scan accepts only plain ASCII, which the standard library parses as a decimal.
    guard let exact = Float(String(decoding: bytes, as: UTF8.self)), exact.isFinite else {
      return .notFinite
    }
    return .value(exact)
  }

  /// Parses all of `bytes`.
  package static func parse(_ bytes: some Collection<UInt8>) -> DecimalNumber {
    Array(bytes).withUnsafeBufferPointer { parse($0) }
  }

  private static func isNamedNonFinite(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard bytes.count <= 9 else { return false }
    var name = bytes.map { $0 | 0x20 }
    if let first = bytes.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
      name.removeFirst()
    }
    return ["nan", "inf", "infinity"].contains { name.elementsEqual($0.utf8) }
  }

  /// Returns `mantissa * 10^exponent`, or `nil` if double precision cannot determine the rounding.
  @inline(__always)
  private static func fastValue(mantissa: UInt64, exponent: Int, isNegative: Bool) -> Float? {
    guard exponent >= -22, exponent <= 22 else { return nil }
    let power = powersOfTen[abs(exponent)]
    let double = exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
    guard double >= 0x1p-126, double <= 0x1p127 else { return nil }
    // A float keeps 23 of a double's 52 fraction bits. At the midpoint between two floats, only the
    // highest of the other 29 bits is set.
    let rest = Int(double.bitPattern & 0x1fff_ffff)
    guard abs(rest - 0x1000_0000) > 4 else { return nil }
    return isNegative ? -Float(double) : Float(double)
  }
}

/// A parsed decimal: `mantissa * 10^exponent`, without digits that did not fit.
private struct DecimalScan {
  var isNegative = false
  var mantissa: UInt64 = 0
  var exponent = 0
  /// Whether digits after the 19th were dropped.
  var isTruncated = false

  /// Scans `bytes`; returns `false` if they are not a decimal number.
  mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var index = 0
    if let first = bytes.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
      isNegative = first == UInt8(ascii: "-")
      index = 1
    }
    let whole = digits(bytes, &index, exponentStep: 0)
    var fraction = 0
    if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
      index += 1
      fraction = digits(bytes, &index, exponentStep: -1)
    }
    guard whole + fraction > 0 else { return false }
    if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
      index += 1
      guard readExponent(bytes, &index) else { return false }
    }
    return index == bytes.count
  }

  /// Appends digits to the mantissa and returns how many there were. Each digit adds `exponentStep`
  /// to the exponent, plus 1 if the mantissa is full.
  private mutating func digits(
    _ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int, exponentStep: Int
  ) -> Int {
    let start = index
    while index < bytes.count {
      let digit = bytes[index] &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      if mantissa < 1_000_000_000_000_000_000 {
        mantissa = mantissa * 10 + UInt64(digit)
        exponent += exponentStep
      } else {
        isTruncated = isTruncated || digit != 0
        exponent += exponentStep + 1
      }
      index += 1
    }
    return index - start
  }

  private mutating func readExponent(
    _ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int
  ) -> Bool {
    var isNegative = false
    if index < bytes.count, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") {
      isNegative = bytes[index] == UInt8(ascii: "-")
      index += 1
    }
    let start = index
    var size = 0
    while index < bytes.count {
      let digit = bytes[index] &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      // Larger exponents always give zero or infinity.
      size = min(size * 10 + Int(digit), 100_000)
      index += 1
    }
    exponent += isNegative ? -size : size
    return index > start
  }
}

extension DecimalNumber {
  /// The number of bytes after a number that `parseFast` must be able to read, whatever they
  /// contain.
  package static let readAhead = 16

  /// Parses the common form `[+-] digits [. digits]` with at most 19 digits, eight digits at a
  /// time.
  ///
  /// Returns `nil` for all other numbers; use `parse` for them.
  ///
  /// - Parameter position: the start of the number; on success, it is moved to the byte after the
  ///   number, which is a space or a control character. If the result is `nil`, the position is
  ///   unspecified.
  /// - Precondition: `readAhead` bytes after the number are readable.
  @inline(__always)
  package static func parseFast(_ position: inout UnsafePointer<UInt8>) -> Float? {
    var place = position
    let isNegative = place.pointee == UInt8(ascii: "-")
    if isNegative || place.pointee == UInt8(ascii: "+") { place += 1 }
    var mantissa: UInt64 = 0
    let start = place
    while case let digit = place.pointee &- UInt8(ascii: "0"), digit < 10 {
      mantissa = mantissa &* 10 &+ UInt64(digit)
      place += 1
      // Stop before the mantissa overflows.
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
        mantissa = mantissa &* smallPowersOfTen[more] &+ part
        fraction += more
        place += more
      }
    }
    digits += fraction
    // Anything else is an exponent or not a number; let `parse` decide.
    guard digits > 0, place.pointee <= 0x20 else { return nil }
    position = place
    if mantissa == 0 { return isNegative ? -0.0 : 0.0 }
    return fastValue(mantissa: mantissa, exponent: -fraction, isNegative: isNegative)
  }

  /// Returns the value and the number of the digits at `place`, at most eight.
  ///
  /// **Source:** Lemire, Number Parsing at a Gigabyte per Second, 2021, section 4, for the
  /// multiplication of digit pairs. A shorter run is shifted to the end, which makes it eight
  /// digits with leading zeros.
  @inline(__always)
  private static func eightDigits(_ place: UnsafePointer<UInt8>) -> (value: UInt64, count: Int) {
    let loaded = UnsafeRawPointer(place).loadUnaligned(as: UInt64.self)
    // In little-endian order, the first digit is the lowest byte.
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

/// The powers of ten that a `Double` represents exactly.
private let powersOfTen: [Double] = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
  1e18, 1e19, 1e20, 1e21, 1e22,
]

/// The powers of ten for up to eight digits.
private let smallPowersOfTen: [UInt64] = [
  1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000,
]
