import PipelineCore
import Testing

/// The threshold from which the linear part of a model classifies a document alone.
@Suite struct LinearAnswersTests {
  /// Four documents; the linear part and the whole model differ for the third.
  private let answers = LinearAnswers(
    factor: 2, linear: [[0.9, 0.1], [0.2, 0.8], [0.7, 0.3], [0.4, 0.6]],
    whole: [[0.6, 0.4], [0.1, 0.9], [0.2, 0.8], [0.3, 0.7]], labels: [0, 1, 0, 0])

  @Test("The answers are the linear part's probabilities of three labels")
  func values() {
    #expect(answers.predicted == [0.9, 0.8, 0.7, 0.6])
    #expect(answers.ofWhole == [0.9, 0.8, 0.3, 0.6])
    #expect(answers.ofLabel == [0.9, 0.8, 0.7, 0.4])
  }

  @Test(
    "The threshold is the lowest at which enough documents keep the label of the whole model",
    arguments: [
      (1, 0.8, 0.5, 1), (0.76, 0.8, 0.5, 1), (0.75, 0.6, 1, 0.75), (0.1, 0.6, 1, 0.75),
    ] as [(Double, Float, Double, Double)])
  func threshold(agreement: Double, confidence: Float, coverage: Double, found: Double) {
    let cascade = answers.cascade(agreement: agreement)
    #expect(cascade?.confidence == confidence)
    #expect(cascade?.coverage == coverage)
    #expect(cascade?.agreement == found)
    #expect(cascade?.factor == 2)
  }

  @Test("There is no threshold if the linear part is surest where it differs")
  func none() {
    let wrong = LinearAnswers(
      factor: 1, linear: [[0.9, 0.1], [0.2, 0.8]], whole: [[0.1, 0.9], [0.1, 0.9]],
      labels: [0, 0])
    #expect(wrong.cascade(agreement: 0.75) == nil)
    #expect(wrong.cascade(agreement: 0.5)?.coverage == 1)
  }

  @Test("Documents of equal confidence are answered together")
  func ties() {
    let tied = LinearAnswers(
      factor: 1, linear: [[0.8, 0.2], [0.8, 0.2], [0.6, 0.4]],
      whole: [[0.9, 0.1], [0.1, 0.9], [0.9, 0.1]], labels: [0, 0, 0])
    #expect(tied.cascade(agreement: 0.9) == nil)
  }

  @Test("The curve has the shares that a count for each threshold gives")
  func curve() throws {
    var state: UInt64 = 5
    func random() -> Float {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 40) / 0x1p24
    }
    func row() -> [Float] {
      let values = (0..<3).map { _ in random() }
      return values.map { $0 / values.reduce(0, +) }
    }
    // Every two documents have the same confidence.
    let linear = (0..<200).map { _ in row() }.flatMap { [$0, $0] }
    let whole = (0..<400).map { _ in row() }
    let labels = (0..<400).map { _ in Int(random() * 3) }
    let answers = LinearAnswers(factor: 1, linear: linear, whole: whole, labels: labels)
    func best(_ row: [Float]) -> Int { Prediction(probabilities: row).best }

    let points = answers.curve
    #expect(points.first?.coverage == 0 && points.first?.agreement == 1)
    #expect(points.last?.coverage == 1)
    #expect(
      points.count > 5
        && zip(points, points.dropFirst()).allSatisfy {
          $0.coverage < $1.coverage
        })
    for point in points {
      let threshold = point.confidence ?? 2
      let predicted = zip(linear, whole).map { linear, whole in
        (linear.max() ?? 0) >= threshold ? best(linear) : best(whole)
      }
      func share(_ holds: (Int) -> Bool) -> Double {
        Double((0..<400).count { holds($0) }) / 400
      }
      #expect(point.coverage == share { (linear[$0].max() ?? 0) >= threshold })
      #expect(point.agreement == share { predicted[$0] == best(whole[$0]) })
      #expect(point.accuracy == share { predicted[$0] == labels[$0] })
    }
  }

  @Test("Of many documents, a part is kept")
  func many() {
    let rows = [[Float]](repeating: [0.7, 0.3], count: 25_000)
    let answers = LinearAnswers(
      factor: 1, linear: rows, whole: rows, labels: rows.map { _ in 1 })
    #expect(answers.count == 8334)
  }

  @Test("Values that are not probabilities of these labels are refused")
  func invalid() {
    func answers(_ factor: Float, _ predicted: Float, _ whole: Float, _ label: Float) -> Any? {
      LinearAnswers(factor: factor, predicted: [predicted], ofWhole: [whole], ofLabel: [label])
    }
    #expect(answers(1, 0.9, 0.9, 0.1) != nil)
    #expect(answers(0, 0.9, 0.9, 0.1) == nil)
    #expect(answers(.infinity, 0.9, 0.9, 0.1) == nil)
    #expect(answers(1, 1.5, 0.9, 0.1) == nil)
    #expect(answers(1, -0.5, -0.5, -0.5) == nil)
    #expect(answers(1, .nan, 0.9, 0.1) == nil)
    #expect(answers(1, 0.5, 0.9, 0.1) == nil)
    #expect(answers(1, 0.5, 0.5, 0.6) == nil)
    #expect(LinearAnswers(factor: 1, predicted: [], ofWhole: [], ofLabel: []) == nil)
    #expect(LinearAnswers(factor: 1, predicted: [1], ofWhole: [], ofLabel: [1]) == nil)
  }
}
