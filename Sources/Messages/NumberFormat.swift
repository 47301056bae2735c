#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Numbers as people read them: always with a point, whatever the locale.
package enum NumberFormat {
  /// `value` with exactly `places` digits behind the point.
  package static func decimal(_ value: Double, _ places: Int) -> String {
    var scale = 1
    for _ in 0..<places { scale *= 10 }
    let scaled = (value * Double(scale)).rounded()
    // Seconds, losses and shares are never near this; anything that is keeps its own digits.
    guard scaled.magnitude < 0x1p53 else { return value.description }
    let whole = Int(scaled.magnitude)
    let digits = String(whole % scale)
    let sign = scaled < 0 ? "-" : ""
    guard places > 0 else { return sign + String(whole) }
    let zeros = String(repeating: "0", count: places - digits.utf8.count)
    return "\(sign)\(whole / scale).\(zeros)\(digits)"
  }

  /// Three digits that count, whatever the size: `0.00123`, `1230000.0`.
  package static func short(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value.description }
    let power = pow(10, (log10(value.magnitude).rounded(.down) - 2).magnitude)
    return value.magnitude < 100
      ? ((value * power).rounded() / power).description
      : ((value / power).rounded() * power).description
  }

  /// The logarithm to the base 2, for the axis of a picture.
  package static func logarithm(_ value: Double) -> Double { log2(value) }

  /// A share as a percentage with two digits: `0.9012` is `90.12 %`.
  package static func percent(_ share: Double) -> String { decimal(share * 100, 2) + " %" }

  /// A difference of shares in percentage points: `0.008` is `0.8 points`.
  package static func points(_ difference: Double) -> String {
    let text = decimal(difference * 100, 1)
    return text == "1.0" ? "1.0 point" : text + " points"
  }

  /// A change of a share in points, with its sign: `-0.8 points`.
  package static func change(_ difference: Double) -> String { signed(difference) + " points" }

  package static func signed(_ difference: Double) -> String {
    let text = decimal(difference * 100, 1)
    return text.hasPrefix("-") || text == "0.0" ? text : "+" + text
  }

  /// A whole number in groups of three: `7,600`.
  package static func integer(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    var text = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }

  /// A count with its noun.
  package static func count(_ value: Int, _ one: String, _ many: String) -> String {
    "\(integer(value)) \(value == 1 ? one : many)"
  }
}
