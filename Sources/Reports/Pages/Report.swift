public import Messages
public import PipelineCore
public import FileAccess

/// The contents of an accuracy report. `ReportText`, `ReportJSON` and `ReportHTML` render it.
public struct Report: Sendable {
  /// The simple classifier that the main one is compared with.
  public struct Baseline: Sendable {
    /// The name of the baseline's stage.
    public var name: String
    /// The scores of the baseline on the same documents.
    public var evaluation: Evaluation

    /// Creates a baseline with its scores.
    public init(name: String, evaluation: Evaluation) {
      self.name = name
      self.evaluation = evaluation
    }
  }

  /// The name of the evaluated pipeline or model.
  public let title: String
  /// The name of the classifier stage.
  public let classifier: String
  /// The scores of the classifier.
  public let evaluation: Evaluation
  /// The baseline that the classifier is compared with.
  public let baseline: Baseline?
  /// The differences of the scores, classifier minus baseline.
  public let difference: PairedBootstrap?
  /// McNemar's test of the classifier against the baseline; `onlyFirst` counts documents on which
  /// only the classifier is correct.
  public let test: McNemarTest?
  /// The result of each epoch.
  public let history: [EpochRecord]
  /// The effect of continued training; `nil` unless training continued from a model.
  public let forgetting: Forgetting?
  /// Background information, in order.
  public let facts: [InfoItem]
  /// The pipeline file.
  public let pipeline: String?
  /// The seed for training.
  public let seed: Int?
  /// The names and versions of the programs and libraries.
  public let versions: [InfoItem]
  /// The intervals of the scores; `nil` for a single document.
  public let intervals: ScoreIntervals?
  /// The documents that were misclassified or nearly misclassified; `nil` if the report lists none.
  public let documents: ReportedDocuments?
  /// Sentences about how the documents differ from those that the model was validated on, and the
  /// numbers behind them; `nil` if they were not compared.
  public var drift: (sentences: [String], figures: JSONValue)?
  /// How calibration changed the probabilities for the validation documents; `nil` if it is not
  /// known.
  public var calibration: CalibrationRecord?
  /// Accuracy and speed of cascades with different thresholds; `nil` if the model has none.
  public var cascade: CascadeCurve?
  /// Sentences about the classifier that a reader of the scores should know, for example that
  /// training left out a part of it.
  public var remarks: [String] = []
  /// Why the scores may mislead, as sentences, such as documents that the model was trained on.
  public var warnings: [String] = []
  /// The n-grams and tokens that identify each label; `nil` if the classifier cannot provide them,
  /// or if texts are left out of the report.
  public var evidence: LabelEvidence?
  /// The learning curve; `nil` if none was drawn.
  public var learningCurve: LearningCurve?

  /// Creates a report. Compares the classifier with the baseline if there is one.
  ///
  /// - Precondition: the baseline was evaluated on the same documents.
  public init(
    title: String, classifier: String, evaluation: Evaluation, baseline: Baseline? = nil,
    history: [EpochRecord] = [], forgetting: Forgetting? = nil, facts: [InfoItem] = [],
    pipeline: String? = nil, seed: Int? = nil, versions: [InfoItem] = [],
    documents: ReportedDocuments? = nil, threads: Int = 1
  ) {
    self.title = title
    self.classifier = classifier
    self.evaluation = evaluation
    self.baseline = baseline
    self.difference = baseline.map {
      PairedBootstrap(evaluation, $0.evaluation, seed: seed ?? 1, threads: threads)
    }
    test = baseline.map { McNemarTest(evaluation.correct, $0.evaluation.correct) }
    intervals =
      evaluation.documents > 1
      ? ScoreIntervals(evaluation, seed: seed ?? 1, threads: threads) : nil
    self.documents = documents
    self.history = history
    self.forgetting = forgetting
    self.facts = facts
    self.pipeline = pipeline
    self.seed = seed
    self.versions = versions
  }

  /// A sentence that says whether the classifier or the baseline is better.
  ///
  /// There is no significant difference if the p-value of McNemar's test is at least 0.05, as in
  /// `Comparison`: there are too few documents to show one.
  public var verdict: String? {
    guard let baseline, let difference, let test else { return nil }
    let points = NumberFormat.points(abs(difference.accuracy.value))
    let rival = "the baseline \(baseline.name)"
    guard test.isSignificant() else {
      let documents = NumberFormat.count(evaluation.documents, "document", "documents")
      return "no significant difference between \(classifier) and \(rival) on \(documents)"
        + (difference.accuracy.includesZero ? "" : " (McNemar's test p \(test.shownPValue))")
    }
    if difference.accuracy.value < 0 { return "\(rival) is better than \(classifier) by \(points)" }
    return "\(classifier) is better than \(rival) by \(points)"
  }

  /// Advice on what to use instead if the baseline is as good or better; `nil` otherwise.
  public var advice: String? {
    guard let baseline, let difference, let test, difference.accuracy.value <= 0 else { return nil }
    guard !test.isSignificant() else {
      return "to use it instead, set classifier: \(baseline.name), or use docket init --fast"
    }
    return "the faster \(baseline.name) alone would be enough; set classifier: \(baseline.name), "
      + "or use docket init --fast"
  }
}

extension Report {
  /// The names of the files that a report is written to.
  public static let fileNames = ["report.txt", "report.json", "report.html", "errors.jsonl"]

  /// Returns the report as plain text, the contents of `report.txt`.
  public func text() -> String { ReportText.render(self) }

  /// Returns the report as JSON, the contents of `report.json`.
  public func json() -> JSONValue { ReportJSON.value(self) }

  /// Returns the report as a self-contained page, the contents of `report.html`.
  public func html() -> String { ReportHTML.render(self) }

  /// Writes `report.txt`, `report.json`, `report.html` and `errors.jsonl` to a folder.
  public func write(to folder: String) throws {
    try AtomicFile.write(path: folder + "/report.txt", text().utf8)
    try AtomicFile.write(path: folder + "/report.json", ReportJSON.render(self))
    try AtomicFile.write(path: folder + "/report.html", html().utf8)
    try AtomicFile.write(
      path: "\(folder)/\(ErrorList.fileName)",
      ErrorList.render(documents ?? ReportedDocuments(), labels: evaluation.labels))
  }
}
