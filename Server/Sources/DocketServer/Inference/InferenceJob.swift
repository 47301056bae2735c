import Docket
import Synchronization

/// A part of a request: documents to classify or explain with one model.
final class InferenceJob: Sendable {
  /// What to do with the documents.
  enum Task: Sendable {
    case classify(RecordFormat)
    case explain(ExplanationOptions, ExplanationFormat)

    /// Whether documents from several requests are processed together.
    var isBatched: Bool { if case .classify = self { true } else { false } }
  }

  /// The records of a job, and the number of unusable documents by error code.
  struct Answer: Sendable {
    var records: [UInt8] = []
    var errors: [String: Int] = [:]
  }

  let documents: [IncomingDocument]
  /// The number of bytes of all texts.
  let byteCount: Int
  let model: ServedModel
  let task: Task
  /// Whether the records are elements of a JSON array.
  let isArray: Bool
  /// The time at which the job was submitted.
  let arrival = ContinuousClock.now
  /// The time after which nobody waits for the answer.
  let deadline: ContinuousClock.Instant
  private let waiter: Mutex<CheckedContinuation<Answer, any Error>?>

  init(
    _ documents: [IncomingDocument], model: ServedModel, task: Task, isArray: Bool,
    deadline: ContinuousClock.Instant, waiter: CheckedContinuation<Answer, any Error>
  ) {
    self.documents = documents
    byteCount = documents.reduce(0) { $0 + ((try? $1.text.get().count) ?? 0) }
    self.model = model
    self.task = task
    self.isArray = isArray
    self.deadline = deadline
    self.waiter = Mutex(waiter)
  }

  /// Passes the result to the request. Only the first call has an effect.
  func finish(_ result: Result<Answer, any Error>) {
    let waiter = waiter.withLock { waiter in
      defer { waiter = nil }
      return waiter
    }
    waiter?.resume(with: result)
  }

  /// Returns the answer, given the prediction of each document.
  func answer(_ results: some Collection<Result<Prediction, DocumentError>>) -> Answer {
    guard case .classify(let format) = task else { return Answer() }
    return answer(results) { document, result in
      format.record(document, result, labels: model.pipeline.labels)
    }
  }

  /// Returns the answer, given the explanation of each document.
  func answer(_ results: some Collection<Result<Explanation, DocumentError>>) -> Answer {
    guard case .explain(_, let format) = task else { return Answer() }
    return answer(results) { document, result in
      format.record(document, result, labels: model.pipeline.labels)
    }
  }

  private func answer<Value>(
    _ results: some Collection<Result<Value, DocumentError>>,
    _ record: (IncomingDocument, Result<Value, DocumentError>) -> String
  ) -> Answer {
    var answer = Answer()
    for (document, result) in zip(documents, results) {
      answer.records += record(document, result).utf8
      if isArray {
        answer.records.removeLast()
        answer.records += [UInt8(ascii: ","), 0x0A]
      }
      if case .failure(let error) = result { answer.errors[error.code, default: 0] += 1 }
    }
    return answer
  }
}
