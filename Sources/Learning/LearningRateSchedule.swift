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
  /// `p < w`, then 1, `1 - q` or `(1 + cos(pi q)) / 2`. **Source:** cosine, Loshchilov, Hutter 2017. `onecycle` has a formula of its own; what `plateau`
  /// does beyond the warm-up, `PlateauSchedule` knows.
  ///
  /// - Parameters:
  ///   - step: from 0.
  ///   - steps: how many there will be in all epochs.
  package func rateFactor(step: Int, of steps: Int) -> Double {
    if schedule == .onecycle { return oneCycle(step: step, of: steps) }
    let done = (Double(step) + 0.5) / Double(max(steps, 1))
    if done < warmup { return done / warmup }
    let share = (done - warmup) / (1 - warmup)
    switch schedule {
    case .constant, .plateau, .onecycle: return 1
    case .linear: return 1 - share
    case .cosine: return (1 + cos(.pi * share)) / 2
    }
  }

  /// Half a cosine from 1/25 up to 1 over the first share of the steps, then half a cosine down to
  /// 1/250,000.
  ///
  /// **Source:** Smith, Topin 2018, with the proportions and the rounding of PyTorch's `OneCycleLR`.
  private func oneCycle(step: Int, of steps: Int) -> Double {
    let (start, end) = (1.0 / 25, 1.0 / 250_000)
    let top = max(0, (warmup > 0 ? warmup : 0.3) * Double(steps) - 1)
    let last = Double(steps - 1)
    guard last > top else { return 1 }
    func between(_ from: Double, _ to: Double, _ share: Double) -> Double {
      to + (from - to) / 2 * (1 + cos(.pi * share))
    }
    let place = Double(step)
    return place <= top && top > 0
      ? between(start, 1, place / top) : between(1, end, (place - top) / (last - top))
  }
}
