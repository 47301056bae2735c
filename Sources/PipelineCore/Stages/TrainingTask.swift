/// The input of a classifier's training.
public struct TrainingTask {
  /// The training examples.
  public var examples: LabelledExamples
  /// Additional examples for classifiers that are fitted in one pass, such as a linear model; `nil`
  /// if there are none. They are the old documents that are not replayed when training continues
  /// from a model.
  public var linearOnlyExamples: LabelledExamples?
  /// Unlabelled documents, for classifiers that learn from them; empty if there are none.
  public var unlabelled: [EncodedDocument] = []
  /// The examples used to select the best epoch; `nil` to keep the last epoch.
  public var validation: LabelledExamples?
  /// The initial vectors, for a classifier that reads vectors.
  public var embedding: EmbeddingTable?
  /// The initial weights; `nil` for random weights.
  public var start: TrainingStart?
  /// The `training` section of the pipeline file.
  public var settings: TrainingSettings
  /// The number of threads; never affects the result.
  public var threads: Int
  /// Receives progress events.
  public var report: (TrainingEvent) -> Void
  /// Called before each step; returning `true` ends training with `TrainingError.interrupted`.
  public var shouldStop: () -> Bool
  /// The state to resume from, and how to save checkpoints; `nil` for no checkpoints.
  public var checkpoints: CheckpointPlan?
  /// The processes that train the same network together; `nil` for this process alone. `Trainer`
  /// divides the shards of each minibatch among them. A classifier that ignores the group does the
  /// same work in each process.
  public var group: (any ProcessGroup)?
  /// The weight of each label's documents in the loss, `[C]`; empty for equal weights, and for a
  /// classifier without `usesLabelWeights`.
  public var labelWeights: [Double] = []
  /// A learning-rate search to run instead of training; `nil` to train.
  public var rateSearch: RateSearch?
  /// The classifier that the model will be compared with; `nil` for none. A classifier that fits
  /// exactly this classifier as a part of itself returns that part as
  /// `ClassifierModel.baselineModel`.
  public var baseline: (any Classifier)?

  /// Creates a task; by default with one thread, without progress reports or interruption.
  public init(
    examples: LabelledExamples, validation: LabelledExamples? = nil,
    embedding: EmbeddingTable? = nil, settings: TrainingSettings = TrainingSettings(),
    threads: Int = 1, report: @escaping (TrainingEvent) -> Void = { _ in },
    shouldStop: @escaping () -> Bool = { false }, checkpoints: CheckpointPlan? = nil
  ) {
    self.examples = examples
    self.validation = validation
    self.embedding = embedding
    self.settings = settings
    self.threads = threads
    self.report = report
    self.shouldStop = shouldStop
    self.checkpoints = checkpoints
  }

  /// Whether there are validation documents.
  package var validatesEpochs: Bool { (validation?.count ?? 0) > 0 }

  /// The task for a classifier that is fitted in one pass: its examples include the old documents
  /// in `linearOnlyExamples`, after the others.
  public var withAllExamples: TrainingTask {
    guard let linearOnlyExamples else { return self }
    var task = self
    task.examples = LabelledExamples(
      documents: examples.documents + linearOnlyExamples.documents,
      labels: examples.labels + linearOnlyExamples.labels, labelCount: examples.labelCount)
    task.linearOnlyExamples = nil
    return task
  }
}

extension TrainingTask {
  /// Returns the trained `baseline`, or `nil` if there is none. If `model` already contains it,
  /// that part is returned; otherwise the baseline is fitted to the same examples, and only its
  /// phases are reported, not its steps or epochs.
  ///
  /// - Parameter model: the result of fitting a classifier to this same task.
  /// - Throws: any error from `Classifier.fit`.
  public func baselineModel(beside model: any ClassifierModel) throws -> (any ClassifierModel)? {
    guard let baseline else { return nil }
    if let fitted = model.baselineModel { return fitted }
    var task = type(of: baseline).fitsInOnePass ? withAllExamples : self
    task.report = { [report] event in if case .phase = event { report(event) } }
    (task.embedding, task.checkpoints, task.start, task.baseline) = (nil, nil, nil, nil)
    task.unlabelled = []
    return try baseline.fit(task)
  }
}

/// A learning-rate search: the rate rises from step to step while the loss is recorded.
///
/// **Source:** the learning-rate range test of Smith 2017.
public struct RateSearch: Sendable, Equatable {
  /// The learning rate of the first step.
  public var lowest = 1e-4
  /// The learning rate of the last step.
  public var highest = 10.0
  /// The maximum number of steps; their rates are a geometric progression.
  public var steps = 150

  /// Creates a search with default options.
  public init() {}
}
