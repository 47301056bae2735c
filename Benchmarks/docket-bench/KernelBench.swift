import ArgumentParser
import FileAccess
import NumericKernels
import PipelineCore

/// Times the matrix products of a recurrent step against OpenBLAS on one thread.
struct KernelBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels", abstract: "Times matrix products beside OpenBLAS on one thread.")

  func run() throws {
    let peak = SgemmRate.peak()
    try report([
      "bench": .string("sgemm peak"), "instructionSet": .string(InstructionSet.current.rawValue),
      "gigaflops": rounded(peak),
    ])
    let shapes = [
      (32, 128, 512), (64, 128, 512), (16, 128, 512), (8, 128, 512), (1, 128, 512),
      (32, 512, 128), (600, 100, 512), (600, 300, 512),
    ]
    for (m, k, n) in shapes {
      try line(
        "product \(m)x\(k)x\(n)", peak: peak, openBLAS: SgemmRate.measure(m: m, k: k, n: n)
      ) { packedRate(m: m, k: k, n: n, $0) }
    }
    for count in [256, 1024, 2048] {
      try line(
        "weight gradient 512x128 over \(count)", peak: peak,
        openBLAS: SgemmRate.measure(m: 512, k: count, n: 128, isTransposed: true)
      ) { transposedRate(m: 512, n: 128, count: count, $0) }
    }
  }

  /// Prints a line with the rate of each product format; tiles only where the processor has them.
  private func line(
    _ name: String, peak: Double, openBLAS: Double, _ rate: (PackedFormat) -> Double
  ) throws {
    let lanes = rate(.lanes)
    try report([
      "bench": .string(name), "lanes": rounded(lanes),
      "tiles": PackedFormat.requestTiles() ? rounded(rate(.tiles)) : .null,
      "openblas": rounded(openBLAS),
      "lanesShareOfPeak": rounded(lanes / peak),
    ])
  }

  private func packedRate(m: Int, k: Int, n: Int, _ format: PackedFormat) -> Double {
    let (a, b) = (SgemmRate.random(m * k), SgemmRate.random(k * n))
    var packed = PackedMatrix<Float>(rows: k, columns: n, format: format)
    packed.pack(b, isTransposed: false)
    let (c, scratch) = (Buffer<Float>(count: m * n), Buffer<Float>())
    return a.withUnsafeBufferPointer { a in
      guard let a = a.baseAddress else { return 0 }
      return SgemmRate.rate(2.0 * Double(m * k * n)) {
        packed.multiply(count: m, a, into: c.start, accumulate: false, scratch: scratch)
      }
    }
  }

  private func transposedRate(m: Int, n: Int, count: Int, _ format: PackedFormat) -> Double {
    let (a, b) = (SgemmRate.random(m * count), SgemmRate.random(n * count))
    let c = Buffer<Float>(count: m * n)
    let product = TransposedProduct<Float>(format: format)
    return SgemmRate.rate(2.0 * Double(m * n * count)) {
      product.accumulate(m: m, n: n, count: count, a, b, into: c.start)
    }
  }
}
