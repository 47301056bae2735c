import Corpora
import Messages
import PipelineCore
import PipelineFiles
import Reports

extension PipelineTraining {
  /// Trains on nested subsets of the documents and evaluates each model on the same test documents.
  ///
  /// The language, vectors and word lists chosen for all documents are kept. A smaller subset gets
  /// more epochs, so that every training run has the same number of steps and only the data
  /// differs.
  ///
  /// - Parameters:
  ///   - data: all documents.
  ///   - test: the test documents.
  ///   - whole: the result with all documents.
  ///   - baseline: the name of the baseline; `nil` if there is none.
  /// - Throws: the same errors as `run`.
  func learningCurve(
    _ data: TrainingData, test: Corpus, whole: LearningCurve.Point, baseline: String?
  ) throws -> LearningCurve {
    var quiet = self
    quiet.note = { _ in }
    (quiet.checkpoints, quiet.resumes) = (nil, false)
    let subsets = NestedSubsets(
      of: data.training, labels: data.labels, seed: description.training.seed)
    var points: [LearningCurve.Point] = []
    for share in LearningCurve.shares {
      var part = data
      part.training = subsets.part(share)
      // If there are very few documents, two subsets can be the same.
      let fewest = points.last?.documents ?? 0
      guard part.training.count > fewest, part.training.count < whole.documents else { continue }
      part.description.training.stretch(by: 1 / share)
      let detail = "\(NumberFormat.integer(part.training.count)) documents"
      quiet.report = { [report] event in
        report(.phase(PhaseRecord(.learningCurve, detail: detail, share: event.share)))
      }
      let outcome = try quiet.train(
        quiet.prepare(part, PlanProblems(areCollected: false)), withBaseline: true)
      let point = LearningCurve.Point(
        documents: part.training.count, epochs: part.description.training.epochs,
        evaluation: try outcome.pipeline.evaluate(on: test, threads: threads),
        baseline: try outcome.baseline?.evaluate(on: test, threads: threads))
      note(
        "learning curve: \(NumberFormat.integer(point.documents)) of "
          + "\(NumberFormat.integer(whole.documents)) documents, accuracy "
          + NumberFormat.percent(point.evaluation.accuracy))
      points.append(point)
    }
    return LearningCurve(
      classifier: type(of: description.classifier).stageName, baseline: baseline,
      points: points + [whole], seed: description.training.seed, threads: threads)
  }
}

extension TrainingSettings {
  /// Multiplies all settings that are counted in epochs.
  fileprivate mutating func stretch(by factor: Double) {
    let stretched = { (count: Int) in min(10_000, Int((Double(count) * factor).rounded())) }
    epochs = stretched(epochs)
    patience = stretched(patience)
    plateauPatience = min(1_000, stretched(plateauPatience))
  }
}
