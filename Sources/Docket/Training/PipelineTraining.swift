import Corpora
import Messages
public import Models
public import PipelineCore
public import PipelineFiles
public import Reports

/// Trains a pipeline on the corpus that its file names, or on documents in memory.
///
/// `run` reads the documents (`TrainingData`), `prepare` encodes them, `fit` trains the classifier,
/// and `train` ties these steps together.
public struct PipelineTraining {
  /// The pipeline to train.
  public let description: PipelineDescription
  /// The number of threads; never affects the result.
  public var threads: Int
  /// Receives a sentence about each decision and each problem.
  public var note: (String) -> Void
  /// Receives the progress of the classifier and of the word vectors.
  public var report: (TrainingEvent) -> Void
  /// Called before each step; returns whether to stop. Training then ends with
  /// `TrainingError.interrupted`.
  public var shouldStop: () -> Bool
  /// The checkpoint folder; if `nil`, no checkpoints are written.
  public var checkpoints: CheckpointFolder?
  /// Whether to resume from the newest checkpoint.
  public var resumes = false
  /// The processes that train the network together; `nil` for this process alone. Each process does
  /// everything else by itself, with the same result; process 0 saves the checkpoints.
  public var group: (any ProcessGroup)?
  /// The documents to train on; if `nil`, the documents that the pipeline names.
  public var documents: CorpusParts?
  /// The model to continue from; if `nil`, training starts from scratch.
  public var continued: ContinuedTraining?
  /// Whether training is only checked: no vectors are trained, but all text for them is read.
  var isTrial = false
  /// Receives the identity of the training run before it starts; throws to reject it.
  var verify: (TrainingIdentity) throws -> Void = { _ in }

  /// Creates a training run for a pipeline; by default, it is silent and never interrupted.
  public init(
    _ description: PipelineDescription, threads: Int,
    note: @escaping (String) -> Void = { _ in },
    report: @escaping (TrainingEvent) -> Void = { _ in },
    shouldStop: @escaping () -> Bool = { false }
  ) {
    self.description = description
    self.threads = threads
    self.note = note
    self.report = report
    self.shouldStop = shouldStop
  }

  /// A trained pipeline and the baseline that was trained on the same tokens.
  public struct Outcome: Sendable {
    /// The trained pipeline.
    public let pipeline: TrainedPipeline
    /// The baseline of the registry, `ngrams.v1`; `nil` if it was not requested or is the
    /// pipeline's own classifier.
    public let baseline: TrainedPipeline?
    /// The languages of the training corpus and the stages chosen for them.
    public let language: LanguageFinding
    /// What the model forgot during training on new documents; `nil` unless training continued from
    /// a model.
    public var forgetting: Forgetting?
  }

  /// Trains on `documents`, or reads the corpus that the pipeline names and trains on it.
  ///
  /// - Parameter withBaseline: whether to also train the baseline classifier of the registry.
  /// - Throws: a `DiagnosableError` for any problem with an input, `TrainingError`.
  public func run(withBaseline: Bool) throws -> Outcome {
    try train(plan(for: .training).plan, withBaseline: withBaseline)
  }

  /// Trains according to a plan.
  func train(_ plan: TrainingPlan, withBaseline: Bool) throws -> Outcome {
    let earlierTest = try continued?.measureEarlierTest(plan.data, threads: threads, note: note)
    let (data, description, newWords) = (plan.data, plan.description, plan.newWords)
    var task = plan.task
    let identity = identity(of: data, task)
    try verify(identity)
    task.checkpoints = try checkpointPlan(identity)
    if withBaseline { task.baseline = description.stages.baseline(for: description.classifier) }

    let model = try fit(task, description.classifier, on: data.training)
    noteEnd(model, epochs: task.settings.epochs)
    let (heldOut, curve) = try correctedPredictions(of: model, task, data.validation)
    let thresholds = heldOut.map(thresholds) ?? []
    var pipeline = try TrainedPipeline(
      description: description, labels: data.labels, model: model,
      record: record(of: data, task, model, identity, description), thresholds: thresholds,
      validationConfidence: heldOut.map { ValidationConfidence($0.scaled(by: thresholds)) },
      validationProfile: heldOut.flatMap {
        profile(of: data.validation, $0.scaled(by: thresholds), model, task)
      }
    ).withStoredVectors()
    // Thresholds change the labels that the whole model predicts, so the predictions of the linear
    // part can no longer be compared with them.
    pipeline.linearAnswers = thresholds.isEmpty ? heldOut?.linear : nil
    pipeline.confidenceCurve = curve
    pipeline.record.calibration = heldOut.flatMap {
      CalibrationRecord($0, scale: curve?.scale, bend: curve?.bend)
    }
    let baseline = try baseline(beside: pipeline, task)

    let forgetting = try continued?.forgetting(
      of: pipeline, earlierTest, data, newWords: newWords, threads: threads)
    if let forgetting {
      for sentence in forgetting.sentences { note(sentence) }
      pipeline.record.metrics.merge(forgetting.metrics) { _, new in new }
    }
    return Outcome(
      pipeline: pipeline, baseline: baseline, language: data.language, forgetting: forgetting)
  }
}

