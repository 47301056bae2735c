import Docket
import Testing

/// The sentence about an estimate, and when it is a warning.
@Suite("Estimates of a run")
struct RunEstimateTests {
  @Test(
    "The time is rounded to seconds, minutes or tenths of an hour",
    arguments: [(0.2, "1 s"), (99.4, "99 s"), (100, "2 min"), (5_999, "100 min"), (9_000, "2.5 h")])
  func durations(seconds: Double, text: String) {
    let sentence = RunEstimate(seconds: seconds, bytes: 0x1p20).sentence(threads: 2)
    #expect(sentence.hasPrefix("a run takes about \(text) and "), "\(sentence)")
  }

  @Test("A run of more than an hour is a warning, a shorter one is not")
  func long() {
    #expect(RunEstimate(seconds: 3_600, bytes: 1).findings(threads: 1).isEmpty)
    let findings = RunEstimate(seconds: 7_200, bytes: 1).findings(threads: 1)
    #expect(findings.map(\.code) == ["long-run"])
    #expect(
      findings[0].sentence.hasSuffix("docket init --fast drafts a classifier that needs less"))
  }

  @Test("A run that needs more memory than any machine has is a warning")
  func large() {
    let findings = RunEstimate(seconds: 1, bytes: 0x1p60).findings(threads: 1)
    #expect(findings.map(\.code) == ["large-run"])
    #expect(findings[0].sentence.contains("more than is available"))
  }
}
