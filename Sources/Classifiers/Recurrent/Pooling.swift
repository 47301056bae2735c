import NumericKernels

/// How the hidden states of all steps become one vector a document.
public enum Pooling: String, CaseIterable, Sendable {
  /// The largest value of each unit over the steps.
  case max
  /// The mean over the steps.
  case mean
  /// The last state of each direction.
  case last
}

/// The pooled states of one direction, collected while its steps run.
///
/// A document without tokens has the zero vector.
struct PooledStates<Scalar: KernelScalar> {
  let kind: Pooling
  let width: Int
  /// `[B, H]`, by place.
  let values = Buffer<Scalar>()
  /// For `max`: the step that had the largest value, `[B, H]`.
  private var steps: [Int32] = []

  init(kind: Pooling, width: Int) {
    self.kind = kind
    self.width = width
  }

  /// Begins a shard.
  mutating func begin(_ layout: RaggedSteps) {
    let count = layout.lengths.count * width
    values.zeros(count)
    if kind == .max {
      // Below every hidden state, which lies within -1...1.
      let running = (layout.active.first ?? 0) * width
      values.start.update(repeating: -2, count: running)
      if steps.count < count { steps = Array(repeating: 0, count: count) }
    }
  }

  /// Takes in the states of step `t`: `hidden [active[t], H]`.
  mutating func forward(_ hidden: UnsafePointer<Scalar>, step: Int, of layout: RaggedSteps) {
    let active = layout.active[step]
    switch kind {
    case .max:
      steps.withUnsafeMutableBufferPointer { steps in
        guard let at = steps.baseAddress else { return }
        Scalar.maximum(
          n: active, width: width, hidden: hidden, step: Int32(step), best: values.start, at: at)
      }
    case .mean:
      for place in 0..<active {
        let share = 1 / Scalar(layout.lengths[place])
        Scalar.add(width, share, hidden + place * width, to: values.start + place * width)
      }
    case .last:
      let ending = layout.active(after: step)..<active
      (values.start + ending.lowerBound * width).update(
        from: hidden + ending.lowerBound * width, count: ending.count * width)
    }
  }

  /// Adds to `dHidden [active[t], H]` what the pooled gradient `dPooled [B, H]` says of step `t`.
  func backward(
    _ dPooled: UnsafePointer<Scalar>, into dHidden: UnsafeMutablePointer<Scalar>, step: Int,
    of layout: RaggedSteps
  ) {
    let active = layout.active[step]
    switch kind {
    case .max:
      steps.withUnsafeBufferPointer { steps in
        guard let at = steps.baseAddress else { return }
        Scalar.maximumBackward(
          n: active, width: width, at: at, step: Int32(step), dBest: dPooled, dHidden: dHidden)
      }
    case .mean:
      for place in 0..<active {
        let share = 1 / Scalar(layout.lengths[place])
        Scalar.add(width, share, dPooled + place * width, to: dHidden + place * width)
      }
    case .last:
      for place in layout.active(after: step)..<active {
        Scalar.add(width, 1, dPooled + place * width, to: dHidden + place * width)
      }
    }
  }
}