// MARK: - From documents to numbers

extension PipelineTraining {
  /// Prepares the text, creates the word vectors and encodes the documents.
  func prepare(_ data: TrainingData, _ problems: PlanProblems) throws -> TrainingPlan {
    // This comes first so that mismatched weights and missing labels are reported before vectors
    // are trained.
    let encoder = try problems.attempt {
      continued == nil ? try self.description.readEncoder() : nil
    }
    let balance = ClassBalance(data.training, labels: data.labels)
    let weights = try problems.attempt {
      try balance.weights(self.description.training.classWeights)
    }
    var prepared = try prepare(data.training, named: "training", TextPreparation(data.description))
    try problems.attempt {
      guard prepared.contains(where: { $0.tokens.count > 0 }) else {
        throw TrainingDataError(.noTokens, at: data.training.first?.position)
      }
    }
    let counts = WordCounts(prepared.lazy.map(\.tokens))
    // A continued model keeps its word lists and therefore its tokens.
    var description =
      continued == nil ? data.description.keepingWords(of: counts) : data.description
    var preparation = TextPreparation(description)
    var preparedValidation = try prepare(data.validation, named: "validation", preparation)

    var unlabelled = self.unlabelled(for: data, description, preparation, counts)
    let budget =
      try problems.attempt {
        try planBudget(description, prepared, preparedValidation, data.labels.count, unlabelled)
      } ?? nil
    if let budget {
      note(budget.sentence)
      let limit = description.limits.tokens
      description = budget.description
      preparation = TextPreparation(description)
      if description.limits.tokens < limit {
        prepared = try prepare(data.training, named: "training", preparation)
        preparedValidation = try prepare(data.validation, named: "validation", preparation)
      }
      unlabelled = self.unlabelled(for: data, description, preparation, counts)
    }
    var (table, newWords) =
      try problems.attempt {
        try vectors(for: prepared, counts, preparation, description, unlabelled)
      } ?? (nil, 0)
    var planned = data
    if let finding = unlabelled?.finding {
      planned.identity.unlabelled = finding.read.sha256
      note(finding.sentence)
      for finding in finding.findings(limits: description.limits) { note(finding.description) }
    }
    // A classifier with only a linear part has no layers that can start from other weights.
    if let encoder = encoder ?? nil, table != nil {
      try problems.attempt { try encoder.transfer(to: &table, of: description.classifier) }
    }
    if let table {
      note(table.summary)
      for warning in table.warnings { note("warning: \(warning)") }
    }
    noteImbalance(balance, description)
    var task = TrainingTask(
      examples: examples(prepared, data.training, data.labels, table),
      validation: examples(preparedValidation, data.validation, data.labels, table),
      embedding: table, settings: description.training, threads: threads,
      report: { event in
        switch event {
        case .rollback(let divergence): noteRollback(divergence, data.training)
        case .part(let part): note(part.sentence)
        case .note(let sentence): return note(sentence)
        default: break
        }
        report(event)
      }, shouldStop: shouldStop)
    task.start =
      continued?.start(for: data.labels) ?? (table == nil ? nil : (encoder ?? nil)?.start)
    if let others = data.replay?.others, !others.isEmpty {
      task.linearOnlyExamples = examples(
        try prepare(others, named: "earlier", preparation), others, data.labels, table)
    }
    task.labelWeights = type(of: description.classifier).usesLabelWeights ? weights ?? [] : []
    task.group = group
    if !isTrial { task.unlabelled = try unlabelled?.encoded(by: table) ?? [] }
    if isTrial { try problems.attempt { try description.classifier.check(task) } }
    return TrainingPlan(
      data: planned, task: task, description: description, newWords: newWords,
      unlabelled: unlabelled?.finding, budget: budget?.sentence)
  }

