import ArgumentParser
import COpenBLAS
import FileAccess
import NumericKernels
import PipelineCore

/// The products of a recurrent step beside OpenBLAS's, on one thread.
struct KernelBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels", abstract: "Times matrix products beside OpenBLAS on one thread.")

  func run() throws {
    openblas_set_num_threads(1)
    let peak = sgemmRate(m: 1024, k: 1024, n: 1024)
    try report([
      "bench": .string("sgemm peak"), "instructionSet": .string(instructionSet),
      "gigaflops": rounded(peak),
    ])
    let shapes = [
      (32, 128, 512), (64, 128, 512), (16, 128, 512), (8, 128, 512), (1, 128, 512),
      (32, 512, 128), (600, 100, 512), (600, 300, 512),
    ]
    for (m, k, n) in shapes {
      try line(
        "product \(m)x\(k)x\(n)", peak: peak, openBLAS: sgemmRate(m: m, k: k, n: n)
      ) { packedRate(m: m, k: k, n: n, $0) }
    }
    for count in [256, 1024, 2048] {
      try line(
        "weight gradient 512x128 over \(count)", peak: peak,
        openBLAS: sgemmRate(m: 512, k: count, n: 128, isTransposed: true)
      ) { transposedRate(m: 512, n: 128, count: count, $0) }
    }
  }

  /// A line of the product in each format; tiles only where there are any.
  private func line(
    _ name: String, peak: Double, openBLAS: Double, _ rate: (PackedFormat) -> Double
  ) throws {
    let lanes = rate(.lanes)
    try report([
      "bench": .string(name), "lanes": rounded(lanes),
      "tiles": Float.hasTiles ? rounded(rate(.tiles)) : .null, "openblas": rounded(openBLAS),
      "lanesShareOfPeak": rounded(lanes / peak),
    ])
  }

  private func random(_ count: Int) -> [Float] {
    var generator = SeededGenerator(seed: 1, count)
    return (0..<count).map { _ in generator.uniform(in: -1...1) }
  }

  /// 10^9 operations a second of `body`, which does `flops` each time.
  private func rate(_ flops: Double, _ body: () -> Void) -> Double {
    let repeats = max(1, Int(4e8 / flops))
    let seconds = shortest(of: 7) { for _ in 0..<repeats { body() } }
    return flops * Double(repeats) / seconds / 1e9
  }

  private func packedRate(m: Int, k: Int, n: Int, _ format: PackedFormat) -> Double {
    let (a, b) = (random(m * k), random(k * n))
    var packed = PackedMatrix<Float>(rows: k, columns: n, format: format)
    packed.pack(b, isTransposed: false)
    let (c, scratch) = (Buffer<Float>(count: m * n), Buffer<Float>())
    return a.withUnsafeBufferPointer { a in
      guard let a = a.baseAddress else { return 0 }
      return rate(2.0 * Double(m * k * n)) {
        packed.multiply(count: m, a, into: c.start, accumulate: false, scratch: scratch)
      }
    }
  }

  private func transposedRate(m: Int, n: Int, count: Int, _ format: PackedFormat) -> Double {
    let (a, b) = (random(m * count), random(n * count))
    let c = Buffer<Float>(count: m * n)
    let product = TransposedProduct<Float>(format: format)
    return rate(2.0 * Double(m * n * count)) {
      product.accumulate(m: m, n: n, count: count, a, b, into: c.start)
    }
  }

  private func sgemmRate(m: Int, k: Int, n: Int, isTransposed: Bool = false) -> Double {
    let (a, b) = (random(m * k), random(k * n))
    let c = Buffer<Float>(count: m * n)
    return rate(2.0 * Double(m * k * n)) {
      cblas_sgemm(
        CblasRowMajor, isTransposed ? CblasTrans : CblasNoTrans, CblasNoTrans, blasint(m),
        blasint(n), blasint(k), 1, a, blasint(isTransposed ? m : k), b, blasint(n), 0, c.start,
        blasint(n))
    }
  }
}
