package import PipelineCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension TrainingSettings {
  /// What the learning rate is multiplied by in a step.
  ///
  /// With `p` the share of the steps done, `w` the warm-up and `q = (p - w) / (1 - w)`: `p / w` while
  /// `p < w`, then 1, `1 - q` or `(1 + cos(pi q)) / 2`. **Source:** cosine, Loshchilov, Hutter 2017.
  ///
  /// - Parameters:
  ///   - step: from 0.
  ///   - steps: how many there will be in all epochs.
  package func rateFactor(step: Int, of steps: Int) -> Double {
    let done = (Double(step) + 0.5) / Double(max(steps, 1))
    if done < warmup { return done / warmup }
    let share = (done - warmup) / (1 - warmup)
    switch schedule {
    case .constant: return 1
    case .linear: return 1 - share
    case .cosine: return (1 + cos(.pi * share)) / 2
    }
  }
}
