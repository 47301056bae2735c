public import Messages
public import PipelineCore
import FileAccess

/// All that an accuracy report says; `ReportText`, `ReportJSON` and `ReportHTML` only lay it out.
public struct Report: Sendable {
  /// The simple classifier that the main one is compared with.
  public struct Baseline: Sendable {
    /// The name of its stage.
    public var name: String
    /// Its scores on the same documents.
    public var evaluation: Evaluation

    /// A baseline with its scores.
    public init(name: String, evaluation: Evaluation) {
      self.name = name
      self.evaluation = evaluation
    }
  }

  /// What was evaluated: a pipeline's or a model's name.
  public let title: String
  /// The name of the classifier stage.
  public let classifier: String
  /// Its figures.
  public let evaluation: Evaluation
  /// What it is compared with.
  public let baseline: Baseline?
  /// The classifier's figures minus the baseline's.
  public let difference: PairedBootstrap?
  /// What each epoch of the training gave.
  public let history: [EpochRecord]
  /// What became of the model that training went on from, if it went on from one.
  public let forgetting: Forgetting?
  /// Lines of background, in order.
  public let facts: [InfoItem]
  /// The pipeline file.
  public let pipeline: String?
  /// Where all random numbers of the training came from.
  public let seed: Int?
  /// Names and versions of what took part.
  public let versions: [InfoItem]
  /// How accuracy grows with the documents to learn from, if that was looked at.
  public var learningCurve: LearningCurve?

  /// A report; compares the classifier with the baseline if there is one.
  ///
  /// - Precondition: the baseline was evaluated on the same documents.
  public init(
    title: String, classifier: String, evaluation: Evaluation, baseline: Baseline? = nil,
    history: [EpochRecord] = [], forgetting: Forgetting? = nil, facts: [InfoItem] = [],
    pipeline: String? = nil, seed: Int? = nil,
    versions: [InfoItem] = [], threads: Int = 1
  ) {
    self.title = title
    self.classifier = classifier
    self.evaluation = evaluation
    self.baseline = baseline
    self.difference = baseline.map {
      PairedBootstrap(evaluation, $0.evaluation, seed: seed ?? 1, threads: threads)
    }
    self.history = history
    self.forgetting = forgetting
    self.facts = facts
    self.pipeline = pipeline
    self.seed = seed
    self.versions = versions
  }

  /// Which of the two is better, in one sentence.
  ///
  /// There is no measurable difference if the 95 % interval of the difference of the accuracies
  /// includes 0: the documents are then too few to tell the two apart.
  public var verdict: String? {
    guard let baseline, let difference else { return nil }
    let points = NumberFormat.points(abs(difference.accuracy.value))
    let rival = "the baseline \(baseline.name)"
    if difference.accuracy.includesZero {
      let documents = NumberFormat.count(evaluation.documents, "document", "documents")
      return "no significant difference between \(classifier) and \(rival) on \(documents)"
    }
    if difference.accuracy.value < 0 { return "\(rival) is better than \(classifier) by \(points)" }
    return "\(classifier) is better than \(rival) by \(points)"
  }
}

extension Report {
  /// The files that a report is written to.
  public static let fileNames = ["report.txt", "report.json", "report.html"]

  /// Writes `report.txt`, `report.json` and `report.html` into a folder.
  public func write(to folder: String) throws {
    try AtomicFile.write(path: folder + "/report.txt", ReportText.render(self).utf8)
    try AtomicFile.write(path: folder + "/report.json", ReportJSON.render(self))
    try AtomicFile.write(path: folder + "/report.html", ReportHTML.render(self).utf8)
  }
}