  /// Returns the tokens of each document. Throws an error for an unusable document.
  func prepare(
    _ documents: [CorpusDocument], named part: String, _ preparation: TextPreparation
  ) throws -> [PreparedDocument] {
    report(.phase(PhaseRecord(.tokenizing)))
    var cut = 0
    let results = preparation.prepare(documents.map(\.text), threads: threads)
    let prepared = try zip(documents, results).map { document, result in
      switch result {
      case .success(let prepared):
        if prepared.warnings.contains(where: { $0.code == "tokens-cut" }) { cut += 1 }
        return prepared
      case .failure(var error):
        error.position = document.position
        throw error
      }
    }
    if cut > 0 {
      let documents = NumberFormat.count(cut, "\(part) document was", "\(part) documents were")
      note("warning: \(documents) cut to \(preparation.limits.tokens) tokens")
    }
    return prepared
  }

  /// Returns the word vectors that the classifier starts with; `nil` for a classifier that reads
  /// tokens.
  private func vectors(
    for prepared: [PreparedDocument], _ counts: WordCounts, _ preparation: TextPreparation,
    _ description: PipelineDescription, _ unlabelled: UnlabelledDocuments?
  ) throws -> (table: EmbeddingTable?, newWords: Int) {
    let table = try description.embedding.map { embedding in
      var task = preparation.embeddingTask(
        for: prepared.map(\.tokens), counts: counts, seed: description.training.seed,
        threads: threads)
      report(.phase(PhaseRecord(.vectors)))
      task.report = report
      task.shouldStop = shouldStop
      // Vectors trained from random ones would not be in the same space as the model's.
      task.trainsVectors = continued == nil && !isTrial
      task.checksText = isTrial
      if let unlabelled { task.unlabelled = unlabelled.read }
      let table = try DivergedVectors.naming { try embedding.makeTable(for: task) }
      // A trial trains no vectors, but checks all inputs.
      if let unlabelled, unlabelled.finding == nil { try unlabelled.read { _ in } }
      guard table.vocabulary.count > 0 || continued != nil else {
        throw TrainingDataError(.noWords, at: nil)
      }
      return table
    }
    guard let (extended, count) = try continued?.table(extendedBy: table) else { return (table, 0) }
    return (extended, count)
  }
}

// MARK: - Fitting the classifier

extension PipelineTraining {
  /// Returns the checkpoint to resume from and where to save new ones; `nil` if checkpoints are
  /// off.
  ///
  /// - Throws: `CheckpointError`.
  private func checkpointPlan(_ identity: TrainingIdentity) throws -> CheckpointPlan? {
    guard let checkpoints else { return nil }
    var state: TrainingState?
    if resumes {
      state = try checkpoints.newest(for: identity, note: note)
      if let state {
        note("resuming from epoch \(state.epoch), step \(state.step + 1)")
      } else {
        note("no checkpoint in \(checkpoints.path); starting from the beginning")
      }
    } else if try checkpoints.numbers.isEmpty == false {
      note(
        "warning: starting from the beginning; the first new checkpoint replaces those in "
          + "\(checkpoints.path); use --resume to resume from them instead")
    }
    let minutes = description.training.checkpointMinutes
    return CheckpointPlan(
      resume: state, interval: minutes > 0 ? .seconds(minutes * 60) : nil,
      save: { try checkpoints.save($0, identity) })
  }

