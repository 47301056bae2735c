import Corpora
import FileAccess
import Messages
import Models
import PipelineCore
import PipelineFiles
public import Reports

/// A run of `docket run`: trains a pipeline and its baseline, evaluates both, and writes the model
/// and the report to a folder.
public struct PipelineRun {
  /// The training of the pipeline.
  public let training: PipelineTraining
  /// The title of the report.
  public let title: String

  /// Creates a run.
  public init(_ training: PipelineTraining, title: String) {
    self.training = training
    self.title = title
  }

  /// The result of a run.
  public struct Outcome: Sendable {
    /// The report.
    public let report: Report
    /// The SHA-256 of `model.docket`.
    public let modelDigest: String
  }

  /// The files that every run writes.
  public static let fileNames = [modelName] + Report.fileNames
  /// The additional file written for `corpus.badRows: skip`, with one line per skipped row.
  public static let skippedName = "skipped-rows.txt"
  /// The model file.
  public static let modelName = "model.docket"

  /// Trains, evaluates and writes the files. Each file is written atomically.
  ///
  /// - Parameters:
  ///   - output: an existing folder.
  ///   - withCurve: whether to also measure a learning curve, after everything else has been
  ///     written.
  /// - Throws: a `DiagnosableError`, `TrainingError`.
  public func run(output: String, withCurve: Bool = false) throws -> Outcome {
    let description = training.description
    let clock = ContinuousClock()
    let started = clock.now
    let stale = staleFiles(in: output, withCurve: withCurve)
    let (plan, test) = try training.plan(for: .evaluation)
    guard let test else { throw TrainingDataError(.noTest, at: nil) }
    let data = plan.data
    let outcome = try training.train(plan, withBaseline: true)
    let seconds = (clock.now - started).inSeconds

    var pipeline = outcome.pipeline
    let (evaluation, baseline) = try keepingModel(pipeline, in: output) {
      try evaluate(outcome, on: test)
    }
    pipeline.record.metrics["testAccuracy"] = evaluation.accuracy
    pipeline.record.metrics["testMacroF1"] = evaluation.macroF1
    if let baseline {
      pipeline.record.metrics["ngramsTestAccuracy"] = baseline.evaluation.accuracy
    }
    training.report(.phase(PhaseRecord(.writing)))
    let digest = try ModelArchive.write(pipeline, to: "\(output)/\(Self.modelName)")

    var skipped = data.skippedRows
    skipped.add(test.faults)
    for name in stale { Folder.delete("\(output)/\(name)") }
    if description.corpus.badRows == .skip {
      try AtomicFile.write(path: "\(output)/\(Self.skippedName)", skipped.list.utf8)
    }
    var report = Report(
      title: title, classifier: pipeline.classifierName, evaluation: evaluation,
      baseline: baseline, history: pipeline.record.history, forgetting: outcome.forgetting,
      facts: facts(outcome, test: test, skipped: skipped.count, seconds: seconds, digest: digest),
      pipeline: pipeline.description.resolvedText, seed: description.training.seed,
      versions: outcome.pipeline.record.versions,
      documents: evaluation.reportedDocuments(in: test, description.report),
      threads: training.threads)
    report.calibration = pipeline.record.calibration
    report.cascade = CascadeCurve(
      pipeline.cascadeCurve, whole: evaluation.documentsPerSecond,
      linear: baseline?.evaluation.documentsPerSecond)
    report.remarks = pipeline.model.facts.remarks
    report.evidence = evidence(of: pipeline, on: test, evaluation)
    try report.write(to: output)
    if withCurve {
      let whole = LearningCurve.Point(
        documents: data.training.count, epochs: description.training.epochs,
        evaluation: evaluation, baseline: baseline?.evaluation)
      let curve = try training.learningCurve(
        data, test: test, whole: whole, baseline: baseline?.name)
      try curve.write(to: output)
      report.learningCurve = curve
      try report.write(to: output)
    }
    return Outcome(report: report, modelDigest: digest)
  }

