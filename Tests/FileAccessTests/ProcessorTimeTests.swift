import FileAccess
import Testing

@Suite("Time on an idle machine")
struct ProcessorTimeTests {
  @Test("The time is at most the elapsed time, and grows with work")
  func waiting() async throws {
    let idle = UndisturbedStopwatch()
    let clock = ContinuousClock.now
    try await Task.sleep(for: .milliseconds(200))
    let work = UndisturbedStopwatch()
    var state = UInt64(1)
    while work.seconds < 0.05 {
      for _ in 0..<1_000 { state = state &* 6_364_136_223_846_793_005 &+ 1 }
    }
    #expect(state != 0)
    let elapsed = ContinuousClock.now - clock
    #expect(elapsed >= .milliseconds(250))
    // Both parts are at most the elapsed time, whatever else the machine does.
    #expect(idle.seconds >= work.seconds && .seconds(idle.seconds) <= ContinuousClock.now - clock)
  }
}
