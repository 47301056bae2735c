import Learning
import PipelineCore
import Testing

@Suite("Learning-rate schedule")
struct LearningRateScheduleTests {
  private func factors(_ schedule: TrainingSettings.Schedule, warmup: Double = 0) -> [Double] {
    var settings = TrainingSettings()
    settings.schedule = schedule
    settings.warmup = warmup
    return (0..<10).map { settings.rateFactor(step: $0, of: 10) }
  }

  @Test("The constant schedule has a factor of 1")
  func constant() {
    #expect(factors(.constant) == Array(repeating: 1, count: 10))
  }

  @Test("The linear schedule falls from 1 to 0, evaluated at the middle of each step")
  func linear() {
    for (step, factor) in factors(.linear).enumerated() {
      #expect(abs(factor - (0.95 - 0.1 * Double(step))) < 1e-12)
    }
  }

  @Test("The cosine schedule is 1/2 at the middle and symmetric about it")
  func cosine() {
    let all = factors(.cosine)
    for step in 0..<10 { #expect(abs(all[step] + all[9 - step] - 1) < 1e-12) }
    #expect(zip(all, all.dropFirst()).allSatisfy { $0 > $1 })
    // (1 + cos(pi / 20)) / 2
    #expect(abs(all[0] - 0.993844170297569) < 1e-12)
  }

  @Test("The warm-up rises from 0, and the schedule then starts at 1")
  func warmup() {
    let all = factors(.linear, warmup: 0.4)
    #expect(abs(all[0] - 0.125) < 1e-12)
    #expect(abs(all[3] - 0.875) < 1e-12)
    #expect(abs(all[4] - (1 - 0.05 / 0.6)) < 1e-12)
    #expect(zip(all[4...], all[5...]).allSatisfy { $0 > $1 })
  }
}
