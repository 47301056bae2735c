import Corpora
import FileAccess
import Messages
import Models
package import PipelineCore
package import PipelineFiles

/// A search for better settings of a pipeline by successive halving.
///
/// Trials are compared by their accuracy on the validation documents, then by their log loss. The
/// test documents are never read. The result depends only on the number of trials and the seed, not
/// on time or threads.
package struct PipelineTuning {
  /// The score of a trial on a number of training documents.
  package struct Score: Sendable, Equatable {
    /// The accuracy on the validation documents.
    package var accuracy: Double
    /// The mean negative logarithm of the probability of the true label, in nats.
    package var logLoss: Double
    /// The training time in seconds.
    package var seconds: Double

    /// Returns whether this score is better than another.
    package func isBetter(than other: Score) -> Bool {
      (accuracy, -logLoss) > (other.accuracy, -other.logLoss)
    }
  }

  /// A trial in a round.
  package struct Result: Sendable, Equatable {
    /// The number of the trial; 0 for the pipeline itself.
    package var trial: Int
    /// The settings that differ from those of the pipeline.
    package var choices: [SearchSpace.Choice]
    /// The number of training documents.
    package var documents: Int
    /// The score; `nil` if the trial failed.
    package var score: Score?
    /// The code of the error; empty if the trial did not fail.
    package var error = ""
  }

  /// A finished search, or one that ran out of time.
  package struct Outcome: Sendable {
    /// All results, in the order in which they were found.
    package var results: [Result]
    /// The number of validation documents.
    package var validationCount: Int
    /// Whether time ran out before the end.
    package var isUnfinished: Bool

    /// The results on the largest number of documents, best first. Among equal results, the
    /// pipeline itself comes first.
    package var ranking: [Result] {
      let most = results.map(\.documents).max() ?? 0
      return results.filter { $0.documents == most && $0.score != nil }
        .sorted { PipelineTuning.isBetter($0, $1) }
    }

    /// The best result.
    package var best: Result? { ranking.first }

    /// The result of the pipeline without changes, on as many documents as the best result.
    package var own: Result? { ranking.first { $0.trial == 0 } }
  }

  /// The training run of the pipeline itself.
  let training: PipelineTraining
  /// The number of trials, without the pipeline itself.
  let trialCount: Int
  /// The log of the results; results already in it are not computed again.
  var log: TuningLog
  /// Returns whether there is time for another trial.
  let hasTime: () -> Bool
  /// Returns the pipeline with other settings.
  package let pipeline: ([SearchSpace.Choice]) throws -> PipelineDescription

  /// Creates a search.
  package init(
    _ training: PipelineTraining, trials: Int, log: TuningLog, hasTime: @escaping () -> Bool,
    pipeline: @escaping ([SearchSpace.Choice]) throws -> PipelineDescription
  ) {
    self.training = training
    trialCount = trials
    self.log = log
    self.hasTime = hasTime
    self.pipeline = pipeline
  }

  /// Runs the search.
  ///
  /// - Parameter space: the settings to vary.
  /// - Throws: any error from reading the corpora or from training the pipeline itself; errors in
  ///   other trials are recorded as results.
  package mutating func run(_ space: SearchSpace) throws -> Outcome {
    try training.description.validate()
    let parts = try documents()
    let validation = parts.validation?.documents.count ?? 0
    let seed = training.description.training.seed
    let trials = space.trials(trialCount + 1, seed: seed) { (try? pipeline($0)) != nil }
    let plan = TuningPlan(
      trials: trials.count - 1, documents: parts.training.documents.count,
      labels: parts.training.labels.count)
    try log.open(
      TuningLog.Identity(
        pipeline: training.description.resolvedText, corpus: parts.training.sha256,
        validation: parts.validation?.sha256 ?? "", trials: trialCount))
    let rounds = plan.rounds.map {
      NumberFormat.count($0.trials, "trial", "trials") + " on \(NumberFormat.integer($0.documents))"
    }
    training.note(
      "searching \(NumberFormat.count(space.dimensions.count, "setting", "settings")): "
        + rounds.joined(separator: ", then ") + " documents, compared on "
        + NumberFormat.count(validation, "validation document", "validation documents"))
    var outcome = Outcome(results: [], validationCount: validation, isUnfinished: false)
    var left = Array(trials.indices.dropFirst())
    search: for round in plan.rounds {
      let subset = CorpusParts(
        training: parts.training.stratified(round.documents, seed: seed),
        validation: parts.validation)
      left = Array(left.prefix(round.trials))
      var results: [Result] = []
      // The pipeline itself is in every round, for comparison.
      for (place, trial) in ([0] + left).enumerated() {
        let isKnown = log.result(trial, documents: round.documents) != nil
        guard isKnown || hasTime() || outcome.results.isEmpty else {
          outcome.isUnfinished = true
          break search
        }
        let result = try self.result(
          of: trial, trials[trial], subset, round, place: (place + 1, left.count + 1))
        results.append(result)
        outcome.results.append(result)
      }
      left = results.filter { $0.trial != 0 && $0.score != nil }
        .sorted { Self.isBetter($0, $1) }.map(\.trial)
    }
    return outcome
  }

  /// Returns whether a result is better than another; among equals, the earlier trial is better.
  fileprivate static func isBetter(_ first: Result, _ second: Result) -> Bool {
    guard let left = first.score, let right = second.score else { return first.score != nil }
    if left.isBetter(than: right) { return true }
    return !right.isBetter(than: left) && first.trial < second.trial
  }

  /// Reads the training and validation documents. If no validation file is named, a share of the
  /// training documents is held out: the validation share of the pipeline or, if it has none, a
  /// tenth.
  private func documents() throws -> CorpusParts {
    var parts = try training.readParts(for: .training, PlanProblems(areCollected: false))
    for warning in parts.training.warnings { training.note("\(warning)") }
    guard parts.validation == nil else { return parts }
    var share = 0.1
    if case .share(let own) = training.description.corpus.validation, own > 0 { share = own }
    let split = parts.training.split(
      validation: share, seed: training.description.training.seed)
    guard !split.validation.isEmpty else {
      throw TuningError(.noValidation(share), at: parts.training.documents.first?.position)
    }
    let sources = parts.training.sources
    parts.validation = Corpus(
      documents: split.validation, sources: sources, warnings: [], faults: RowFaults())
    parts.training = Corpus(
      documents: split.training, sources: sources, warnings: [], faults: RowFaults())
    return parts
  }

  /// Returns the result of a trial, taken from the log if possible.
  private mutating func result(
    of trial: Int, _ choices: [SearchSpace.Choice], _ parts: CorpusParts, _ round: TuningPlan.Round,
    place: (number: Int, count: Int)
  ) throws -> Result {
    if let known = log.result(trial, documents: round.documents) { return known }
    guard !training.shouldStop() else { throw TrainingError.interrupted }
    let documents = NumberFormat.integer(round.documents)
    let name = "\(place.number)/\(place.count) on \(documents) documents"
    var result = Result(trial: trial, choices: choices, documents: round.documents)
    let started = ContinuousClock.now
    do {
      let confidence = try confidence(choices, parts, name: name)
      result.score = Score(
        accuracy: confidence.accuracy, logLoss: confidence.logLoss,
        seconds: (ContinuousClock.now - started).inSeconds)
    } catch let error as any DiagnosableError where trial > 0 && error.code != "interrupted" {
      result.error = error.code
    }
    try log.append(result)
    training.note("trial \(name): \(result.sentence)")
    return result
  }

  /// Trains a pipeline and returns its confidence on the validation documents, as measured before
  /// the final fit.
  private func confidence(
    _ choices: [SearchSpace.Choice], _ parts: CorpusParts, name: String
  ) throws -> ValidationConfidence {
    var description = try pipeline(choices)
    // The documents that `testShare` holds out have already been removed.
    description.corpus.testShare = 0
    let report = training.report
    report(.phase(PhaseRecord(.tuning, detail: name)))
    var trial = PipelineTraining(
      description, threads: training.threads,
      report: { report(.phase(PhaseRecord(.tuning, detail: name, share: $0.share))) },
      shouldStop: training.shouldStop)
    trial.documents = parts
    guard let confidence = try trial.run(withBaseline: false).pipeline.validationConfidence else {
      throw TuningError(.noValidation(0), at: parts.validation?.documents.first?.position)
    }
    return confidence
  }
}

