public import Corpora
import FileAccess
import Messages
public import Models
public import PipelineCore
public import PipelineFiles
public import Reports

extension TrainedPipeline {
  /// Evaluates the model on labelled documents and returns the report of `docket evaluate`: scores
  /// with their intervals, the misclassified documents, the words behind each label, and how the
  /// documents differ from those that the model was validated on.
  ///
  /// - Parameters:
  ///   - corpus: the documents. Documents with labels that the model does not know count as wrong.
  ///   - title: the heading of the report.
  ///   - source: where the documents come from, such as the name of a file; it is listed in the
  ///     report.
  ///   - texts: whether the report contains texts of documents; `nil` for the setting
  ///     `report.texts` of the model's pipeline.
  ///   - threads: the number of threads, which never affects the result; `nil` for one per
  ///     processor.
  ///   - shouldStop: called before each block of documents; if it returns `true`,
  ///     `CancellationError` is thrown.
  ///   - progress: receives the progress.
  /// - Throws: `DocumentError` with the position of an unusable document; `EvaluationError` for an
  ///   empty corpus; `CancellationError` if it was stopped.
  public func report(
    on corpus: Corpus, title: String, source: String? = nil, texts: ReportSection.Texts? = nil,
    threads: Int? = nil, shouldStop: () -> Bool = { false },
    progress: (TrainingEvent) -> Void = { _ in }
  ) throws -> Report {
    try report(
      on: corpus, title: title, source: source, texts: texts, threads: threads,
      warning: trainedOnSentence(corpus, model: title), shouldStop: shouldStop, progress: progress)
  }

  /// Evaluates the model like the method above.
  ///
  /// - Parameter warning: why the scores may mislead; `nil` if nothing is known.
  package func report(
    on corpus: Corpus, title: String, source: String?, texts: ReportSection.Texts?, threads: Int?,
    warning: String?, shouldStop: () -> Bool = { false }, progress: (TrainingEvent) -> Void
  ) throws -> Report {
    let threads = ProcessorCount.chosen(threads)
    var shown = description.report
    shown.texts = texts ?? shown.texts
    let known = validationProfile
    var profile = known.map { _ in DocumentProfile(labelCount: labels.count) }
    let evaluation = try evaluate(
      on: corpus, threads: threads, addingTo: &profile, shouldStop: shouldStop, report: progress)
    var report = Report(
      title: title, classifier: classifierName, evaluation: evaluation,
      facts: corpus.reportFacts(source: source), pipeline: description.resolvedText,
      seed: description.training.seed, versions: record.versions,
      documents: evaluation.reportedDocuments(in: corpus, shown), threads: threads)
    report.calibration = record.calibration
    report.warnings = [warning, unknownLabelsWarning(corpus)].compactMap { $0 }
    guard !shouldStop() else { throw CancellationError() }
    if shown.texts != .none {
      // Take at most half of the evaluation time.
      report.evidence = evidence(
        in: corpus, evaluation, budget: 0.5 * Double(evaluation.tokens), threads: threads)
    }
    if let known, let profile {
      let drift = Drift(from: known, to: profile, labels: labels)
      report.drift = (drift.sentences, drift.json)
    }
    return report
  }

  /// Returns a warning if no document has a label of the model, so that every prediction is wrong;
  /// otherwise `nil`.
  package func unknownLabelsWarning(_ corpus: Corpus) -> String? {
    let found = corpus.labels
    guard found.labels.allSatisfy({ labels.number(of: $0) == nil }) else { return nil }
    return
      "no document has a label that the model knows, so the accuracy is 0: the documents have "
      + "\(found.excerpt), the model has \(labels.excerpt); check --label-field"
  }
}

extension Corpus {
  /// Returns what a report says about the documents of an evaluation.
  package func reportFacts(source: String?) -> [InfoItem] {
    var facts: [InfoItem] = []
    if let source { facts.append(InfoItem("test documents", source)) }
    if faults.count > 0 {
      facts.append(InfoItem("rows skipped", NumberFormat.integer(faults.count)))
    }
    return facts + [InfoItem("test SHA-256", sha256)]
  }
}

extension LabelSet {
  /// The first labels, for a message.
  fileprivate var excerpt: String {
    let names = labels.prefix(5).map { QuotedText.quote($0.bytes) }
    return names.joined(separator: ", ") + (count > 5 ? ", ..." : "")
  }
}
