import Corpora
import Embeddings
import FileAccess
import Messages
import PipelineCore
import PipelineFiles

/// The time and the memory that a run takes on this machine, estimated by training on a few
/// documents.
///
/// Time is taken to grow with the number of tokens, and the number of n-grams with its power 0.75
/// (Heaps' law). Training that ends early, because no epoch is better, takes less.
struct RunEstimate: Sendable, Equatable {
  /// The estimated time in seconds.
  var seconds: Double
  /// The estimated peak memory in bytes.
  var bytes: Double

  /// A sample is large enough if training on it takes this many seconds.
  private static let enough = 0.3
  /// The number of documents in the smallest sample.
  private static let fewest = 32
  /// The maximum number of linear weights, to which the number of features is limited.
  private static let mostLinearWeights = 0x1p27

  /// Estimates training according to a plan.
  ///
  /// - Returns: `nil` if a sample cannot be trained on.
  init?(_ plan: TrainingPlan) {
    let task = plan.task
    let classifier = plan.description.classifier
    guard task.examples.tokenCount > 0 else { return nil }
    var count = Self.fewest
    var trial = Trial(task, documents: count)
    guard var first = trial.fit(classifier, epochs: 1) else { return nil }
    while first.seconds < Self.enough, count < task.examples.count {
      count *= 4
      trial = Trial(task, documents: count)
      guard let next = trial.fit(classifier, epochs: 1) else { return nil }
      first = next
    }
    seconds = first.seconds * trial.scale
    if !type(of: classifier).fitsInOnePass, let second = trial.fit(classifier, epochs: 2) {
      let epoch = max(0, second.seconds - first.seconds)
      seconds += Double(task.settings.epochs - 1) * epoch * trial.scale
    }
    for case let embedding as RandomEmbedding in plan.description.embedding?.parts ?? [] {
      seconds += Self.secondsOfVectors(embedding, plan)
    }
    // The weights, their gradients and the two moments of the optimizer; and the linear weights
    // with the machines that are being fitted.
    let facts = first.facts
    let growth = (trial.scale * trial.scale.squareRoot()).squareRoot()
    let ngrams = Double(facts.ngramCount ?? 0)
    let linear = ngrams * Double(task.examples.labelCount)
    let dense = Double(facts.weightCount) - linear
    let vectors = Double(task.embedding?.values.count ?? 0)
    bytes =
      MemoryLimit.peak + 16 * (dense + vectors)
      + 6 * min(linear * growth, Self.mostLinearWeights)
  }

  /// Training on some of the documents.
  private struct Trial {
    private var task: TrainingTask
    /// The number of tokens of all documents per token of the sample.
    let scale: Double

    init(_ whole: TrainingTask, documents count: Int) {
      task = whole
      let all = whole.examples
      let step = max(1, all.count / count)
      let sample = stride(from: 0, to: all.count, by: step).prefix(count)
      task.examples = LabelledExamples(
        documents: sample.map { all.documents[$0] }, labels: sample.map { all.labels[$0] },
        labelCount: all.labelCount)
      (task.validation, task.linearOnlyExamples, task.baseline) = (nil, nil, nil)
      task.checkpoints = nil
      task.report = { _ in }
      scale = Double(all.tokenCount) / Double(max(task.examples.tokenCount, 1))
    }

    /// Trains for some epochs; `nil` if that fails, as it may on so few documents.
    func fit(
      _ classifier: any Classifier, epochs: Int
    ) -> (seconds: Double, facts: ModelFacts)? {
      var task = task
      task.settings.epochs = epochs
      task.settings.patience = 0
      let started = ContinuousClock.now
      guard let model = try? classifier.fitModel(task) else { return nil }
      return ((ContinuousClock.now - started).inSeconds, model.facts)
    }
  }

  /// Returns the time that training word vectors on the documents takes.
  private static func secondsOfVectors(
    _ embedding: RandomEmbedding, _ plan: TrainingPlan
  ) -> Double {
    guard let settings = embedding.configuration.pretrain else { return 0 }
    let threads = plan.task.threads
    let documents = TextPreparation(plan.description)
      .prepare(plan.data.training.map(\.text), threads: threads)
      .compactMap { try? $0.get().tokens }
    let text = TrainingText(
      documents, minCount: embedding.configuration.minCount, threads: threads)
    guard text.tokenCount > 0 else { return 0 }
    // One round is enough to measure the speed.
    var (tokens, seconds) = (0, 0.0)
    let training = VectorTraining(
      settings: settings, dimensions: embedding.configuration.dimensions, seed: 1,
      threads: threads,
      report: { (tokens, seconds) = ($0.tokens, $0.seconds) }, shouldStop: { seconds > 0 })
    _ = try? training.vectors(of: text)
    let epochs = Double(settings.epochs(forTokens: text.tokenCount))
    return seconds / Double(max(tokens, 1)) * Double(text.tokenCount) * epochs
  }
}

extension RunEstimate {
  /// The estimate as a sentence.
  func sentence(threads: Int) -> String {
    let threads = NumberFormat.count(threads, "thread", "threads")
    return "a run takes about \(Self.duration(seconds)) and \(MemoryLimit.text(bytes)) of memory "
      + "with \(threads) on this machine"
  }

  /// Warnings about a run that takes more than an hour, or more memory than there is.
  func findings(threads: Int) -> [Finding] {
    let advice = "docket init --fast drafts a classifier that takes less"
    if !MemoryLimit.canHold(bytes) {
      return [Finding(.warning, "large-run", "\(sentence(threads: threads)); \(advice)")]
    }
    guard seconds > 3600 else { return [] }
    return [Finding(.warning, "long-run", "\(sentence(threads: threads)); \(advice)")]
  }

  func json(threads: Int) -> JSONValue {
    .members([
      "seconds": .decimal((seconds * 100).rounded() / 100), "bytes": .decimal(bytes.rounded()),
      "threads": .integer(threads),
    ])
  }

  private static func duration(_ seconds: Double) -> String {
    if seconds < 100 { return "\(max(1, NumberFormat.whole(seconds.rounded()))) s" }
    if seconds < 6000 { return "\(NumberFormat.whole((seconds / 60).rounded())) min" }
    return "\(NumberFormat.decimal(seconds / 3600, 1)) h"
  }
}