extension PipelineTuning.Result {
  /// The score and the settings on one line.
  fileprivate var sentence: String {
    let settings =
      choices.isEmpty
      ? "the pipeline itself" : choices.map(\.override).joined(separator: " ")
    guard let score else { return "failed [\(error)]; \(settings)" }
    return "accuracy \(NumberFormat.percent(score.accuracy)), log loss "
      + "\(NumberFormat.decimal(score.logLoss, 4)); \(settings)"
  }
}

/// The reason why settings cannot be searched.
public typealias TuningError = LocatedError<TuningFact>

/// The reason why settings cannot be searched.
public enum TuningFact: DiagnosableFact {
  /// This share of the training documents is too small to hold out any document.
  case noValidation(Double)
  /// The file has the results of a different search.
  case otherSearch
  /// The file does not contain the results of a search.
  case invalidLog
  /// The pipeline has no setting with values to try.
  case noSettings(classifier: String)

  /// The stable name of the fact.
  public var code: String {
    switch self {
    case .noValidation: "no-validation"
    case .otherSearch: "other-search"
    case .invalidLog: "invalid-trials"
    case .noSettings: "nothing-to-tune"
    }
  }

  /// The fact as a sentence.
  public var sentence: String {
    switch self {
    case .noValidation(let share):
      "corpus.validation: \(share) holds out no documents to compare settings on; use a larger share, "
        + "or add documents"
    case .otherSearch:
      "the file contains results for another pipeline, corpus or number of trials; use another "
        + "--output, or delete the file"
    case .invalidLog: "expected the results of docket tune"
    case .noSettings(let classifier):
      "no stage of this pipeline declares values to try for its settings (classifier \(classifier))"
    }
  }
}
