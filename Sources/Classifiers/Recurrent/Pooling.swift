import NumericKernels

/// The method that pools the hidden states of all steps into one vector per document.
public enum Pooling: String, CaseIterable, Sendable {
  /// The maximum of each unit over the steps.
  case max
  /// The mean over the steps.
  case mean
  /// The last state of each direction.
  case last
  /// The mean and the maximum side by side.
  case meanmax
  /// A weighted mean with trained weights; see `Attention`.
  case attention

  /// The number of pooled values per hidden unit.
  var parts: Int { self == .meanmax ? 2 : 1 }
}

/// The hidden states of one direction: pooled during the steps, or all kept if the next layer or
/// attention reads them.
///
/// The result for a document without tokens is the zero vector.
struct DirectionStates<Scalar: BuiltInScalar> {
  /// The pooled states, `[parts, B, H]`, with the documents ordered from long to short.
  let pooled = Buffer<Scalar>()
  /// Only without pooling: `h` of every step, `[N, H]`, in the order in which the direction reads.
  let kept = Buffer<Scalar>()
  /// Only without pooling: `dh` of every step, `[N, H]`.
  let dKept = Buffer<Scalar>()
  private let pooling: Pooling?
  private let width: Int
  /// `h` of the current step, `[B, H]`.
  private let current = Buffer<Scalar>()
  /// For `max`: the step with the maximum, `[B, H]`; empty unless `backward` will be called.
  private var largestSteps: [Int32] = []

  /// Creates states that are pooled, or kept if `pooling` is `nil`.
  init(pooling: Pooling?, width: Int) {
    self.pooling = pooling
    self.width = width
  }

  /// Allocates the memory for a shard.
  mutating func begin(_ steps: RaggedSteps, isTraining: Bool) {
    let count = steps.lengths.count * width
    guard let pooling else {
      kept.reserve(steps.rowCount * width)
      return
    }
    current.reserve(count)
    pooled.zeros(pooling.parts * count)
    guard pooling == .max || pooling == .meanmax else { return }
    // Start below every hidden state.
    let running = (steps.active.first ?? 0) * width
    (pooled.start + maximumOffset(steps)).update(
      repeating: -.infinity, count: running)
    if !isTraining {
      largestSteps = []
    } else if largestSteps.count < count {
      largestSteps = Array(repeating: 0, count: count)
    }
  }

  /// Returns the memory for `h` of a step, `[active[t], H]`.
  func hidden(of step: Int, _ steps: RaggedSteps) -> UnsafeMutablePointer<Scalar> {
    pooling == nil ? kept.start + steps.offsets[step] * width : current.start
  }

  /// Pools `h` of a step.
  mutating func forward(_ step: Int, _ steps: RaggedSteps) {
    guard let pooling else { return }
    let (hidden, active) = (current.start, steps.active[step])
    if pooling == .mean || pooling == .meanmax {
      for document in 0..<active {
        let share = 1 / Scalar(steps.lengths[document])
        Scalar.Kernels.add(
          width, share, hidden + document * width, to: pooled.start + document * width)
      }
    }
    if pooling == .max || pooling == .meanmax {
      let best = pooled.start + maximumOffset(steps)
      largestSteps.withUnsafeMutableBufferPointer { largestSteps in
        Scalar.Kernels.maximum(
          n: active, width: width, hidden: hidden, step: Int32(step), best: best,
          at: largestSteps.isEmpty ? nil : largestSteps.baseAddress)
      }
    }
    if pooling == .last {
      let ending = steps.active(after: step)..<active
      (pooled.start + ending.lowerBound * width).update(
        from: hidden + ending.lowerBound * width, count: ending.count * width)
    }
  }

  /// The backward pass of `forward`: reads the gradient of a step's `h` from
  /// `dPooled [parts, B, H]`, or from `dKept` if the states are kept, and adds it to
  /// `dHidden [active[t], H]`.
  func backward(
    _ dPooled: UnsafePointer<Scalar>?, into dHidden: UnsafeMutablePointer<Scalar>, _ step: Int,
    _ steps: RaggedSteps
  ) {
    let active = steps.active[step]
    guard let pooling, let dPooled else {
      Scalar.Kernels.add(active * width, 1, dKept.start + steps.offsets[step] * width, to: dHidden)
      return
    }
    if pooling == .mean || pooling == .meanmax {
      for document in 0..<active {
        let share = 1 / Scalar(steps.lengths[document])
        Scalar.Kernels.add(width, share, dPooled + document * width, to: dHidden + document * width)
      }
    }
    if pooling == .max || pooling == .meanmax {
      let dBest = dPooled + maximumOffset(steps)
      largestSteps.withUnsafeBufferPointer { largestSteps in
        guard let at = largestSteps.baseAddress else { return }
        Scalar.Kernels.maximumBackward(
          n: active, width: width, at: at, step: Int32(step), dBest: dBest, dHidden: dHidden)
      }
    }
    if pooling == .last {
      for document in steps.active(after: step)..<active {
        Scalar.Kernels.add(width, 1, dPooled + document * width, to: dHidden + document * width)
      }
    }
  }

  /// Returns the step with the maximum of each unit of the only document, `[H]`; `nil` if the
  /// pooling has no maximum.
  func stepsOfMaxima() -> [Int]? {
    guard pooling == .max || pooling == .meanmax, largestSteps.count >= width else { return nil }
    return largestSteps.prefix(width).map { Int($0) }
  }

  /// Returns the index of the first maximum among the pooled values: after the means, if there are
  /// any.
  private func maximumOffset(_ steps: RaggedSteps) -> Int {
    ((pooling?.parts ?? 1) - 1) * steps.lengths.count * width
  }
}
