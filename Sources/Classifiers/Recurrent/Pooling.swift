import NumericKernels

/// How the hidden states of all steps become one vector a document.
public enum Pooling: String, CaseIterable, Sendable {
  /// The largest value of each unit over the steps.
  case max
  /// The mean over the steps.
  case mean
  /// The last state of each direction.
  case last
  /// The mean and the largest value side by side.
  case meanmax
  /// A mean whose weights are learned: see `Attention`.
  case attention

  /// How many numbers it makes of each unit.
  var parts: Int { self == .meanmax ? 2 : 1 }
}

/// The pooled states of one direction, collected while its steps run.
///
/// A document without tokens has the zero vector.
struct PooledStates<Scalar: KernelScalar> {
  let kind: Pooling
  let width: Int
  /// `[parts, B, H]`, by place.
  let values = Buffer<Scalar>()
  /// For `max`: the step that had the largest value, `[B, H]`; empty when there is no `backward`.
  private var steps: [Int32] = []

  init(kind: Pooling, width: Int) {
    self.kind = kind
    self.width = width
  }

  /// Begins a shard; `backward` needs to be told of beforehand.
  mutating func begin(_ layout: RaggedSteps, isLearning: Bool) {
    let count = layout.lengths.count * width
    values.zeros(kind.parts * count)
    if kind == .max || kind == .meanmax {
      // Below every hidden state, which lies within -1...1.
      let running = (layout.active.first ?? 0) * width
      largest(of: layout, in: values.start).update(repeating: -2, count: running)
      if !isLearning {
        steps = []
      } else if steps.count < count {
        steps = Array(repeating: 0, count: count)
      }
    }
  }

  /// Where the largest values stand in `values` or its gradient: behind the means, if there are any.
  private func largest<Pointer: Strideable>(
    of layout: RaggedSteps, in start: Pointer
  ) -> Pointer where Pointer.Stride == Int {
    start.advanced(by: (kind.parts - 1) * layout.lengths.count * width)
  }

  /// Takes in the states of step `t`: `hidden [active[t], H]`.
  mutating func forward(_ hidden: UnsafePointer<Scalar>, step: Int, of layout: RaggedSteps) {
    let active = layout.active[step]
    if kind == .mean || kind == .meanmax {
      for place in 0..<active {
        let share = 1 / Scalar(layout.lengths[place])
        Scalar.Kernels.add(width, share, hidden + place * width, to: values.start + place * width)
      }
    }
    if kind == .max || kind == .meanmax {
      let best = largest(of: layout, in: values.start)
      steps.withUnsafeMutableBufferPointer { steps in
        Scalar.Kernels.maximum(
          n: active, width: width, hidden: hidden, step: Int32(step), best: best,
          at: steps.isEmpty ? nil : steps.baseAddress)
      }
    }
    if kind == .last {
      let ending = layout.active(after: step)..<active
      (values.start + ending.lowerBound * width).update(
        from: hidden + ending.lowerBound * width, count: ending.count * width)
    }
  }

  /// Adds to `dHidden [active[t], H]` what the pooled gradient `dPooled [parts, B, H]` says of step
  /// `t`.
  func backward(
    _ dPooled: UnsafePointer<Scalar>, into dHidden: UnsafeMutablePointer<Scalar>, step: Int,
    of layout: RaggedSteps
  ) {
    let active = layout.active[step]
    if kind == .mean || kind == .meanmax {
      for place in 0..<active {
        let share = 1 / Scalar(layout.lengths[place])
        Scalar.Kernels.add(width, share, dPooled + place * width, to: dHidden + place * width)
      }
    }
    if kind == .max || kind == .meanmax {
      let dBest = largest(of: layout, in: dPooled)
      steps.withUnsafeBufferPointer { steps in
        guard let at = steps.baseAddress else { return }
        Scalar.Kernels.maximumBackward(
          n: active, width: width, at: at, step: Int32(step), dBest: dBest, dHidden: dHidden)
      }
    }
    if kind == .last {
      for place in layout.active(after: step)..<active {
        Scalar.Kernels.add(width, 1, dPooled + place * width, to: dHidden + place * width)
      }
    }
  }
}
