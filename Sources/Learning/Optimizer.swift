import NumericKernels
import PipelineCore

import Platform

/// The optimizer, which updates all parameters and the touched vector rows.
///
/// Rows of the vector table that a batch does not use keep their weights and their optimizer state
/// ("lazy Adam"), so the cost of a step depends on the size of the batch, not of the table. Weight
/// decay is applied to a row only when it is used. Frozen columns are not updated.
struct Optimizer {
  private let settings: TrainingSettings
  private let width: Int
  private let columns: [VectorColumns]
  /// The state that is carried from step to step.
  var state: OptimizerState

  init(settings: TrainingSettings, for network: some Network) {
    self.settings = settings
    width = network.weights.vectorWidth
    columns = network.weights.vectorColumns
    state = OptimizerState(settings: settings, for: network)
  }

  /// Updates `weights` by one step.
  ///
  /// - Parameters:
  ///   - gradients: the gradient of the parameters; overwritten.
  ///   - rows: the vector rows that have a gradient.
  ///   - rowGradients: the gradient of each of `rows`, `[rows.count, D]`, row-major; overwritten.
  ///   - scale: the factor for every gradient, from clipping.
  ///   - rateFactor: the factor for the learning rate, from the schedule.
  ///   - threads: the number of threads; never affects the result.
  mutating func step(
    _ weights: inout NetworkWeights<Float>, gradients: UnsafeMutablePointer<Float>, rows: [Int32],
    rowGradients: UnsafeMutablePointer<Float>, scale: Double, rateFactor: Double = 1, threads: Int
  ) {
    state.step += 1
    let rule = UpdateRule(
      settings, step: state.step, scale: scale, rateFactor: rateFactor)
    let groups = columns.trained.map { group in
      let rule = UpdateRule(
        settings, step: state.step, scale: scale, rateFactor: rateFactor * group.rateScale)
      return (columns: group.columns, rule: rule)
    }
    let (width, count) = (width, weights.parameters.count)
    weights.parameters.withUnsafeMutableBufferPointer { parameters in
      weights.storedVectors.array.withUnsafeMutableBufferPointer { vectors in
        state.withPointers { own, ofRows in
          var jobs: [(rule: UpdateRule, spans: [UpdateRule.Span])] = []
          if let start = parameters.baseAddress {
            jobs = Shards.ranges(of: count, size: GradientReduction.parameterChunk).map { range in
              (rule, [own.span(range, gradients + range.lowerBound, start)])
            }
          }
          if let start = vectors.baseAddress {
            for group in groups {
              jobs += Shards.ranges(of: rows.count, size: 128).map { range in
                let spans = range.map { k in
                  let first = Int(rows[k]) * width + group.columns.lowerBound
                  let gradient = rowGradients + k * width + group.columns.lowerBound
                  return ofRows.span(first..<first + group.columns.count, gradient, start)
                }
                return (group.rule, spans)
              }
            }
          }
          Shards.forEach(&jobs, threads: threads) { _, job in
            for span in job.spans { job.rule.update(span) }
          }
        }
      }
    }
  }
}

/// The state that an optimizer carries from step to step.
struct OptimizerState: Equatable {
  /// The number of steps so far.
  var step = 0
  /// Means of gradients (Adam) or velocities (momentum), one per parameter; empty if not used.
  private var first: [Float]
  /// Means or sums of squared gradients, one per parameter; empty if not used.
  private var second: [Float]
  /// Like `first`, for the vectors.
  private var rowFirst: [Float]
  /// Like `second`, for the vectors.
  private var rowSecond: [Float]

  /// Creates the initial state for a network.
  init(settings: TrainingSettings, for network: some Network) {
    let count = network.weights.parameters.count
    let rows = network.weights.tunesVectors ? network.weights.storedVectors.count : 0
    let usesFirst = settings.optimizer != .adagrad
    let usesSecond = settings.optimizer != .sgd
    first = Array(repeating: 0, count: usesFirst ? count : 0)
    second = Array(repeating: 0, count: usesSecond ? count : 0)
    rowFirst = Array(repeating: 0, count: usesFirst ? rows : 0)
    rowSecond = Array(repeating: 0, count: usesSecond ? rows : 0)
  }

  /// The arrays for the parameters or for the vectors.
  fileprivate struct Pointers {
    fileprivate var first: UnsafeMutablePointer<Float>?
    fileprivate var second: UnsafeMutablePointer<Float>?

    /// Returns a span of weights with its gradient and its state.
    fileprivate func span(
      _ range: Range<Int>, _ gradient: UnsafeMutablePointer<Float>,
      _ weights: UnsafeMutablePointer<Float>
    ) -> UpdateRule.Span {
      let start = range.lowerBound
      return UpdateRule.Span(
        count: range.count, gradient: gradient, first: first.map { $0 + start },
        second: second.map { $0 + start }, weights: weights + start)
    }
  }

  /// Calls `body` with the arrays for the parameters and for the vectors.
  fileprivate mutating func withPointers(_ body: (Pointers, Pointers) -> Void) {
    first.withUnsafeMutableBufferPointer { first in
      second.withUnsafeMutableBufferPointer { second in
        rowFirst.withUnsafeMutableBufferPointer { rowFirst in
          rowSecond.withUnsafeMutableBufferPointer { rowSecond in
            body(
              Pointers(first: first.baseAddress, second: second.baseAddress),
              Pointers(first: rowFirst.baseAddress, second: rowSecond.baseAddress))
          }
        }
      }
    }
  }

