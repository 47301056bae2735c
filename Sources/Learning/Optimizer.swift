import NumericKernels
import PipelineCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Follows the gradient: Adam or momentum, on all parameters and on the touched vector rows only.
///
/// Adam: `m' = b1 m + (1 - b1) g`, `v' = b2 v + (1 - b2) g^2`,
/// `p' = p - rate sqrt(1 - b2^t) / (1 - b1^t) m' / (sqrt(v') + epsilon')`, the second form of section
/// 2 of the paper with `epsilon' = epsilon sqrt(1 - b2^t)`, which equals PyTorch's.
/// **Source:** Kingma, Ba 2015. Rows of the vector table that a batch does not touch keep their
/// moments as they are ("lazy Adam"), so a step costs what the batch holds, not what the table holds.
struct Optimizer {
  private let settings: TrainingSettings
  private var step = 0
  private var first: [Float]
  private var second: [Float]
  private var rowFirst: [Float]
  private var rowSecond: [Float]
  private let width: Int
  private let rowRateScale: Float
  private static let beta1: Double = 0.9
  private static let beta2: Double = 0.999
  private static let epsilon: Double = 1e-8

  init(settings: TrainingSettings, for network: some Network) {
    self.settings = settings
    width = network.vectorWidth
    rowRateScale = Float(network.vectorRateScale)
    let rows = network.tunesVectors ? network.weights.vectors.count : 0
    let usesSecond = settings.optimizer == .adam
    first = Array(repeating: 0, count: network.weights.parameters.count)
    second = Array(repeating: 0, count: usesSecond ? network.weights.parameters.count : 0)
    rowFirst = Array(repeating: 0, count: rows)
    rowSecond = Array(repeating: 0, count: usesSecond ? rows : 0)
  }

  /// A run of weights with everything that belongs to it.
  private struct Piece {
    var count: Int
    var gradient: UnsafePointer<Float>
    var first: UnsafeMutablePointer<Float>
    var second: UnsafeMutablePointer<Float>?
    var weights: UnsafeMutablePointer<Float>
    var rateScale: Float = 1
  }

  /// Moves `weights` one step against the gradient.
  ///
  /// - Parameters:
  ///   - gradients: of the parameters.
  ///   - rows: which vectors have a gradient.
  ///   - rowGradients: theirs, `[rows.count, D]`.
  ///   - scale: multiplies every gradient first (clipping).
  ///   - rateFactor: multiplies the learning rate (schedule).
  mutating func step(
    _ weights: inout NetworkWeights<Float>, gradients: UnsafePointer<Float>, rows: [Int32],
    rowGradients: UnsafePointer<Float>, scale: Double, rateFactor: Double = 1, threads: Int
  ) {
    step += 1
    let (kind, width) = (settings.optimizer, width)
    let correction2 = 1 - pow(Self.beta2, Double(step))
    let learningRate = settings.learningRate * rateFactor
    let adamRate =
      learningRate * correction2.squareRoot() / (1 - pow(Self.beta1, Double(step)))
    let epsilon = Self.epsilon * correction2.squareRoot()
    let rate = kind == .adam ? adamRate : learningRate
    let momentum = Float(settings.momentum)
    let count = weights.parameters.count
    weights.parameters.withUnsafeMutableBufferPointer { parameters in
      weights.vectors.withUnsafeMutableBufferPointer { vectors in
        first.withUnsafeMutableBufferPointer { first in
          second.withUnsafeMutableBufferPointer { second in
            rowFirst.withUnsafeMutableBufferPointer { rowFirst in
              rowSecond.withUnsafeMutableBufferPointer { rowSecond in
                var jobs = Self.pieces(
                  count: count, gradients, first, second, parameters)
                jobs += Self.rowPieces(
                  rows: rows, width: width, rateScale: rowRateScale, rowGradients, rowFirst,
                  rowSecond, vectors)
                Shards.forEach(&jobs, threads: threads) { _, pieces in
                  for piece in pieces {
                    Self.move(
                      piece, kind, scale: Float(scale), rate: Float(rate) * piece.rateScale,
                      epsilon: Float(epsilon), momentum: momentum)
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  private static func pieces(
    count: Int, _ gradients: UnsafePointer<Float>, _ first: UnsafeMutableBufferPointer<Float>,
    _ second: UnsafeMutableBufferPointer<Float>, _ weights: UnsafeMutableBufferPointer<Float>
  ) -> [[Piece]] {
    guard let first = first.baseAddress, let weights = weights.baseAddress else { return [] }
    return Shards.ranges(of: count, size: GradientReduction.piece).map { range in
      let at = range.lowerBound
      return [
        Piece(
          count: range.count, gradient: gradients + at, first: first + at,
          second: second.baseAddress.map { $0 + at }, weights: weights + at)
      ]
    }
  }

  private static func rowPieces(
    rows: [Int32], width: Int, rateScale: Float, _ gradients: UnsafePointer<Float>,
    _ first: UnsafeMutableBufferPointer<Float>, _ second: UnsafeMutableBufferPointer<Float>,
    _ weights: UnsafeMutableBufferPointer<Float>
  ) -> [[Piece]] {
    guard let first = first.baseAddress, let weights = weights.baseAddress else { return [] }
    return Shards.ranges(of: rows.count, size: 128).map { range in
      range.map { k in
        let at = Int(rows[k]) * width
        return Piece(
          count: width, gradient: gradients + k * width, first: first + at,
          second: second.baseAddress.map { $0 + at }, weights: weights + at,
          rateScale: rateScale)
      }
    }
  }

  private static func move(
    _ piece: Piece, _ kind: TrainingSettings.Optimizer, scale: Float, rate: Float, epsilon: Float,
    momentum: Float
  ) {
    switch kind {
    case .adam:
      guard let second = piece.second else { return }
      Float.adam(
        piece.count, scale: scale, rate: rate, beta1: Float(beta1), beta2: Float(beta2),
        epsilon: epsilon, gradient: piece.gradient, first: piece.first, second: second,
        weights: piece.weights)
    case .sgd:
      Float.descend(
        piece.count, scale: scale, rate: rate, momentum: momentum, gradient: piece.gradient,
        speed: piece.first, weights: piece.weights)
    }
  }
}
