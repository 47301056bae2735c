/// Reads decimal numbers as 32-bit floats: correctly rounded, and the same in every locale.
///
/// Takes `[+-] digits [. digits] [e [+-] digits]` with at least one digit before or after the
/// point, and nothing else: no hexadecimal, no underscore, no comma, no digits but ASCII's.
package enum DecimalNumber: Equatable {
  /// A finite number.
  case value(Float)
  /// An infinity or NaN by name, or a number too large for 32 bits.
  case notFinite
  /// Not a number as described.
  case malformed

  /// Reads all of `bytes`.
  ///
  /// Goals in this order: the nearest float, ties to even; speed for the numbers that vector files
  /// hold. A decimal with up to 19 digits and a power of ten up to 22 is computed in `Double` with
  /// an error below 2 units in the last place. Rounding that to `Float` can only go wrong when the
  /// double lies next to the middle between two floats; those, and numbers out of the ordinary, go
  /// to the standard library, which is exact and slow.
  ///
  /// Source: Clinger, How to Read Floating Point Numbers Accurately, 1990, for the exact powers.
  package static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> DecimalNumber {
    var scan = Scan()
    guard scan.read(bytes) else { return isNamedNonFinite(bytes) ? .notFinite : .malformed }
    if scan.mantissa == 0 && !scan.isCut { return .value(scan.isNegative ? -0.0 : 0.0) }
    let quick = quickValue(
      mantissa: scan.mantissa, exponent: scan.exponent, isNegative: scan.isNegative)
    if let quick { return .value(quick) }
    // What came through the scan is plain ASCII that the standard library reads as a decimal.
    guard let exact = Float(String(decoding: bytes, as: UTF8.self)), exact.isFinite else {
      return .notFinite
    }
    return .value(exact)
  }

  /// Reads all of `bytes`.
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
}

/// A decimal taken apart: `mantissa * 10^exponent`, without the digits that did not fit.
private struct Scan {
  var isNegative = false
  var mantissa: UInt64 = 0
  var exponent = 0
  /// Whether digits after the 19th were left out.
  var isCut = false

  /// Takes `bytes` apart; false if they are no decimal number.
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

  /// Takes digits into the mantissa; each changes the exponent by `exponentStep`, one that does not
  /// fit any more by one more. How many there were.
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
        isCut = isCut || digit != 0
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
      // Beyond this everything is zero or infinite anyway.
      size = min(size * 10 + Int(digit), 100_000)
      index += 1
    }
    exponent += isNegative ? -size : size
    return index > start
  }
}

extension DecimalNumber {
  /// `mantissa * 10^exponent`, when it can be had in double precision without doubt.
  @inline(__always)
  static func quickValue(mantissa: UInt64, exponent: Int, isNegative: Bool) -> Float? {
    guard exponent >= -22, exponent <= 22 else { return nil }
    let power = powersOfTen[abs(exponent)]
    let double = exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
    guard double >= 0x1p-126, double <= 0x1p127 else { return nil }
    // A float keeps 23 of a double's 52 fraction bits; the middle is the highest of the other 29.
    let rest = Int(double.bitPattern & 0x1fff_ffff)
    guard abs(rest - 0x1000_0000) > 4 else { return nil }
    return isNegative ? -Float(double) : Float(double)
  }
}

/// The powers of ten that a `Double` holds exactly.
private let powersOfTen: [Double] = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
  1e18, 1e19, 1e20, 1e21, 1e22,
]