  /// The arrays with their names in a checkpoint.
  private static var arrays: [(String, WritableKeyPath<OptimizerState, [Float]>)] {
    [
      ("optimizer.first", \.first), ("optimizer.second", \.second),
      ("optimizer.row_first", \.rowFirst), ("optimizer.row_second", \.rowSecond),
    ]
  }

  /// Adds the state to a checkpoint, under names that begin with `prefix`.
  func write(to state: inout TrainingState, prefix: String) {
    state.scalars[prefix + "optimizer.step"] = Double(step)
    for (name, path) in Self.arrays { state.add(prefix + name, self[keyPath: path]) }
  }

  /// Adds the state to a digest.
  func add(to digest: inout StateDigest) {
    digest.add([step])
    for (_, path) in Self.arrays { digest.add(self[keyPath: path]) }
  }

  /// Restores the state from a checkpoint of the same network and settings.
  mutating func read(from tensors: TensorCollection, _ state: TrainingState, prefix: String) throws
  {
    step = try state.count(prefix + "optimizer.step")
    for (name, path) in Self.arrays {
      self[keyPath: path] = try tensors.flat(prefix + name, count: self[keyPath: path].count)
    }
    for (name, squares) in [("optimizer.second", second), ("optimizer.row_second", rowSecond)] {
      guard squares.allSatisfy({ $0 >= 0 }) else {
        throw TensorError.invalid(prefix + name, "a negative square")
      }
    }
  }
}

/// The update of a weight `p` in one step, for a gradient `g` and weight decay `w`.
///
/// - SGD: `s' = momentum s + g + w p`, `p' = p - rate s'`. Nesterov:
///   `p' = p - rate (g + w p + momentum s')`, the form of Sutskever et al. 2013 that evaluates
///   the gradient at the current weights.
/// - Adam: `g' = g + w p`, `m' = b1 m + (1 - b1) g'`, `v' = b2 v + (1 - b2) g'^2`,
///   `p' = p - rate sqrt(1 - b2^t) / (1 - b1^t) m' / (sqrt(v') + epsilon')`, the second form in
///   section 2 of Kingma, Ba 2015 with `epsilon' = epsilon sqrt(1 - b2^t)`.
/// - AdamW: `p' = (1 - rate w) p`, then Adam without decay (Loshchilov, Hutter 2019).
/// - Adagrad: `g' = g + w p`, `v' = v + g'^2`, `p' = p - rate g' / (sqrt(v') + 1e-10)` (Duchi et
///   al. 2011).
///
/// All rules agree with PyTorch, as verified by tests.
private struct UpdateRule: Sendable {
  private let kind: TrainingSettings.Optimizer
  private let scale: Float
  private let rate: Float
  private let epsilon: Float
  private let momentum: Float
  private let isNesterov: Bool
  /// The multiple of each weight that is added to its gradient.
  private let penalty: Float
  /// The share of each weight that is subtracted at each step, independently of the gradient
  /// (decoupled weight decay).
  private let decay: Float
  private static let beta1: Double = 0.9
  private static let beta2: Double = 0.999

  /// Creates the rule for a step, numbered from 1.
  init(_ settings: TrainingSettings, step: Int, scale: Double, rateFactor: Double) {
    kind = settings.optimizer
    self.scale = Float(scale)
    momentum = Float(settings.momentum)
    isNesterov = settings.nesterov
    let learningRate = settings.learningRate * rateFactor
    let isDecoupled = kind == .adamw
    penalty = isDecoupled ? 0 : Float(settings.weightDecay)
    decay = isDecoupled ? Float(learningRate * settings.weightDecay) : 0
    switch kind {
    case .adam, .adamw:
      let correction2 = (1 - pow(Self.beta2, Double(step))).squareRoot()
      rate = Float(learningRate * correction2 / (1 - pow(Self.beta1, Double(step))))
      epsilon = Float(1e-8 * correction2)
    case .sgd, .adagrad:
      rate = Float(learningRate)
      epsilon = 1e-10
    }
  }

  /// Consecutive weights with their gradients and optimizer state.
  struct Span {
    var count: Int
    var gradient: UnsafeMutablePointer<Float>
    var first: UnsafeMutablePointer<Float>?
    var second: UnsafeMutablePointer<Float>?
    var weights: UnsafeMutablePointer<Float>
  }

  /// Updates a span of weights and overwrites its gradient.
  func update(_ span: Span) {
    var scale = scale
    if penalty > 0 {
      for k in 0..<span.count {
        span.gradient[k] = scale * span.gradient[k] + penalty * span.weights[k]
      }
      scale = 1
    }
    if decay > 0 { Float.Kernels.add(span.count, -decay, span.weights, to: span.weights) }
    switch kind {
    case .adam, .adamw:
      guard let first = span.first, let second = span.second else { return }
      Float.Kernels.adam(
        span.count, scale: scale, rate: rate, beta1: Float(Self.beta1), beta2: Float(Self.beta2),
        epsilon: epsilon, gradient: span.gradient, first: first, second: second,
        weights: span.weights)
    case .sgd:
      guard let speed = span.first else { return }
      Float.Kernels.descend(
        span.count, scale: scale, rate: isNesterov ? rate * momentum : rate, momentum: momentum,
        gradient: span.gradient, speed: speed, weights: span.weights)
      if isNesterov {
        Float.Kernels.add(span.count, -rate * scale, span.gradient, to: span.weights)
      }
    case .adagrad:
      guard let squares = span.second else { return }
      for k in 0..<span.count {
        let slope = scale * span.gradient[k]
        squares[k] += slope * slope
        span.weights[k] -= rate * slope / (squares[k].squareRoot() + epsilon)
      }
    }
  }
}
