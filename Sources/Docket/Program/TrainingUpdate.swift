public import Corpora
import FileAccess
public import Models
public import PipelineCore
public import PipelineFiles

/// The progress of a training run, or its result.
public enum TrainingUpdate: Sendable {
  /// A sentence about a decision or a problem. A warning begins with `warning:`.
  case note(String)
  /// The progress of the classifier or of the word vectors.
  case event(TrainingEvent)
  /// The end of training.
  case finished(PipelineTraining.Outcome)
}

extension PipelineDescription {
  /// Starts training and returns a stream of its progress, which ends with the result:
  ///
  ///     for try await update in pipeline.training(on: documents) {
  ///       if case .finished(let outcome) = update { try outcome.pipeline.write(to: path) }
  ///     }
  ///
  /// Training runs on a separate thread. It stops at the next step when the task that reads the
  /// updates is cancelled, or when the updates are no longer read. If the task is cancelled, the
  /// stream ends without a result and without an error.
  ///
  /// - Parameters:
  ///   - documents: the corpora; `nil` for the corpora that the pipeline names.
  ///   - threads: the number of threads, which never changes the result; `nil` for one per
  ///     processor.
  ///   - withBaseline: whether to also train the baseline classifier of the registry.
  /// - Returns: the updates. The stream throws the same errors as `PipelineTraining.run`.
  public func training(
    on documents: CorpusParts? = nil, threads: Int? = nil, withBaseline: Bool = false
  ) -> AsyncThrowingStream<TrainingUpdate, any Error> {
    AsyncThrowingStream { continuation in
      let cancellation = BackgroundWork.Cancellation()
      continuation.onTermination = { _ in cancellation.cancel() }
      BackgroundWork.start {
        var training = PipelineTraining(
          self, threads: ProcessorCount.chosen(threads),
          note: { continuation.yield(.note($0)) }, report: { continuation.yield(.event($0)) },
          shouldStop: { cancellation.isCancelled })
        training.documents = documents
        do {
          continuation.yield(.finished(try training.run(withBaseline: withBaseline)))
          continuation.finish()
        } catch TrainingError.interrupted {
          continuation.finish(throwing: CancellationError())
        } catch {
          continuation.finish(throwing: error)
        }
      }
    }
  }

  /// Starts training on a corpus, but is otherwise the same as `training(on:threads:withBaseline:)`.
  ///
  /// - Parameters:
  ///   - corpus: the training documents.
  ///   - validation: the documents used to select the best epoch; if `nil`, a share of the training
  ///     documents.
  ///   - threads: the number of threads, which never changes the result; `nil` for one per
  ///     processor.
  ///   - withBaseline: whether to also train the baseline classifier of the registry.
  public func training(
    on corpus: Corpus, validation: Corpus? = nil, threads: Int? = nil, withBaseline: Bool = false
  ) -> AsyncThrowingStream<TrainingUpdate, any Error> {
    training(
      on: CorpusParts(training: corpus, validation: validation), threads: threads,
      withBaseline: withBaseline)
  }

  /// Trains the pipeline on a corpus.
  ///
  /// - Parameters:
  ///   - corpus: the training documents. If `validation` is `nil`, a share of them is used to
  ///     select the best epoch: `corpus.validation` of the pipeline, 10 % by default.
  ///   - validation: the documents used to select the best epoch.
  ///   - threads: the number of threads, which never changes the result; `nil` for one per
  ///     processor.
  ///   - update: receives the progress.
  /// - Throws: a `DiagnosableError` or `ConfigurationErrors` for any problem with an input;
  ///   `TrainingError`; `CancellationError` if the task is cancelled.
  nonisolated(nonsending) public func train(
    on corpus: Corpus, validation: Corpus? = nil, threads: Int? = nil,
    update: (TrainingUpdate) -> Void = { _ in }
  ) async throws -> TrainedPipeline {
    try await train(
      training(on: corpus, validation: validation, threads: threads), update)
  }

  /// Trains the pipeline on the corpus that it names, but is otherwise the same as `train(on:)`.
  nonisolated(nonsending) public func train(
    threads: Int? = nil, update: (TrainingUpdate) -> Void = { _ in }
  ) async throws -> TrainedPipeline {
    try await train(training(threads: threads), update)
  }

  nonisolated(nonsending) private func train(
    _ updates: AsyncThrowingStream<TrainingUpdate, any Error>, _ update: (TrainingUpdate) -> Void
  ) async throws -> TrainedPipeline {
    for try await item in updates {
      update(item)
      if case .finished(let outcome) = item { return outcome.pipeline }
    }
    // The updates end early only if the task is cancelled.
    throw CancellationError()
  }
}
