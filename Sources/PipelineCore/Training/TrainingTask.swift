/// The input of a classifier's training.
public struct TrainingTask {
  /// The training examples.
  public var examples: LabelledExamples
  /// The examples that only a classifier fitted in one pass gets, such as a linear model: when
  /// continuing from a model, the old documents that are not replayed. `nil` if there are none.
  public var linearOnlyExamples: LabelledExamples?
  /// The examples by which the best epoch is selected; `nil` to keep the last epoch.
  public var validation: LabelledExamples?
  /// The initial vectors, for a classifier that reads vectors.
  public var embedding: EmbeddingTable?
  /// The initial weights; `nil` for random ones.
  public var start: TrainingStart?
  /// The `training` section of the pipeline file.
  public var settings: TrainingSettings
  /// The number of threads; never affects the result.
  public var threads: Int
  /// Receives progress.
  public var report: (TrainingEvent) -> Void
  /// Called before each step; `true` ends training with `TrainingError.interrupted`.
  public var shouldStop: () -> Bool
  /// Where training resumes from and saves its state; `nil` for no checkpoints.
  public var checkpoints: CheckpointPlan?
  /// The weight of each label's documents in the loss, `[C]`; empty for equal weights.
  public var labelWeights: [Double] = []
  /// A search for a learning rate to run instead of training; `nil` to train.
  public var rateSearch: RateSearch?
  /// The classifier that the model will be compared with; `nil` for none. A classifier that fits
  /// exactly this one as a part of itself keeps that part as `ClassifierModel.baselineModel`.
  public var baseline: (any Classifier)?

  /// Creates a task; by default one thread, no progress reports and no interruption.
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
  /// Returns the model of `baseline`: the part of `model` that is that model already, or else one
  /// fitted to the same examples, without reports. Returns `nil` without a baseline.
  ///
  /// - Parameter model: what a classifier made of this very task.
  /// - Throws: what `Classifier.fit` throws.
  public func baselineModel(beside model: any ClassifierModel) throws -> (any ClassifierModel)? {
    guard let baseline else { return nil }
    if let fitted = model.baselineModel { return fitted }
    var task = type(of: baseline).fitsInOnePass ? withAllExamples : self
    task.report = { _ in }
    (task.embedding, task.checkpoints, task.start, task.baseline) = (nil, nil, nil, nil)
    return try baseline.fit(task)
  }
}

/// A search for a learning rate: the rate rises from step to step while the loss is recorded.
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
