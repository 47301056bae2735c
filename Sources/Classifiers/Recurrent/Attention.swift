import Learning
import NumericKernels

/// Additive attention: a weighted mean of a document's states, with weights that depend on the
/// states.
///
///     s_t = v . tanh(A h_t + a)      w = softmax(s)      pooled = sum_t w_t h_t
///
/// The weights are `A [H, n]`, `a [H]` and `v [1, H]`; `h_t [n]` holds the states of all directions
/// side by side. The result for a document without tokens is the zero vector.
///
/// **Source:** Bahdanau et al. 2015; applied to the words of a document, Yang et al. 2016.
struct Attention<Scalar: BuiltInScalar>: Sendable {
  /// `A` and `a`
  private var dense: Dense<Scalar>
  /// The index of `v` among the parameters.
  private let vector: Int

  /// Adds the weights to `layout`.
  init(_ shape: NetworkShape, layout: inout ParameterLayout) {
    dense = Dense(
      "attention", outputWidth: shape.width, inputWidth: shape.stateWidth, layout: &layout)
    vector = layout.add("attention.vector", 1, shape.width, initialValues: .glorot)
  }

  /// Packs the weights; call this after they change.
  mutating func pack(_ parameters: UnsafePointer<Scalar>) { dense.pack(parameters) }

  /// Computes `pooled [B, n]` from `states [N, n]`.
  func forward(
    _ states: UnsafePointer<Scalar>, _ steps: RaggedSteps, parameters: UnsafePointer<Scalar>,
    _ work: AttentionWork<Scalar>, into pooled: UnsafeMutablePointer<Scalar>
  ) {
    let (width, inputWidth) = (dense.outputWidth, dense.inputWidth)
    let inner = work.inner.reserve(steps.rowCount * width)
    let weights = work.weights.reserve(steps.rowCount)
    dense.forward(states, count: steps.rowCount, parameters: parameters, into: inner)
    Scalar.Kernels.tanh(steps.rowCount * width, inner, inner)
    var first = weights
    for (document, length) in steps.lengths.enumerated() {
      let target = pooled + document * inputWidth
      target.update(repeating: 0, count: inputWidth)
      guard length > 0 else { continue }
      for step in 0..<length {
        let row = steps.offsets[step] + document
        first[step] = dot(parameters + vector, inner + row * width, count: width)
      }
      SoftmaxCrossEntropy.softmax(first, count: length)
      for step in 0..<length {
        let row = steps.offsets[step] + document
        Scalar.Kernels.add(inputWidth, first[step], states + row * inputWidth, to: target)
      }
      first += length
    }
  }

  /// The backward pass of `forward`: computes `dStates [N, n]` from `dPooled [B, n]` and adds to
  /// `gradients`.
  func backward(
    _ dPooled: UnsafePointer<Scalar>, states: UnsafePointer<Scalar>, _ steps: RaggedSteps,
    parameters: UnsafePointer<Scalar>, _ work: AttentionWork<Scalar>,
    product: TransposedProduct<Scalar>, gradients: UnsafeMutablePointer<Scalar>,
    into dStates: UnsafeMutablePointer<Scalar>
  ) {
    let (width, inputWidth) = (dense.outputWidth, dense.inputWidth)
    let (inner, v) = (work.inner.start, parameters + vector)
    let dScores = work.dScores.reserve(steps.count)
    var first = UnsafePointer(work.weights.start)
    for (document, length) in steps.lengths.enumerated() {
      let dTarget = dPooled + document * inputWidth
      var mean: Scalar = 0
      for step in 0..<length {
        let row = steps.offsets[step] + document
        dScores[step] = dot(dTarget, states + row * inputWidth, count: inputWidth)
        mean += first[step] * dScores[step]
      }
      for step in 0..<length {
        let row = inner + (steps.offsets[step] + document) * width
        let dScore = first[step] * (dScores[step] - mean)
        Scalar.Kernels.add(width, dScore, row, to: gradients + vector)
        for k in 0..<width { row[k] = dScore * v[k] * (1 - row[k] * row[k]) }
      }
      first += length
    }
    dense.backward(
      inner, x: states, count: steps.rowCount, product: product, gradients: gradients,
      into: dStates)
    first = UnsafePointer(work.weights.start)
    for (document, length) in steps.lengths.enumerated() {
      for step in 0..<length {
        let row = steps.offsets[step] + document
        Scalar.Kernels.add(
          inputWidth, first[step], dPooled + document * inputWidth, to: dStates + row * inputWidth)
      }
      first += length
    }
  }

  private func dot(
    _ x: UnsafePointer<Scalar>, _ y: UnsafePointer<Scalar>, count: Int
  ) -> Scalar {
    var sum: Scalar = 0
    for k in 0..<count { sum += x[k] * y[k] }
    return sum
  }
}

/// The scratch memory of one worker for attention.
struct AttentionWork<Scalar: BuiltInScalar> {
  /// `tanh(A h + a)`, later replaced by the gradient of the argument of `tanh`, `[N, H]`.
  let inner = Buffer<Scalar>()
  /// The weights `w`, document by document, `[N]`.
  let weights = Buffer<Scalar>()
  /// The gradients `dw` of one document, `[T]`.
  let dScores = Buffer<Scalar>()
}
