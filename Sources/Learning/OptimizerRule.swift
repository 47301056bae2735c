import NumericKernels
import PipelineCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What one step does to one weight, for a gradient `g` and weight decay `w`.
///
/// - SGD: `s' = momentum s + g + w p`, `p' = p - rate s'`; Nesterov: `p' = p - rate (g + w p + momentum
///   s')`, the form of Sutskever et al. 2013 that takes the gradient where the weights are.
/// - Adam: `g' = g + w p`, `m' = b1 m + (1 - b1) g'`, `v' = b2 v + (1 - b2) g'^2`,
///   `p' = p - rate sqrt(1 - b2^t) / (1 - b1^t) m' / (sqrt(v') + epsilon')`, the second form of section
///   2 of Kingma, Ba 2015 with `epsilon' = epsilon sqrt(1 - b2^t)`.
/// - AdamW: `p' = (1 - rate w) p`, then Adam without decay (Loshchilov, Hutter 2019).
/// - Adagrad: `g' = g + w p`, `v' = v + g'^2`, `p' = p - rate g' / (sqrt(v') + 1e-10)` (Duchi et al.
///   2011).
///
/// All as PyTorch has them, which the tests compare with.
struct OptimizerRule: Sendable {
  private let kind: TrainingSettings.Optimizer
  private let scale: Float
  private let rate: Float
  private let epsilon: Float
  private let momentum: Float
  private let isNesterov: Bool
  /// What is added of each weight to its gradient.
  private let penalty: Float
  /// What is taken off each weight at once.
  private let decay: Float
  private static let beta1: Double = 0.9
  private static let beta2: Double = 0.999

  /// The rule of step `step`, from 1.
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

  /// A run of weights with everything that belongs to it.
  struct Piece {
    var count: Int
    var gradient: UnsafeMutablePointer<Float>
    var first: UnsafeMutablePointer<Float>?
    var second: UnsafeMutablePointer<Float>?
    var weights: UnsafeMutablePointer<Float>
  }

  /// Moves a run of weights; its gradient is overwritten.
  func move(_ piece: Piece) {
    var scale = scale
    if penalty > 0 {
      for k in 0..<piece.count {
        piece.gradient[k] = scale * piece.gradient[k] + penalty * piece.weights[k]
      }
      scale = 1
    }
    if decay > 0 { Float.Kernels.add(piece.count, -decay, piece.weights, to: piece.weights) }
    switch kind {
    case .adam, .adamw:
      guard let first = piece.first, let second = piece.second else { return }
      Float.Kernels.adam(
        piece.count, scale: scale, rate: rate, beta1: Float(Self.beta1), beta2: Float(Self.beta2),
        epsilon: epsilon, gradient: piece.gradient, first: first, second: second,
        weights: piece.weights)
    case .sgd:
      guard let speed = piece.first else { return }
      Float.Kernels.descend(
        piece.count, scale: scale, rate: isNesterov ? rate * momentum : rate, momentum: momentum,
        gradient: piece.gradient, speed: speed, weights: piece.weights)
      if isNesterov {
        Float.Kernels.add(piece.count, -rate * scale, piece.gradient, to: piece.weights)
      }
    case .adagrad:
      guard let squares = piece.second else { return }
      for k in 0..<piece.count {
        let slope = scale * piece.gradient[k]
        squares[k] += slope * slope
        piece.weights[k] -= rate * slope / (squares[k].squareRoot() + epsilon)
      }
    }
  }
}
