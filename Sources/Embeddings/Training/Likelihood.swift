#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The mean logarithm of many probabilities, at the price of a multiplication each.
struct Likelihood {
  /// The product is `mantissa * 2^exponent`.
  private var mantissa = 1.0
  private var exponent = 0
  private var count = 0

  /// Counts the probabilities `1 - |error| / rate`.
  mutating func add(_ errors: UnsafePointer<Float>, count: Int, rate: Float) {
    // What is no number counts as the least likely, so that the product stays one.
    for k in 0..<count { multiply(Double(max(1e-6, 1 - abs(errors[k]) / rate))) }
    self.count += count
  }

  /// Counts what another has counted.
  mutating func add(_ other: Likelihood) {
    rescale()
    // Neither is zero, so neither is without an exponent.
    multiply(other.mantissa.significand)
    exponent += other.exponent + Int(other.mantissa.exponent)
    count += other.count
  }

  private mutating func multiply(_ factor: Double) {
    mantissa *= factor
    if mantissa < 0x1p-900 { rescale() }
  }

  private mutating func rescale() {
    exponent += Int(mantissa.exponent)
    mantissa = mantissa.significand
  }

  /// The mean of `-log p`, in nats.
  var loss: Double {
    -(log(mantissa) + Double(exponent) * log(2)) / Double(max(count, 1))
  }
}
