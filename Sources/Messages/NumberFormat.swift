import Platform

/// Formats numbers for display, with a decimal point in every locale.
package enum NumberFormat {
  /// Returns `value` with exactly `places` decimals.
  package static func decimal(_ value: Double, _ places: Int) -> String {
    var scale = 1
    for _ in 0..<places { scale *= 10 }
    let scaled = (value * Double(scale)).rounded()
    // Seconds, losses and shares never get this large; larger values use Swift's default format.
    guard scaled.magnitude < 0x1p53 else { return value.description }
    let whole = Int(scaled.magnitude)
    let digits = String(whole % scale)
    let sign = scaled < 0 ? "-" : ""
    guard places > 0 else { return sign + String(whole) }
    let zeros = String(repeating: "0", count: places - digits.utf8.count)
    return "\(sign)\(whole / scale).\(zeros)\(digits)"
  }

  /// Returns `value` with exactly `places` decimals and its sign: `+1.20`.
  package static func signedDecimal(_ value: Double, _ places: Int) -> String {
    let text = decimal(value, places)
    return text.hasPrefix("-") ? text : "+" + text
  }

  /// Returns `value` with three significant digits: `0.00123`, `1230000.0`.
  package static func short(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value.description }
    let power = pow(10, (log10(value.magnitude).rounded(.down) - 2).magnitude)
    return value.magnitude < 100
      ? ((value * power).rounded() / power).description
      : ((value / power).rounded() * power).description
  }

  /// Returns a non-negative value with two or three significant digits, in scientific notation
  /// below 0.001: `2.3e-05`.
  package static func magnitude(_ value: Double) -> String {
    guard value.isFinite, value > 0, value < 1e-3 else { return short(value) }
    var exponent = NumberFormat.whole(log10(value).rounded(.down))
    var digits = decimal(value / pow(10, Double(exponent)), 1)
    if digits == "10.0" { (digits, exponent) = ("1.0", exponent + 1) }
    return "\(digits)e-\(exponent > -10 ? "0" : "")\(-exponent)"
  }

  /// Returns `value` without its fraction, clamped to the integers that a `Double` represents
  /// exactly; 0 for NaN.
  package static func whole(_ value: Double) -> Int {
    value.isNaN ? 0 : Int(min(max(value, -0x1p53), 0x1p53))
  }

  /// Returns the base-2 logarithm, for the axis of a chart.
  package static func logarithm(_ value: Double) -> Double { log2(value) }

  /// Returns a share as a percentage with two decimals: `0.9012` is `90.12 %`.
  package static func percent(_ share: Double) -> String { decimal(share * 100, 2) + " %" }

  /// Returns a difference of shares in percentage points: `0.008` is `0.8 points`.
  package static func points(_ difference: Double) -> String {
    let text = decimal(difference * 100, 1)
    return text == "1.0" ? "1.0 point" : text + " points"
  }

  /// Returns a change of a share in percentage points, with its sign: `-0.8 points`.
  package static func change(_ difference: Double) -> String { signed(difference) + " points" }

  /// Returns a change in percentage points as a number with its sign: `+1.2`.
  package static func signed(_ difference: Double) -> String {
    let text = decimal(difference * 100, 1)
    return text.hasPrefix("-") || text == "0.0" ? text : "+" + text
  }

  /// Returns a whole number in groups of three digits: `7,600`.
  package static func integer(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    var text = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }

  /// Returns a count with its noun in the singular or plural: `1 document`, `7,600 documents`.
  package static func count(_ value: Int, _ one: String, _ many: String) -> String {
    "\(integer(value)) \(value == 1 ? one : many)"
  }
}
