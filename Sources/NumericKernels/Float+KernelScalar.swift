import CVectorKernels

/// What production runs on.
// The protocol's requirements are documented where they are declared.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension Float: KernelScalar {
  public static func packedCount(rows: Int, columns: Int) -> Int {
    vk_packed_size_f(rows, columns)
  }

  public static func pack(
    rows: Int, columns: Int, matrix: UnsafePointer<Self>, stride: Int, isTransposed: Bool,
    into packed: UnsafeMutablePointer<Self>
  ) {
    vk_pack_f(rows, columns, matrix, stride, isTransposed ? 1 : 0, packed)
  }

  public static func product(
    m: Int, k: Int, n: Int, a: UnsafePointer<Self>, row: Int, inner: Int,
    packed: UnsafePointer<Self>, c: UnsafeMutablePointer<Self>, stride: Int, accumulate: Bool,
    before next: RowsToAdd<Self>?
  ) {
    vk_product_f(
      m, k, n, a, row, inner, packed, c, stride, accumulate ? 1 : 0, next?.matrix,
      next?.stride ?? 0, next?.rows)
  }

  public static func transposedProduct(
    m: Int, k: Int, n: Int, a: UnsafePointer<Self>, packed: UnsafePointer<Self>,
    c: UnsafeMutablePointer<Self>
  ) {
    vk_transposed_product_f(m, k, n, a, m, packed, c, n)
  }

  public static func add(
    _ count: Int, _ a: Self, _ x: UnsafePointer<Self>, to y: UnsafeMutablePointer<Self>
  ) {
    vk_add_f(count, a, x, y)
  }

  public static func exp(
    _ count: Int, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>
  ) {
    vk_exp_f(count, x, y)
  }

  public static func sigmoid(
    _ count: Int, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>
  ) {
    vk_sigmoid_f(count, x, y)
  }

  public static func tanh(
    _ count: Int, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>
  ) {
    vk_tanh_f(count, x, y)
  }

  public static func lstmForward(
    n: Int, width: Int, gates: UnsafeMutablePointer<Self>, projection: UnsafePointer<Self>,
    projectionStride: Int, rows: UnsafePointer<Int32>, cellsBefore: UnsafePointer<Self>?,
    peepholes: UnsafePointer<Self>?, cells: UnsafeMutablePointer<Self>,
    hidden: UnsafeMutablePointer<Self>, keepsGates: Bool
  ) {
    vk_lstm_forward_f(
      n, width, gates, projection, projectionStride, rows, cellsBefore, peepholes, cells, hidden,
      keepsGates ? 1 : 0)
  }

  public static func productBesideLSTM(
    k: Int, n: Int, a: UnsafePointer<Self>, packed: UnsafePointer<Self>,
    c: UnsafeMutablePointer<Self>, beside step: LSTMRow<Self>
  ) {
    vk_product_beside_lstm_f(
      k, n, a, packed, c, step.width, step.gates, step.projection, step.cellsBefore,
      step.peepholes, step.cells, step.hidden)
  }

  public static func lstmBackward(
    n: Int, width: Int, gates: UnsafeMutablePointer<Self>, cellsBefore: UnsafePointer<Self>?,
    cells: UnsafePointer<Self>, dHidden: UnsafePointer<Self>, dCells: UnsafeMutablePointer<Self>,
    peepholes: UnsafePointer<Self>?, dPeepholes: UnsafeMutablePointer<Self>?,
    dProjection: UnsafeMutablePointer<Self>?, projectionStride: Int, rows: UnsafePointer<Int32>
  ) {
    vk_lstm_backward_f(
      n, width, gates, cellsBefore, cells, dHidden, dCells, peepholes, dPeepholes, dProjection,
      projectionStride, rows)
  }

  public static func gruForward(
    n: Int, width: Int, gates: UnsafeMutablePointer<Self>, projection: UnsafePointer<Self>,
    projectionStride: Int, rows: UnsafePointer<Int32>, hiddenBefore: UnsafePointer<Self>?,
    bias: UnsafePointer<Self>, inner: UnsafeMutablePointer<Self>,
    hidden: UnsafeMutablePointer<Self>
  ) {
    vk_gru_forward_f(
      n, width, gates, projection, projectionStride, rows, hiddenBefore, bias, inner, hidden)
  }

  public static func gruBackward(
    n: Int, width: Int, gates: UnsafeMutablePointer<Self>, hiddenBefore: UnsafePointer<Self>?,
    inner: UnsafePointer<Self>, dHidden: UnsafeMutablePointer<Self>,
    dBias: UnsafeMutablePointer<Self>, dProjection: UnsafeMutablePointer<Self>,
    projectionStride: Int, rows: UnsafePointer<Int32>
  ) {
    vk_gru_backward_f(
      n, width, gates, hiddenBefore, inner, dHidden, dBias, dProjection, projectionStride, rows)
  }

  public static func elmanForward(
    n: Int, width: Int, gates: UnsafeMutablePointer<Self>, projection: UnsafePointer<Self>,
    projectionStride: Int, rows: UnsafePointer<Int32>, hidden: UnsafeMutablePointer<Self>
  ) {
    vk_elman_forward_f(n, width, gates, projection, projectionStride, rows, hidden)
  }

  public static func elmanBackward(
    n: Int, width: Int, gates: UnsafeMutablePointer<Self>, dHidden: UnsafePointer<Self>,
    dProjection: UnsafeMutablePointer<Self>, projectionStride: Int, rows: UnsafePointer<Int32>
  ) {
    vk_elman_backward_f(n, width, gates, dHidden, dProjection, projectionStride, rows)
  }

  public static func maximum(
    n: Int, width: Int, hidden: UnsafePointer<Self>, step: Int32,
    best: UnsafeMutablePointer<Self>, at: UnsafeMutablePointer<Int32>?
  ) {
    vk_max_forward_f(n, width, hidden, step, best, at)
  }

  public static func maximumBackward(
    n: Int, width: Int, at: UnsafePointer<Int32>, step: Int32, dBest: UnsafePointer<Self>,
    dHidden: UnsafeMutablePointer<Self>
  ) {
    vk_max_backward_f(n, width, at, step, dBest, dHidden)
  }

  public static func adam(
    _ count: Int, scale: Self, rate: Self, beta1: Self, beta2: Self, epsilon: Self,
    gradient: UnsafePointer<Self>, first: UnsafeMutablePointer<Self>,
    second: UnsafeMutablePointer<Self>, weights: UnsafeMutablePointer<Self>
  ) {
    vk_adam_f(count, scale, rate, beta1, beta2, epsilon, gradient, first, second, weights)
  }

  public static func descend(
    _ count: Int, scale: Self, rate: Self, momentum: Self, gradient: UnsafePointer<Self>,
    speed: UnsafeMutablePointer<Self>, weights: UnsafeMutablePointer<Self>
  ) {
    vk_sgd_f(count, scale, rate, momentum, gradient, speed, weights)
  }

  public static func negativeSampling(
    m: Int, n: Int, width: Int, input: UnsafePointer<Self>, inputRows: UnsafePointer<Int32>,
    output: UnsafeMutablePointer<Self>, outputRows: UnsafePointer<Int32>, rate: Self,
    errors: UnsafeMutablePointer<Self>, dInput: UnsafeMutablePointer<Self>
  ) {
    vk_sampling_f(m, n, width, input, inputRows, output, outputRows, rate, errors, dInput)
  }

  public static func squares(_ count: Int, _ x: UnsafePointer<Self>) -> Double {
    vk_squares_f(count, x)
  }
}
