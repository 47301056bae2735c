public import NumericKernels
public import PipelineCore

extension SeededGenerator {
  /// Fills a dropout mask: 0 for dropped values, `1 / (1 - rate)` for the others.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public mutating func fillDropoutMask<Scalar: KernelScalar>(
    _ mask: UnsafeMutablePointer<Scalar>, count: Int, rate: Double
  ) {
    guard rate > 0 else { return mask.update(repeating: 1, count: count) }
    let kept = Scalar(1 / (1 - rate))
    // Every 64 random bits provide four 16-bit decisions.
    let threshold = UInt64((rate * 65_536).rounded())
    var bits: UInt64 = 0
    for k in 0..<count {
      if k % 4 == 0 { bits = next() }
      mask[k] = bits & 0xffff < threshold ? 0 : kept
      bits >>= 16
    }
  }
}
