import Corpora
import FileAccess
import Messages
import PipelineCore
import PipelineFiles

/// The time and the memory that a run takes on this machine, estimated by training on a few
/// documents.
///
/// The estimate assumes a fixed time plus a time proportional to the number of tokens, and a number
/// of n-grams proportional to the 0.75th power of the number of tokens (Heaps' law). Training that
/// stops early because the epochs no longer improve takes less time. Validation and the scoring of
/// test documents are not included.
///
/// Times are for an otherwise idle machine: other work on the machine during the measurement does
/// not increase the estimate.
package struct RunEstimate: Sendable, Equatable {
  /// The estimated time in seconds.
  package var seconds: Double
  /// The estimated peak memory in bytes.
  package var bytes: Double

  /// The difference in training time between two samples, in seconds, at which the samples are
  /// large enough.
  private static let enough = 0.3
  /// The number of documents in the smallest sample.
  private static let fewest = 32
  /// The number of documents that word vectors are trained on to measure the speed.
  private static let vectorDocuments = 4096
  /// The maximum number of linear weights; the number of features is limited to keep within it.
  private static let mostLinearWeights = 0x1p27

  /// Creates an estimate.
  package init(seconds: Double, bytes: Double) {
    self.seconds = seconds
    self.bytes = bytes
  }

  /// Estimates training according to a plan.
  ///
  /// - Returns: `nil` if training on a sample fails, if the classifier is an external program,
  ///   whose speed is unknown, or if vectors are also trained on other text.
  /// - Throws: `MemoryError` if even the sample does not fit in memory.
  init?(_ plan: TrainingPlan) throws(MemoryError) {
    let task = plan.task
    let classifier = plan.description.classifier
    let embeddings = (plan.description.embedding?.parts ?? []).compactMap {
      $0 as? any TextTrainedEmbedding
    }
    guard task.examples.tokenCount > 0, !(classifier is any ProgramStage),
      embeddings.allSatisfy({ $0.textFiles.isEmpty })
    else { return nil }
    var trial = Trial(task, documents: Self.fewest)
    guard var last = try trial.fit(classifier, epochs: 1) else { return nil }
    var before: (seconds: Double, tokens: Int)?
    var count = Self.fewest
    while before.map({ last.seconds - $0.seconds < Self.enough }) ?? true,
      count < task.examples.count
    {
      count *= 4
      let larger = Trial(task, documents: count)
      guard let next = try larger.fit(classifier, epochs: 1) else { return nil }
      before = (last.seconds, trial.tokens)
      (trial, last) = (larger, next)
    }
    let all = task.examples.tokenCount
    // The difference between two samples excludes costs that do not depend on the number of
    // documents.
    let (base, tokens) = before ?? (0, 0)
    let perToken = max(0, last.seconds - base) / Double(max(trial.tokens - tokens, 1))
    seconds = last.seconds + perToken * Double(all - trial.tokens)
    let scale = Double(all) / Double(max(trial.tokens, 1))
    if !type(of: classifier).fitsInOnePass, task.settings.epochs > 1,
      let second = try trial.fit(classifier, epochs: 2)
    {
      let epoch = max(0, second.seconds - last.seconds)
      seconds += Double(task.settings.epochs - 1) * epoch * scale
    }
    // Add the time for the unlabelled documents that the classifier learns from.
    let others = plan.unlabelled?.classifierTokens ?? 0
    if others > 0 {
      seconds += try trial.secondsOfSelfTraining(
        classifier, labelledTokens: all, unlabelledTokens: others)
    }
    for embedding in embeddings { seconds += Self.secondsOfVectors(embedding, plan) }
    // The memory holds the dense weights with their gradients and the two moments of the optimizer,
    // the tokens of the unlabelled documents, and the linear weights with the support vector
    // machines being fitted.
    let read = Double(all + others) / Double(max(trial.tokens, 1))
    let growth = (read * read.squareRoot()).squareRoot()
    let linear = Double(last.facts.ngramCount ?? 0) * Double(task.examples.labelCount)
    let dense = Double(last.facts.weightCount) - linear
    let vectors = Double(task.embedding?.values.count ?? 0)
    bytes =
      MemoryLimit.peak + 16 * (dense + vectors) + 8 * Double(plan.unlabelled?.tokens ?? 0)
      + 6 * min(linear * growth, Self.mostLinearWeights)
  }

  /// Training on a sample of the documents.
  private struct Trial {
    private var task: TrainingTask
    /// The number of tokens in the sample.
    let tokens: Int

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
      tokens = task.examples.tokenCount
    }

    /// Trains for `epochs` epochs; returns `nil` if training fails, as it can on a small sample.
    ///
    /// - Parameter unlabelled: the number of documents of the sample that are also used as
    ///   unlabelled documents.
    func fit(
      _ classifier: any Classifier, epochs: Int, unlabelled: Int = 0
    ) throws(MemoryError) -> (seconds: Double, facts: ModelFacts)? {
      var task = task
      task.settings.epochs = epochs
      task.unlabelled = Array(task.examples.documents.prefix(unlabelled))
      task.settings.patience = 0
      let stopwatch = UndisturbedStopwatch()
      do {
        let model = try classifier.fitModel(task)
        return (stopwatch.seconds, model.facts)
      } catch let error as MemoryError {
        throw error
      } catch {
        return nil
      }
    }

    /// Returns the additional time, in seconds, that training takes with unlabelled documents.
    ///
    /// The measurement uses the documents of the sample as unlabelled documents too: first half of
    /// them, then all. The difference gives the time per unlabelled token. The rest of the
    /// additional time is assumed to be proportional to the number of labelled tokens.
    func secondsOfSelfTraining(
      _ classifier: any Classifier, labelledTokens: Int, unlabelledTokens: Int
    ) throws(MemoryError) -> Double {
      let documents = task.examples.count
      var seconds: [Double] = []
      for count in [0, documents / 2, documents] {
        guard let fit = try fit(classifier, epochs: 1, unlabelled: count) else { return 0 }
        seconds.append(fit.seconds)
      }
      let unlabelled = max(0, seconds[2] - seconds[1]) * 2
      let labelled = max(0, seconds[2] - seconds[0] - unlabelled)
      return (unlabelled * Double(unlabelledTokens) + labelled * Double(labelledTokens))
        / Double(max(tokens, 1))
    }
  }

  /// Returns the estimated time, in seconds, of training word vectors on the documents.
  private static func secondsOfVectors(
    _ embedding: any TextTrainedEmbedding, _ plan: TrainingPlan
  ) -> Double {
    let all = plan.task.examples.tokenCount + (plan.unlabelled?.tokens ?? 0)
    let passes = embedding.passes(forTokens: all)
    guard passes > 0 else { return 0 }
    let threads = plan.task.threads
    let sample = plan.data.training.prefix(vectorDocuments)
    let documents = TextPreparation(plan.description)
      .prepare(sample.map(\.text), threads: threads)
      .compactMap { try? $0.get().tokens }
    return embedding.measuredSecondsPerToken(documents, threads: threads) * Double(all)
      * Double(passes)
  }
}

extension RunEstimate {
  /// Returns the estimate as a sentence.
  package func sentence(threads: Int) -> String {
    let threads = NumberFormat.count(threads, "thread", "threads")
    return "a run takes about \(Self.duration(seconds)) and \(MemoryLimit.text(bytes)) of memory "
      + "with \(threads) on this machine"
  }

  /// Returns warnings about a run that takes more than an hour, or more memory than is available.
  package func findings(threads: Int) -> [Finding] {
    let advice = "docket init --fast drafts a classifier that needs less"
    // Memory that this process already uses does not have to be available again.
    if !MemoryLimit.canHold(bytes - MemoryLimit.peak) {
      return [
        Finding(
          .warning, "large-run",
          "\(sentence(threads: threads)), more than is available; \(advice)")
      ]
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
