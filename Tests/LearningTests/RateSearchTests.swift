import Learning
import PipelineCore
import Testing

@Suite("Learning-rate search")
struct RateSearchTests {
  private func search(documents: Int = 12) throws -> (points: [RatePoint], network: SpringNetwork) {
    var settings = TrainingSettings()
    settings.batch = 4
    settings.shard = 2
    settings.optimizer = .sgd
    settings.clip = 0
    var points: [RatePoint] = []
    var task = TrainingTask(
      examples: examples(
        (0..<documents).map { [Int32($0 % 3)] }, labels: (0..<documents).map { _ in 1 }),
      settings: settings,
      report: { event in if case .rate(let point) = event { points.append(point) } })
    var search = RateSearch()
    (search.lowest, search.highest, search.steps) = (1e-4, 100, 61)
    task.rateSearch = search
    let start = SpringNetwork(
      parameters: [5, -3], vectors: Array(repeating: 2, count: 6), vectorWidth: 2)
    var trainer = Trainer(start, task: task) { _ in nil }
    let network = try trainer.fit(start).0
    return (points, network)
  }

  @Test("Rates rise geometrically, the loss falls and then rises, and the search then ends")
  func curve() throws {
    let (points, network) = try search()
    try #require(points.count > 10)
    #expect(points[0].rate == 1e-4 && points[1].rate == 1e-4)
    for (before, after) in zip(points.dropFirst(), points.dropFirst(2)) {
      #expect((after.rate / before.rate - 1.2589254117941673).magnitude < 1e-9)
    }
    let lowest = try #require(points.min { $0.smoothedLoss < $1.smoothedLoss })
    // Springs with momentum 0.9 are stable up to a rate of 3.8.
    #expect((0.01...3.8).contains(lowest.rate))
    #expect(points.count < 61)
    #expect(try #require(points.last).smoothedLoss > 4 * lowest.smoothedLoss)
    // The trained weights are discarded.
    #expect(network.weights.parameters == [5, -3])
  }
}
