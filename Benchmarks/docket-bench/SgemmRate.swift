import COpenBLAS
import NumericKernels
import PipelineCore

/// Measures the speed of OpenBLAS on one thread, the reference for products.
enum SgemmRate {
  /// Returns the rate of a large product in Gflop/s, the best that the machine reaches.
  static func peak() -> Double {
    openblas_set_num_threads(1)
    return measure(m: 1024, k: 1024, n: 1024)
  }

  static func measure(m: Int, k: Int, n: Int, isTransposed: Bool = false) -> Double {
    openblas_set_num_threads(1)
    let (a, b) = (random(m * k), random(k * n))
    let c = Buffer<Float>(count: m * n)
    return rate(2.0 * Double(m * k * n)) {
      cblas_sgemm(
        CblasRowMajor, isTransposed ? CblasTrans : CblasNoTrans, CblasNoTrans, blasint(m),
        blasint(n), blasint(k), 1, a, blasint(isTransposed ? m : k), b, blasint(n), 0, c.start,
        blasint(n))
    }
  }

  static func random(_ count: Int) -> [Float] {
    var generator = SeededGenerator(seed: 1, count)
    return (0..<count).map { _ in generator.uniform(in: -1...1) }
  }

  /// Returns the rate in Gflop/s of `body`, which performs `flops` operations per call.
  static func rate(_ flops: Double, _ body: () -> Void) -> Double {
    let repeats = max(1, Int(4e8 / flops))
    let seconds = shortest(of: 7) { for _ in 0..<repeats { body() } }
    return flops * Double(repeats) / seconds / 1e9
  }
}
