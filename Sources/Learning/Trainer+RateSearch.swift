package import PipelineCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension RateSearch {
  /// A step whose loss is so many times the lowest so far ends the search: it has seen enough.
  static let enough = 4.0
  /// Steps before which no search ends.
  static let firstSteps = 10
  /// How much of the mean loss stays in each step.
  static let smoothing = 0.9

  /// The rate of a step, from 0.
  package func rate(_ step: Int) -> Double {
    guard steps > 1 else { return lowest }
    return lowest * pow(highest / lowest, Double(step) / Double(steps - 1))
  }
}

extension Trainer {
  /// Learns with a rising rate and reports each step; what it learned is thrown away.
  ///
  /// - Throws: `TrainingError.interrupted`
  mutating func search(_ search: RateSearch, _ start: Model) throws(TrainingError) {
    var network = start
    var batches = sampler.batches(epoch: progress.epoch)
    var (mean, share, lowest) = (0.0, 0.0, Double.infinity)
    for step in 0..<search.steps {
      if task.shouldStop() { throw .interrupted }
      if progress.step == batches.count {
        progress.beginNextEpoch()
        batches = sampler.batches(epoch: progress.epoch)
      }
      let batch = batches[progress.step]
      let (sum, norm) = gradients(of: batch, &network)
      let loss = sum / Double(batch.count)
      guard loss.isFinite, norm.isFinite else { return }
      mean = RateSearch.smoothing * mean + (1 - RateSearch.smoothing) * loss
      share = RateSearch.smoothing * share + (1 - RateSearch.smoothing)
      let smoothed = mean / share
      task.report(
        .rate(RatePoint(rate: search.rate(max(step - 1, 0)), loss: loss, smoothedLoss: smoothed)))
      lowest = min(lowest, smoothed)
      if step >= RateSearch.firstSteps, smoothed > RateSearch.enough * lowest { return }
      move(&network, norm: norm, rateFactor: search.rate(step) / task.settings.learningRate)
      progress.step += 1
    }
  }
}
