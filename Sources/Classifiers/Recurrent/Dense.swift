import Learning
import NumericKernels

/// A weight matrix `W [m, n]` among the parameters, packed for the forward and backward products.
struct PackedWeights<Scalar: BuiltInScalar>: Sendable {
  /// The number of rows, `m`.
  let outputWidth: Int
  /// The number of columns, `n`.
  let inputWidth: Int
  /// The index of the first weight among the parameters.
  let offset: Int
  /// The matrices `forward` and `backward`; empty while they are being packed.
  private var matrices: [PackedMatrix<Scalar>] = []

  /// Creates weights at `offset` that are not packed yet.
  init(outputWidth: Int, inputWidth: Int, offset: Int, format: PackedFormat) {
    self.outputWidth = outputWidth
    self.inputWidth = inputWidth
    self.offset = offset
    allocate(format)
  }

  /// Allocates the packed matrices in `format`; their contents are zero.
  mutating func allocate(_ format: PackedFormat) {
    matrices = [
      PackedMatrix(rows: inputWidth, columns: outputWidth, format: format),
      PackedMatrix(rows: outputWidth, columns: inputWidth, format: format),
    ]
  }

  /// `W^T`, packed: the forward product is `x W^T`.
  var forward: PackedMatrix<Scalar> { matrices[0] }

  /// `W`, packed: the backward product is `dz W`.
  var backward: PackedMatrix<Scalar> { matrices[1] }

  /// Packs `weights [m, n]`.
  mutating func pack(_ weights: UnsafePointer<Scalar>) {
    matrices[0].pack(weights, isTransposed: true)
    matrices[1].pack(weights, isTransposed: false)
  }

  /// Adds `dz^T x` to `dW` in `gradients`.
  func addGradient(
    _ dz: UnsafePointer<Scalar>, _ x: UnsafePointer<Scalar>, count: Int,
    product: TransposedProduct<Scalar>, gradients: UnsafeMutablePointer<Scalar>
  ) {
    product.accumulate(
      m: outputWidth, n: inputWidth, count: count, dz, x, into: gradients + offset)
  }
}

extension PackedWeights {
  /// A job that packs one matrix. It can run on any thread.
  struct PackingJob: Sendable {
    fileprivate var matrix: PackedMatrix<Scalar>
    fileprivate let offset: Int
    fileprivate let isTransposed: Bool

    /// Packs those of the `parameters` that are weights.
    mutating func run(_ parameters: UnsafePointer<Scalar>) {
      matrix.pack(parameters + offset, isTransposed: isTransposed)
    }
  }

  /// Moves the matrices into jobs, without copying them, until `finishPacking` is called.
  mutating func beginPacking() -> [PackingJob] {
    let jobs = matrices.enumerated().map { number, matrix in
      PackingJob(matrix: matrix, offset: offset, isTransposed: number == 0)
    }
    matrices = []
    return jobs
  }

  /// Moves the matrices back from the first jobs in the list and removes those jobs.
  mutating func finishPacking(_ jobs: inout ArraySlice<PackingJob>) {
    matrices = jobs.prefix(2).map(\.matrix)
    jobs = jobs.dropFirst(2)
  }
}

/// A dense layer: `z = x W^T + b`, with `W [m, n]` and `b [m]`.
struct Dense<Scalar: BuiltInScalar>: Sendable {
  /// `W`
  var weights: PackedWeights<Scalar>
  /// The index of `b` among the parameters.
  private let bias: Int

  /// Creates a layer whose weights and bias are at these indices in the parameters.
  init(
    outputWidth: Int, inputWidth: Int, weights: Int, bias: Int, format: PackedFormat = .lanes
  ) {
    self.weights = PackedWeights(
      outputWidth: outputWidth, inputWidth: inputWidth, offset: weights, format: format)
    self.bias = bias
  }

  /// Adds the layer's weights to `layout` under PyTorch's names.
  ///
  /// - Parameter hasLabelRows: whether output `k` belongs to label `k`.
  init(
    _ name: String, outputWidth: Int, inputWidth: Int, hasLabelRows: Bool = false,
    layout: inout ParameterLayout
  ) {
    let weights = layout.add(
      name + ".weight", outputWidth, inputWidth, initialValues: .glorot,
      hasLabelRows: hasLabelRows)
    let bias = layout.add(name + ".bias", outputWidth, hasLabelRows: hasLabelRows)
    self.init(outputWidth: outputWidth, inputWidth: inputWidth, weights: weights, bias: bias)
  }

  /// The width of the input, `n`.
  var inputWidth: Int { weights.inputWidth }
  /// The width of the output, `m`.
  var outputWidth: Int { weights.outputWidth }

  /// Packs the weights; call this after they change.
  mutating func pack(_ parameters: UnsafePointer<Scalar>) {
    weights.pack(parameters + weights.offset)
  }

  /// Computes `z [count, m]` from `x [count, n]`.
  func forward(
    _ x: UnsafePointer<Scalar>, count: Int, parameters: UnsafePointer<Scalar>,
    into z: UnsafeMutablePointer<Scalar>, scratch: Buffer<Scalar>? = nil
  ) {
    for row in 0..<count {
      (z + row * outputWidth).update(from: parameters + bias, count: outputWidth)
    }
    weights.forward.multiply(count: count, x, into: z, accumulate: true, scratch: scratch)
  }

  /// The backward pass of `forward`, from `dz [count, m]`: adds to `dW` and `db` in `gradients`,
  /// and writes `dx [count, n]`, or adds to it if `accumulate` is set. If `dx` is `nil`, it is not
  /// computed.
  func backward(
    _ dz: UnsafePointer<Scalar>, x: UnsafePointer<Scalar>, count: Int,
    product: TransposedProduct<Scalar>, gradients: UnsafeMutablePointer<Scalar>,
    into dx: UnsafeMutablePointer<Scalar>?, accumulate: Bool = false,
    scratch: Buffer<Scalar>? = nil
  ) {
    weights.addGradient(dz, x, count: count, product: product, gradients: gradients)
    for row in 0..<count {
      Scalar.Kernels.add(outputWidth, 1, dz + row * outputWidth, to: gradients + bias)
    }
    if let dx {
      weights.backward.multiply(
        count: count, dz, into: dx, accumulate: accumulate, scratch: scratch)
    }
  }
}
