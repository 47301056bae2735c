import FileAccess
import Testing

@Suite("Time on an idle machine")
struct ProcessorTimeTests {
  @Test("The time is at most the elapsed time, and grows with work")
  func waiting() async throws {
    let clock = ContinuousClock.now
    let all = UndisturbedStopwatch()
    try await Task.sleep(for: .milliseconds(200))
    let work = UndisturbedStopwatch()
    var state = UInt64(1)
    while work.seconds < 0.05 {
      for _ in 0..<1_000 { state = state &* 6_364_136_223_846_793_005 &+ 1 }
    }
    #expect(state != 0)
    let elapsed = ContinuousClock.now - clock
    #expect(elapsed >= .milliseconds(250))
    // The times grow, so the one that began later is read first.
    let part = work.seconds
    let sum = all.seconds
    #expect(part <= sum && .seconds(sum) <= ContinuousClock.now - clock)
  }
}
