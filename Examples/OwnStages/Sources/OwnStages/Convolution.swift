import Docket

/// The filters of one width, `z_t = W [x_t ... x_(t+w-1)] + b`, and the maximum of each filter over
/// a document.
struct Convolution<Scalar: KernelScalar>: Sendable {
  /// The number of values in a window, `w D`.
  private let window: Int
  private let vectorWidth: Int
  private let filters: Int
  /// The indices of `W [F, w D]` and `b [F]` among the parameters.
  private let weight: Int
  private let bias: Int
  /// `W` transposed, packed for the product.
  private var packed: PackedMatrix<Scalar>

  /// Adds the filters to `layout`.
  init(width: Int, filters: Int, vectorWidth: Int, _ layout: inout ParameterLayout) {
    window = width * vectorWidth
    self.vectorWidth = vectorWidth
    self.filters = filters
    weight = layout.add(
      "convolution\(width).weight", filters, width, vectorWidth, initialValues: .glorot)
    bias = layout.add("convolution\(width).bias", filters)
    packed = PackedMatrix(rows: window, columns: filters)
  }

  /// Packs the filters; call this after they change.
  mutating func pack(_ parameters: UnsafePointer<Scalar>) {
    packed.pack(parameters + weight, isTransposed: true)
  }

  // sample: passes
  /// Finds the largest value of each filter and the window that has it.
  ///
  /// - Parameters:
  ///   - vectors: the vectors of a document, `[count + w - 1, D]`. Windows overlap, so the product
  ///     reads them where they are, one vector apart.
  ///   - features: memory for `z`.
  ///   - largest: receives the largest values, `[F]`.
  ///   - winners: receives the windows, from index `place`.
  func forward(
    _ vectors: UnsafePointer<Scalar>, count: Int, _ parameters: UnsafePointer<Scalar>,
    features: Buffer<Scalar>, largest: UnsafeMutablePointer<Scalar>, winners: inout [Int32],
    at place: Int
  ) {
    let features = features.reserve(count * filters)
    for row in 0..<count {
      (features + row * filters).update(from: parameters + bias, count: filters)
    }
    packed.multiply(count: count, vectors, stride: vectorWidth, into: features, accumulate: true)
    largest.update(repeating: -.infinity, count: filters)
    winners.withUnsafeMutableBufferPointer { winners in
      guard let start = winners.baseAddress else { return }
      for row in 0..<count {
        Scalar.Kernels.maximum(
          n: 1, width: filters, hidden: features + row * filters, step: Int32(row), best: largest,
          at: start + place)
      }
    }
  }

  /// The backward pass of `forward` for one filter: the gradient of its largest value reaches only
  /// the window that has it.
  ///
  /// - Parameters:
  ///   - slope: the gradient of the largest value.
  ///   - word: the first word of the window.
  ///   - dVectors: the gradient of `vectors`, to which this adds.
  func backward(
    _ slope: Scalar, filter: Int, word: Int, _ vectors: UnsafePointer<Scalar>,
    _ parameters: UnsafePointer<Scalar>, _ gradients: UnsafeMutablePointer<Scalar>,
    into dVectors: UnsafeMutablePointer<Scalar>
  ) {
    let (row, place) = (weight + filter * window, word * vectorWidth)
    Scalar.Kernels.add(window, slope, vectors + place, to: gradients + row)
    Scalar.Kernels.add(window, slope, parameters + row, to: dVectors + place)
    gradients[bias + filter] += slope
  }
  // end of sample
}
