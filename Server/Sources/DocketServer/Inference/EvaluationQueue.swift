import Dispatch
import Docket
import Synchronization

/// Evaluates models on labelled documents, one request at a time, so that evaluating takes no more
/// than one thread from the requests that classify.
final class EvaluationQueue: Sendable {
  private let isBusy = Atomic<Bool>(false)
  private let queue = DispatchQueue(label: "docket-serve.evaluation")

  /// Returns the report of a model on the documents that `read` returns.
  ///
  /// - Throws: `RequestError` if another request is being evaluated, if the documents cannot be
  ///   read, or if the report is not finished by the deadline.
  func report(
    of model: ServedModel, source: String, deadline: ContinuousClock.Instant, limit: Duration,
    read: @escaping @Sendable () throws -> Corpus
  ) async throws -> Report {
    guard !isBusy.exchange(true, ordering: .acquiringAndReleasing) else {
      throw RequestError(.evaluating)
    }
    defer { isBusy.store(false, ordering: .releasing) }
    return try await withCheckedThrowingContinuation { continuation in
      queue.async {
        continuation.resume(
          with: Result {
            do {
              let documents = try read()
              var report = try model.pipeline.report(
                on: documents, title: model.name, source: source, threads: 1,
                shouldStop: { .now > deadline })
              guard .now <= deadline else { throw CancellationError() }
              report.warnings += documents.warnings.map(\.sentence)
              return report
            } catch is CancellationError {
              throw RequestError(.tookTooLong(limit))
            } catch let error as any DiagnosableError {
              throw RequestError(.badDocuments(error))
            }
          })
      }
    }
  }
}
