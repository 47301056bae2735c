import Dispatch
import Docket
import Foundation
import Synchronization

/// The queue of documents and the threads that classify them.
///
/// Each thread takes the oldest job together with other jobs for the same model, up to
/// `limits.batchDocuments` documents. A job waits at most `limits.batchWait` for others. A
/// document's records do not depend on which documents it is classified with.
final class InferenceQueue: Sendable {
  private struct State {
    /// The jobs that no thread has taken, oldest first.
    var waiting: [InferenceJob] = []
    /// The number of documents in `waiting`.
    var documents = 0
    /// The jobs that threads are working on, by thread.
    var running: [[InferenceJob]]
  }

  /// The next step of a thread.
  private enum Step {
    case work([InferenceJob])
    /// Wait for more jobs until this time.
    case wait(until: ContinuousClock.Instant)
    case sleep
  }

  private let limits: ServerLimits
  private let metrics: ServerMetrics
  private let state: Mutex<State>
  /// Wakes a thread that sleeps or waits.
  private let changes = DispatchSemaphore(value: 0)

  /// Creates a queue and starts its threads.
  init(limits: ServerLimits, metrics: ServerMetrics) {
    self.limits = limits
    self.metrics = metrics
    let count = max(1, limits.threads)
    state = Mutex(State(running: Array(repeating: [], count: count)))
    for number in 0..<count {
      let thread = Thread { [self] in serve(thread: number) }
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  /// The number of documents that no thread has taken yet.
  var waitingDocuments: Int { state.withLock { $0.documents } }

  /// Returns the records of documents, in order.
  ///
  /// - Throws: `RequestError` if there is no answer by the deadline.
  func answer(
    _ documents: [IncomingDocument], model: ServedModel, task: InferenceJob.Task, isArray: Bool,
    deadline: ContinuousClock.Instant
  ) async throws -> InferenceJob.Answer {
    try await withCheckedThrowingContinuation { continuation in
      let job = InferenceJob(
        documents, model: model, task: task, isArray: isArray, deadline: deadline,
        waiter: continuation)
      let wakes = state.withLock { state in
        state.waiting.append(job)
        state.documents += documents.count
        return state.waiting.count == 1 || state.documents >= limits.batchDocuments
          || !job.task.isBatched
      }
      if wakes { changes.signal() }
    }
  }

  /// Fails all jobs whose deadline has passed.
  func expire() {
    let now = ContinuousClock.now
    let late = state.withLock { state in
      let late = (state.waiting + state.running.joined()).filter { $0.deadline <= now }
      state.waiting.removeAll { $0.deadline <= now }
      state.documents = state.waiting.reduce(0) { $0 + $1.documents.count }
      return late
    }
    for job in late { job.finish(.failure(RequestError(.tookTooLong(limits.time)))) }
  }

  private func serve(thread: Int) {
    while true {
      switch nextStep(thread: thread) {
      case .work(let jobs):
        perform(jobs)
        state.withLock { $0.running[thread] = [] }
      case .wait(let time):
        let seconds = (time - .now) / .seconds(1)
        _ = changes.wait(timeout: .now() + max(0, seconds))
      case .sleep:
        changes.wait()
      }
    }
  }

  private func nextStep(thread: Int) -> Step {
    let (step, isMoreWaiting): (Step, Bool) = state.withLock { state in
      guard let first = state.waiting.first else { return (.sleep, false) }
      let due = first.arrival + limits.batchWait
      let isDue =
        state.documents >= limits.batchDocuments || due <= .now
        || state.waiting.contains { !$0.task.isBatched }
      guard isDue else { return (.wait(until: due), false) }
      let batch = takeBatch(from: &state, first)
      state.running[thread] = batch
      return (.work(batch), !state.waiting.isEmpty)
    }
    if isMoreWaiting { changes.signal() }
    return step
  }

  /// Removes and returns the first job and the jobs that can be classified together with it.
  private func takeBatch(from state: inout State, _ first: InferenceJob) -> [InferenceJob] {
    var batch: [InferenceJob] = []
    var (count, bytes) = (0, 0)
    var rest: [InferenceJob] = []
    for job in state.waiting {
      let fits =
        batch.isEmpty
        || first.task.isBatched && job.task.isBatched && job.model === first.model
          && count + job.documents.count <= limits.batchDocuments
          && bytes + job.byteCount <= ServerLimits.batchBytes
      if fits {
        batch.append(job)
        count += job.documents.count
        bytes += job.byteCount
      } else {
        rest.append(job)
      }
    }
    state.waiting = rest
    state.documents -= count
    return batch
  }

  private func perform(_ jobs: [InferenceJob]) {
    let pipeline = jobs[0].model.pipeline
    if case .explain(let options, _) = jobs[0].task {
      let results = pipeline.explain(jobs[0].documents, options, threads: 1)
      return jobs[0].finish(.success(jobs[0].answer(results)))
    }
    let documents = jobs.flatMap(\.documents)
    metrics.addBatch(documents: documents.count)
    var results = pipeline.predict(documents, threads: 1)[...]
    for job in jobs {
      let own = results.prefix(job.documents.count)
      results = results.dropFirst(own.count)
      job.finish(.success(job.answer(own)))
    }
  }
}