  /// Scores the pipeline and its baseline.
  private func evaluate(
    _ outcome: PipelineTraining.Outcome, on test: Corpus
  ) throws -> (Evaluation, Report.Baseline?) {
    let (threads, report) = (training.threads, training.report)
    let evaluation = try outcome.pipeline.evaluate(on: test, threads: threads, report: report)
    let baseline = try outcome.baseline.map { baseline in
      Report.Baseline(
        name: baseline.classifierName,
        evaluation: try baseline.evaluate(on: test, threads: threads, report: report))
    }
    return (evaluation, baseline)
  }

  /// Finds what the pipeline looks at in the test documents, taking at most about a twentieth of
  /// the training time; returns `nil` if texts are left out of the report.
  private func evidence(
    of pipeline: TrainedPipeline, on test: Corpus, _ evaluation: Evaluation
  ) -> LabelEvidence? {
    guard training.description.report.texts != .none else { return nil }
    let learned = pipeline.record.history.reduce(0) { $0 + $1.tokens }
    // A step of training takes about three times as long as classifying its documents.
    return pipeline.evidence(
      in: test, evaluation, budget: 0.05 * Double(3 * learned + evaluation.tokens),
      threads: training.threads)
  }

  /// Returns the result of `body`. If it fails, the trained model is written before the error is
  /// rethrown, so that the training run is not lost.
  private func keepingModel<Result>(
    _ pipeline: TrainedPipeline, in output: String, _ body: () throws -> Result
  ) throws -> Result {
    do {
      return try body()
    } catch {
      let path = "\(output)/\(Self.modelName)"
      // The original error matters more than a failure to write the model.
      if (try? ModelArchive.write(pipeline, to: path)) != nil {
        training.note("the model was trained but not evaluated; wrote \(path)")
      }
      throw error
    }
  }

  /// Returns the files that an earlier run left in the folder and that this run does not write.
  private func staleFiles(in folder: String, withCurve: Bool) -> [String] {
    // If any file that every run writes is missing, other files may not be from a run.
    let names = Set((try? Folder.names(in: folder)) ?? [])
    guard Self.fileNames.allSatisfy(names.contains) else { return [] }
    let skipped = training.description.corpus.badRows == .skip ? [] : [Self.skippedName]
    return (skipped + (withCurve ? [] : LearningCurve.fileNames)).filter(names.contains)
  }

  /// Returns the details listed in the report.
  private func facts(
    _ outcome: PipelineTraining.Outcome, test: Corpus, skipped: Int, seconds: Double,
    digest: String
  ) -> [InfoItem] {
    let record = outcome.pipeline.record
    return [
      InfoItem("language", outcome.language.fact),
      InfoItem("training documents", "\(record.documents)"),
      InfoItem("rows skipped", skipped > 0 ? "\(skipped), see \(Self.skippedName)" : ""),
      InfoItem("training took", "\((seconds * 10).rounded() / 10) s in total"),
      InfoItem("best epoch", bestEpoch(record.history)),
      InfoItem("word vectors", record.embeddingSummary),
      InfoItem("cascade", outcome.pipeline.cascadeSummary),
      InfoItem("overrides", record.overrides.joined(separator: " ")),
      InfoItem("corpus SHA-256", record.corpusFingerprint),
      InfoItem("validation SHA-256", record.validationFingerprint),
      InfoItem("unlabelled SHA-256", record.unlabelledFingerprint),
      InfoItem("vectors SHA-256", record.vectorsFingerprint),
      InfoItem("starting vectors SHA-256", record.startFingerprint),
      InfoItem("starting weights SHA-256", record.weightsFingerprint),
      InfoItem("test SHA-256", test.sha256),
      InfoItem("model SHA-256", digest),
      InfoItem("machine", Provenance.machine),
    ].filter { !$0.value.isEmpty }
  }

  /// Describes the epoch whose weights were kept; empty if none was chosen.
  private func bestEpoch(_ history: [EpochRecord]) -> String {
    guard let best = history.best, let accuracy = best.validationAccuracy else { return "" }
    let selection = training.description.training.select.map { " by \($0.name)" } ?? ""
    let macroF1 = best.validationMacroF1.map { ", macro F1 \(NumberFormat.percent($0))" } ?? ""
    return "\(best.epoch) of \(history.count)\(selection), validation accuracy "
      + NumberFormat.percent(accuracy) + macroF1
  }
}
