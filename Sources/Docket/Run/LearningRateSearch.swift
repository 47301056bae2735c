import PipelineCore
import PipelineFiles
public import Reports

extension PipelineTraining {
  /// Learns with a rising rate on the pipeline's corpus; trains no model.
  ///
  /// - Throws: as `run`; `ConfigurationErrors` when the classifier has no such rate.
  public func findRate() throws -> RateCurve {
    var points: [RatePoint] = []
    var task = try prepare(readMaterial(test: nil)).task
    task.rateSearch = RateSearch()
    task.report = { event in if case .rate(let point) = event { points.append(point) } }
    _ = try description.classifier.fitModel(task)
    guard !points.isEmpty else {
      let name = type(of: description.classifier).stageName
      let sentence = "\(name) does not learn by training.learningRate: there is nothing to find"
      throw ConfigurationErrors([ConfigurationError(.conflict(sentence), at: nil)])
    }
    return RateCurve(points)
  }
}
