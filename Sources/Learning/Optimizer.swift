import NumericKernels
import PipelineCore

/// Follows the gradient, on all parameters and on the touched vector rows only.
///
/// Rows of the vector table that a batch does not touch keep weights and memory as they are ("lazy
/// Adam"), so a step costs what the batch holds, not what the table holds; weight decay reaches a row
/// when it is touched. Columns whose rate is zero are not moved at all.
struct Optimizer {
  private let settings: TrainingSettings
  private let width: Int
  private let columns: [VectorColumns]
  /// What is remembered from step to step.
  var memory: OptimizerMemory

  init(settings: TrainingSettings, for network: some Network) {
    self.settings = settings
    width = network.vectorWidth
    columns = network.vectorColumns
    memory = OptimizerMemory(settings: settings, for: network)
  }

  /// Moves `weights` one step against the gradient.
  ///
  /// - Parameters:
  ///   - gradients: of the parameters; overwritten.
  ///   - rows: which vectors have a gradient.
  ///   - rowGradients: theirs, `[rows.count, D]`; overwritten.
  ///   - scale: multiplies every gradient first (clipping).
  ///   - rateFactor: multiplies the learning rate (schedule).
  mutating func step(
    _ weights: inout NetworkWeights<Float>, gradients: UnsafeMutablePointer<Float>, rows: [Int32],
    rowGradients: UnsafeMutablePointer<Float>, scale: Double, rateFactor: Double = 1, threads: Int
  ) {
    memory.step += 1
    let rule = OptimizerRule(
      settings, step: memory.step, scale: scale, rateFactor: rateFactor)
    let runs = columns.learning.map { run in
      let rule = OptimizerRule(
        settings, step: memory.step, scale: scale, rateFactor: rateFactor * run.rateScale)
      return (columns: run.columns, rule: rule)
    }
    let (width, count) = (width, weights.parameters.count)
    weights.parameters.withUnsafeMutableBufferPointer { parameters in
      weights.vectors.withUnsafeMutableBufferPointer { vectors in
        memory.withPointers { own, ofRows in
          var jobs: [(rule: OptimizerRule, pieces: [OptimizerRule.Piece])] = []
          if let start = parameters.baseAddress {
            jobs = Shards.ranges(of: count, size: GradientReduction.piece).map { range in
              (rule, [own.piece(range, at: range.lowerBound, gradients + range.lowerBound, start)])
            }
          }
          if let start = vectors.baseAddress {
            for run in runs {
              jobs += Shards.ranges(of: rows.count, size: 128).map { range in
                let pieces = range.map { k in
                  let first = Int(rows[k]) * width + run.columns.lowerBound
                  let gradient = rowGradients + k * width + run.columns.lowerBound
                  return ofRows.piece(
                    first..<first + run.columns.count, at: first, gradient, start)
                }
                return (run.rule, pieces)
              }
            }
          }
          Shards.forEach(&jobs, threads: threads) { _, job in
            for piece in job.pieces { job.rule.move(piece) }
          }
        }
      }
    }
  }
}

extension OptimizerMemory {
  /// The arrays of parameters or of vectors.
  struct Pointers {
    fileprivate var first: UnsafeMutablePointer<Float>?
    fileprivate var second: UnsafeMutablePointer<Float>?

    /// A run of weights with everything that belongs to it.
    fileprivate func piece(
      _ range: Range<Int>, at place: Int, _ gradient: UnsafeMutablePointer<Float>,
      _ weights: UnsafeMutablePointer<Float>
    ) -> OptimizerRule.Piece {
      OptimizerRule.Piece(
        count: range.count, gradient: gradient, first: first.map { $0 + place },
        second: second.map { $0 + place }, weights: weights + place)
    }
  }

  /// Gives the arrays of the parameters and those of the vectors.
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
}
