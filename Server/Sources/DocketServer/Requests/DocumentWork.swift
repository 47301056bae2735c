import AsyncAlgorithms
import Dispatch
import Docket
import HTTPTypes
import Hummingbird
import NIOCore

/// The work of one request: turning its documents into records.
struct DocumentWork: Sendable {
  let model: ServedModel
  let task: InferenceJob.Task
  let queue: InferenceQueue
  let limits: ServerLimits
  let metrics: ServerMetrics
  let endpoint: String

  /// The maximum number of documents in a piece. An explanation takes as long as hundreds of
  /// predictions.
  private var pieceDocuments: Int { task.isBatched ? limits.batchDocuments : 4 }

  // MARK: Whole bodies

  /// Returns the response to a request whose body was read as a whole.
  func response(
    to body: [UInt8], _ kind: ContentKind, deadline: ContinuousClock.Instant
  ) async throws -> Response {
    let (documents, isArray) = try await documents(in: body, kind)
    var records = try await records(of: documents, isArray: isArray, deadline: deadline)
    if isArray {
      if documents.isEmpty {
        records = Array("[]\n".utf8)
      } else {
        records.removeLast(2)
        records = [UInt8(ascii: "["), 0x0A] + records + [0x0A, UInt8(ascii: "]"), 0x0A]
      }
    }
    let type = kind == .jsonLines ? "application/x-ndjson" : "application/json"
    return .bytes(records, type: type)
  }

  /// Parses the documents, on another thread if the body is long.
  private func documents(
    in body: [UInt8], _ kind: ContentKind
  ) async throws -> (documents: [IncomingDocument], isArray: Bool) {
    guard body.count > 1 << 16 else { return try parse(body, kind) }
    return try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(with: Result { try parse(body, kind) })
      }
    }
  }

  private func parse(
    _ body: [UInt8], _ kind: ContentKind
  ) throws -> (documents: [IncomingDocument], isArray: Bool) {
    switch kind {
    case .text:
      guard !body.isEmpty else { throw RequestError(.emptyBody) }
      return ([IncomingDocument(id: .integer(1), text: .success(body))], false)
    case .jsonLines:
      var feeder = LineFeeder(
        members: model.members, documentBytes: model.pipeline.description.limits.documentBytes)
      feeder.add(body[...])
      var documents: [IncomingDocument] = []
      while case let more = try feeder.remaining(most: limits.documents), !more.isEmpty {
        documents += more
      }
      return (documents, false)
    case .json:
      let value: JSONValue
      do {
        value = try JSONValue.parse(body, file: "body")
      } catch {
        throw RequestError(.invalidJSON(error))
      }
      switch value {
      case .object:
        return ([IncomingDocument(value, number: 1, members: model.members)], false)
      case .array(let elements):
        guard elements.count <= limits.documents else {
          throw RequestError(.tooManyDocuments(limit: limits.documents))
        }
        let documents = elements.enumerated().map {
          IncomingDocument($1, number: $0 + 1, members: model.members)
        }
        return (documents, true)
      default: throw RequestError(.notDocuments(found: value.kind))
      }
    }
  }

  /// Returns the records of documents, in order. A request has only a few pieces in the queue at a
  /// time, so that a request with many documents does not delay others much.
  private func records(
    of documents: [IncomingDocument], isArray: Bool, deadline: ContinuousClock.Instant
  ) async throws -> [UInt8] {
    let pieces = pieces(of: documents)
    guard pieces.count > 1 else {
      guard let piece = pieces.first else { return [] }
      return try await records(ofPiece: piece, isArray: isArray, deadline: deadline)
    }
    return try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { group in
      var answers: [[UInt8]] = Array(repeating: [], count: pieces.count)
      for (number, piece) in pieces.enumerated() {
        if number > limits.threads, let (done, records) = try await group.next() {
          answers[done] = records
        }
        group.addTask {
          (number, try await records(ofPiece: piece, isArray: isArray, deadline: deadline))
        }
      }
      for try await (done, records) in group { answers[done] = records }
      return Array(answers.joined())
    }
  }

  private func pieces(of documents: [IncomingDocument]) -> [[IncomingDocument]] {
    stride(from: 0, to: documents.count, by: pieceDocuments).map {
      Array(documents[$0..<min($0 + pieceDocuments, documents.count)])
    }
  }

  private func records(
    ofPiece documents: [IncomingDocument], isArray: Bool, deadline: ContinuousClock.Instant
  ) async throws -> [UInt8] {
    let answer = try await queue.answer(
      documents, model: model, task: task, isArray: isArray, deadline: deadline)
    metrics.addDocuments(
      documents.count, errors: answer.errors, model: model.name, endpoint: endpoint)
    return answer.records
  }

  // MARK: Streams

  /// Returns a response that sends the record of each line as soon as it is available.
  func stream(
    _ request: Request, held: HeldBytes, slot: RequestSlot, _ start: ContinuousClock.Instant
  ) -> Response {
    let body = ResponseBody { writer in
      defer { withExtendedLifetime(slot) {} }
      let answers = AsyncThrowingChannel<Task<[UInt8], any Error>, any Error>()
      do {
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { await read(request, held, into: answers) }
          // The channel holds one element, so the reader is only a few pieces ahead.
          for try await answer in answers {
            try await writer.write(ByteBuffer(bytes: try await answer.value))
          }
        }
        try await writer.finish(nil)
        metrics.addRequest(endpoint, status: 200, since: start)
      } catch {
        // The response has already begun, so only its missing end tells the client about the error.
        metrics.addBrokenStream(endpoint)
        throw error
      }
    }
    var headers = HTTPFields()
    headers[.contentType] = "application/x-ndjson"
    headers[.xContentTypeOptions] = "nosniff"
    return Response(status: .ok, headers: headers, body: body)
  }

  /// Reads the lines of a body and submits them.
  private func read(
    _ request: Request, _ held: HeldBytes,
    into answers: AsyncThrowingChannel<Task<[UInt8], any Error>, any Error>
  ) async {
    var reader = BodyReader(request, limits: limits, held: held)
    var feeder = LineFeeder(
      members: model.members, documentBytes: model.pipeline.description.limits.documentBytes)
    do {
      while let buffer = try await reader.next() {
        feeder.add(Array(buffer.readableBytesView)[...])
        while case let documents = try feeder.documents(most: pieceDocuments), !documents.isEmpty {
          await answers.send(submitted(documents))
        }
      }
      while case let documents = try feeder.remaining(most: pieceDocuments), !documents.isEmpty {
        await answers.send(submitted(documents))
      }
      answers.finish()
    } catch {
      answers.fail(error)
    }
  }

  private func submitted(_ documents: [IncomingDocument]) -> Task<[UInt8], any Error> {
    let deadline = ContinuousClock.now + limits.time
    return Task { try await records(ofPiece: documents, isArray: false, deadline: deadline) }
  }
}
