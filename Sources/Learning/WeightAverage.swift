import NumericKernels
import PipelineCore

import Platform

/// The exponential moving average of the weights over the steps. The average is evaluated and kept,
/// while training continues from the weights themselves.
///
///     mean_T = sum_t d^(T-t) p_t / sum_t d^(T-t),   t = 1...T
///
/// It is computed as `mean' = mean + a (p - mean)` with `a = (1 - d) / (1 - d^T)`, which corrects
/// the bias of the first steps. **Source:** Polyak, Juditsky 1992 for averaging; Kingma, Ba 2015
/// for the correction.
///
/// A vector row does not change in steps that do not use it. Its mean is updated only when it is
/// used or read, by `mean_T = p + (mean_s - p) d^(T-s) (1 - d^s) / (1 - d^T)`, so the cost of a
/// step depends on the size of the batch, not of the table.
struct WeightAverage: Equatable {
  private let decay: Double
  private let width: Int
  /// The number of steps so far.
  private(set) var step = 0
  private var parameters: [Float]
  private var vectors: [Float]
  /// The step up to which the mean of each vector row is up to date.
  private var rowSteps: [Int]

  /// Creates the average before the first step; returns `nil` if averaging is disabled.
  init?(settings: TrainingSettings, for network: some Network) {
    guard settings.averaging > 0 else { return nil }
    decay = settings.averaging
    width = max(network.weights.vectorWidth, 1)
    parameters = network.weights.parameters
    vectors = network.weights.tunesVectors ? network.weights.vectors : []
    rowSteps = Array(repeating: 0, count: vectors.count / width)
  }

  /// Updates the means of `rows` before a step changes them.
  mutating func beforeStep(_ weights: NetworkWeights<Float>, rows: [Int32]) {
    for row in rows { catchUp(Int(row), weights) }
  }

  /// Updates the average with the weights after a step that changed `rows`.
  mutating func afterStep(_ weights: NetworkWeights<Float>, rows: [Int32]) {
    step += 1
    let share = Float((1 - decay) / (1 - pow(decay, Double(step))))
    Self.approach(&parameters, weights.parameters, 0..<parameters.count, share)
    for row in rows {
      let row = Int(row)
      Self.approach(&vectors, weights.vectors, row * width..<(row + 1) * width, share)
      rowSteps[row] = step
    }
  }

  /// Returns the averaged weights, given the current weights.
  mutating func averaged(_ weights: NetworkWeights<Float>) -> NetworkWeights<Float> {
    for row in rowSteps.indices { catchUp(row, weights) }
    var average = weights
    average.parameters = parameters
    if !vectors.isEmpty { average.vectors = vectors }
    return average
  }

  private mutating func catchUp(_ row: Int, _ weights: NetworkWeights<Float>) {
    let last = rowSteps[row]
    guard last < step else { return }
    let stays =
      pow(decay, Double(step - last)) * (1 - pow(decay, Double(last)))
      / (1 - pow(decay, Double(step)))
    Self.approach(
      &vectors, weights.vectors, row * width..<(row + 1) * width, Float(1 - stays))
    rowSteps[row] = step
  }

  /// `mean += share (p - mean)`
  private static func approach(
    _ mean: inout [Float], _ values: [Float], _ range: Range<Int>, _ share: Float
  ) {
    mean.withUnsafeMutableBufferPointer { mean in
      values.withUnsafeBufferPointer { values in
        for k in range { mean[k] += share * (values[k] - mean[k]) }
      }
    }
  }

  /// Adds the average to a checkpoint, under names that begin with `prefix`.
  func write(to state: inout TrainingState, prefix: String) {
    state.scalars[prefix + "average.step"] = Double(step)
    state.add(prefix + "average.parameters", parameters)
    state.add(prefix + "average.vectors", vectors)
    // The lag of each row is at most the number of steps in an epoch, which a float represents
    // exactly.
    state.add(prefix + "average.lags", rowSteps.map { Float(step - $0) })
  }

  /// Restores the average from a checkpoint of the same network and settings.
  mutating func read(from tensors: TensorCollection, _ state: TrainingState, prefix: String) throws
  {
    let step = try state.count(prefix + "average.step")
    self.step = step
    parameters = try tensors.flat(prefix + "average.parameters", count: parameters.count)
    vectors = try tensors.flat(prefix + "average.vectors", count: vectors.count)
    let name = prefix + "average.lags"
    rowSteps = try tensors.flat(name, count: rowSteps.count).map { (lag) throws(TensorError) in
      guard let lag = Int(exactly: lag), (0...step).contains(lag) else {
        throw .invalid(name, "\(lag) of \(step) steps")
      }
      return step - lag
    }
  }
}
