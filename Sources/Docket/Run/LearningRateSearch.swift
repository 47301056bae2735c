import PipelineCore
import PipelineFiles
public import Reports

extension PipelineTraining {
  /// Trains with a rising learning rate and returns the loss at each rate; leaves no model.
  ///
  /// - Throws: as `run`; `ConfigurationErrors` if the classifier has no learning rate.
  public func findRate() throws -> RateCurve {
    var points: [RatePoint] = []
    var task = try prepare(readData(test: nil)).task
    task.rateSearch = RateSearch()
    task.report = { event in if case .rate(let point) = event { points.append(point) } }
    _ = try description.classifier.fitModel(task)
    guard !points.isEmpty else {
      let name = type(of: description.classifier).stageName
      let sentence = "\(name) has no training.learningRate, so there is none to find"
      throw ConfigurationErrors([ConfigurationError(.conflict(sentence), at: nil)])
    }
    return RateCurve(points)
  }
}