  /// Trains the classifier.
  ///
  /// - Throws: `DivergedTraining`; `CheckpointError` for a checkpoint that does not fit the
  ///   classifier; any error from the classifier.
  private func fit(
    _ task: TrainingTask, _ classifier: any Classifier, on documents: [CorpusDocument]
  ) throws -> any ClassifierModel {
    do {
      let fitsInOnePass = type(of: classifier).fitsInOnePass
      return try classifier.fitModel(fitsInOnePass ? task.withAllExamples : task)
    } catch TrainingError.diverged(let divergence) {
      throw DivergedTraining(
        divergence: divergence, places: divergence.places(in: documents),
        learningRate: description.training.learningRate)
    } catch let error as TensorError {
      guard let checkpoints, task.checkpoints?.resume != nil else { throw error }
      throw CheckpointError(.unfit(error.sentence), at: .file(checkpoints.path))
    }
  }

  /// Returns the baseline with its own pipeline; `nil` if the task has none.
  private func baseline(
    beside pipeline: TrainedPipeline, _ task: TrainingTask
  ) throws -> TrainedPipeline? {
    guard let classifier = task.baseline,
      let model = try task.baselineModel(beside: pipeline.model)
    else { return nil }
    var description = pipeline.description
    description.embedding = nil
    description.classifier = classifier
    var baseline = TrainedPipeline(
      description: description, labels: pipeline.labels, model: model, record: pipeline.record)
    baseline.confidenceCurve = confidenceCurve(of: model, nil, task)
    return baseline
  }

  /// Reports which epoch was kept, why training stopped early (if it did), and whether the epochs
  /// made a difference.
  private func noteEnd(_ model: any ClassifierModel, epochs: Int) {
    let history = model.history
    guard let best = history.best, let accuracy = best.validationAccuracy else { return }
    let selection = description.training.select.map { " by \($0.name)" } ?? ""
    var sentence =
      "keeping epoch \(best.epoch)\(selection), validation accuracy \(NumberFormat.percent(accuracy))"
    if let macroF1 = best.validationMacroF1 {
      sentence += ", macro F1 \(NumberFormat.percent(macroF1))"
    }
    if history.count < epochs, history.count - best.epoch >= description.training.patience {
      sentence += "; stopped after epoch \(history.count) of \(epochs), as no later one was better"
    }
    note(sentence)
    if let note = history.flatLossNote { self.note(note) }
  }
}

extension PartRecord {
  /// The score as a sentence.
  fileprivate var sentence: String {
    "\(name) alone: validation accuracy \(NumberFormat.percent(validationAccuracy)), loss "
      + NumberFormat.decimal(validationLoss, 4)
  }
}

extension [EpochRecord] {
  /// A note that the epochs after the first barely lower the validation loss; `nil` if they lower
  /// it, or if there are too few to tell.
  fileprivate var flatLossNote: String? {
    let losses = compactMap(\.validationLoss)
    guard losses.count >= 3, let first = losses.first, let least = losses.min(),
      first - least < 0.02 * first
    else { return nil }
    return "the validation loss decreased by less than 2 % after epoch 1 (from "
      + "\(NumberFormat.decimal(first, 4)) to \(NumberFormat.decimal(least, 4))): fewer "
      + "training.epochs or a simpler classifier may be enough; docket run compares the network with a linear model"
  }
}

// MARK: - Searching for a learning rate

extension PipelineTraining {
  /// Trains with a rising learning rate and returns the loss at each rate. No model is kept.
  ///
  /// - Throws: the errors of `run`; `ConfigurationErrors` if the classifier has no learning rate.
  public func findRate() throws -> RateCurve {
    var points: [RatePoint] = []
    var task = try plan(for: .training).plan.task
    task.rateSearch = RateSearch()
    task.report = { event in if case .rate(let point) = event { points.append(point) } }
    _ = try description.classifier.fitModel(task)
    guard !points.isEmpty else {
      let name = type(of: description.classifier).stageName
      let sentence = "\(name) does not use training.learningRate, so there is no rate to find"
      throw ConfigurationErrors([ConfigurationError(.conflict(sentence), at: nil)])
    }
    return RateCurve(points)
  }
}

extension Classifier {
  /// Calls `fit` through an existential.
  func fitModel(_ task: TrainingTask) throws -> any ClassifierModel { try fit(task) }
}
