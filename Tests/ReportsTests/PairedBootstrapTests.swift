import Messages
import Reports
import Testing

@Suite("Paired bootstrap")
struct PairedBootstrapTests {
  private let labels = ["a", "b", "c"]

  @Test("Two equal classifiers have no difference in any resample")
  func equal() throws {
    let evaluation = try Samples.evaluation(documents: 90, labels: labels, wrongEvery: 4)
    let bootstrap = PairedBootstrap(evaluation, evaluation)
    for difference in [bootstrap.accuracy, bootstrap.macroF1] {
      #expect([difference.value, difference.lower, difference.upper] == [0, 0, 0])
      #expect(difference.includesZero)
    }
    #expect(bootstrap.resamples == 1_000)
  }

  @Test("A clear difference has an interval without 0 and of the expected width")
  func clear() throws {
    // Only the first classifier is right for 100 of 1,000 documents: the standard error of the
    // difference is sqrt(0.1 * 0.9 / 1000), and half the interval is 1.96 times that.
    let first = try Samples.evaluation(
      documents: 1_000, labels: labels, wrongEvery: 1_001, from: 999)
    let second = try Samples.evaluation(documents: 1_000, labels: labels, wrongEvery: 10, from: 9)
    let accuracy = PairedBootstrap(first, second).accuracy
    #expect(abs(accuracy.value - 0.099) < 1e-12)
    #expect(!accuracy.includesZero)
    let half = (accuracy.upper - accuracy.lower) / 2
    #expect(abs(half - 1.96 * 0.00949) < 0.002)
  }

  @Test("Swapping the classifiers changes the sign")
  func antisymmetric() throws {
    let first = try Samples.evaluation(documents: 200, labels: labels, wrongEvery: 9)
    let second = try Samples.evaluation(documents: 200, labels: labels, wrongEvery: 5)
    let there = PairedBootstrap(first, second)
    let back = PairedBootstrap(second, first)
    #expect(there.accuracy.value == -back.accuracy.value)
    #expect(there.accuracy.lower == -back.accuracy.upper)
    #expect(there.macroF1.upper == -back.macroF1.lower)
  }

  @Test("Threads do not change the result, and the seed changes only the interval")
  func deterministic() throws {
    let first = try Samples.evaluation(documents: 200, labels: labels, wrongEvery: 9)
    let second = try Samples.evaluation(documents: 200, labels: labels, wrongEvery: 7)
    let one = PairedBootstrap(first, second, seed: 3)
    #expect(PairedBootstrap(first, second, seed: 3, threads: 3) == one)
    let other = PairedBootstrap(first, second, seed: 4)
    #expect(other != one)
    #expect(other.accuracy.value == one.accuracy.value)
  }
}
