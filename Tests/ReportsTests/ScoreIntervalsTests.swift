import Reports
import PipelineCore
import Testing

@Suite("Intervals of scores")
struct ScoreIntervalsTests {
  @Test("The interval of the accuracy is that of the binomial distribution")
  func binomial() throws {
    // 50 of 400 documents are wrong: standard error sqrt(0.875 * 0.125 / 400) = 0.01654.
    let evaluation = try Samples.evaluation(documents: 400, labels: ["a", "b"], wrongEvery: 8)
    let intervals = ScoreIntervals(evaluation, threads: 2)
    #expect(intervals.resamples == 1_000)
    #expect(abs(intervals.accuracy.lower - (0.875 - 1.96 * 0.01654)) < 0.005)
    #expect(abs(intervals.accuracy.upper - (0.875 + 1.96 * 0.01654)) < 0.005)
  }

  @Test("Every interval includes the score itself, and no number of threads changes it")
  func includes() throws {
    let evaluation = try Samples.evaluation(documents: 300, labels: ["a", "b", "c"], wrongEvery: 5)
    let intervals = ScoreIntervals(evaluation, seed: 3)
    #expect(intervals == ScoreIntervals(evaluation, seed: 3, threads: 3))
    func includes(_ interval: ScoreIntervals.Interval?, _ score: Double?) -> Bool {
      guard let interval, let score else { return false }
      return interval.lower <= score && score <= interval.upper && interval.lower < interval.upper
    }
    #expect(includes(intervals.accuracy, evaluation.accuracy))
    #expect(includes(intervals.macroPrecision, evaluation.macroPrecision))
    #expect(includes(intervals.macroRecall, evaluation.macroRecall))
    #expect(includes(intervals.macroF1, evaluation.macroF1))
    #expect(includes(intervals.weightedF1, evaluation.weightedF1))
    #expect(includes(intervals.logLoss, evaluation.logLoss))
    #expect(includes(intervals.brierScore, evaluation.brierScore))
    for (interval, scores) in zip(intervals.classes, evaluation.classes) {
      #expect(includes(interval.precision, scores.precision))
      #expect(includes(interval.recall, scores.recall))
      #expect(includes(interval.f1, scores.f1))
    }
  }

  @Test("A bin of ten documents of which nine are correct has the interval of Wilson")
  func wilson() throws {
    let bin = ConfidenceBins.Bin(lower: 0.8, upper: 0.9, count: 10, correct: 9, confidence: 0.85)
    // statsmodels 0.15.0: proportion_confint(9, 10, method="wilson").
    let interval = try #require(bin.interval)
    #expect(abs(interval.lower - 0.5958499732047616) < 1e-12)
    #expect(abs(interval.upper - 0.9821237869049271) < 1e-12)
  }
}
