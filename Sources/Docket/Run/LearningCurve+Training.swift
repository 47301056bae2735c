import Classifiers
import Corpora
import Messages
import PipelineCore
import Reports
import PipelineFiles

extension PipelineTraining {
  /// Trains on parts of the documents and evaluates each on the same test documents.
  ///
  /// What language, vectors and word lists decided on all documents stays decided. Fewer documents are gone
  /// through more often, so that every training takes as many steps: what differs is the data alone.
  ///
  /// - Parameter whole: what all documents gave.
  /// - Throws: as `run`.
  func learningCurve(
    _ material: TrainingMaterial, test: Corpus, whole: LearningCurve.Point
  ) throws -> LearningCurve {
    var quiet = self
    quiet.note = { _ in }
    quiet.report = { _ in }
    (quiet.checkpoints, quiet.resumes) = (nil, false)
    let subsets = NestedSubsets(
      of: material.training, labels: material.labels, seed: description.training.seed)
    var points: [LearningCurve.Point] = []
    for share in LearningCurve.shares {
      var part = material
      part.training = subsets.part(share)
      // Of very few documents two parts may be the same.
      let fewest = points.last?.documents ?? 0
      guard part.training.count > fewest, part.training.count < whole.documents else { continue }
      part.description.training.stretch(by: 1 / share)
      let outcome = try quiet.train(part, withBaseline: true)
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
      classifier: type(of: description.classifier).stageName,
      baseline: whole.baseline.map { _ in NGramClassifier.stageName }, points: points + [whole],
      seed: description.training.seed, threads: threads)
  }
}

extension TrainingSettings {
  /// Everything that is counted in epochs, so many times.
  fileprivate mutating func stretch(by factor: Double) {
    let stretched = { (count: Int) in min(10_000, Int((Double(count) * factor).rounded())) }
    epochs = stretched(epochs)
    patience = stretched(patience)
    plateauPatience = min(1_000, stretched(plateauPatience))
  }
}
