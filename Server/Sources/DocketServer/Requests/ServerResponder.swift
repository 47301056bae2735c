import Docket
import HTTPTypes
import Hummingbird
import NIOCore

/// Responds to requests.
struct ServerResponder: HTTPResponder {
  typealias Context = BasicRequestContext

  let models: ModelSet
  let queue: InferenceQueue
  let evaluations: EvaluationQueue
  let limits: ServerLimits
  let metrics: ServerMetrics
  let tokens: AccessTokens
  let status: ServerStatus
  let held: HeldBytes

  func respond(to request: Request, context: Context) async throws -> Response {
    let start = ContinuousClock.now
    var model: String?
    guard let endpoint = Endpoint(path: request.uri.path, model: &model) else {
      return await refusal(
        RequestError(.unknownPath(request.uri.path)), of: request, endpoint: "other", start)
    }
    do {
      guard endpoint.methods.contains(request.method) else {
        throw RequestError(.wrongMethod(request.method.rawValue, allowed: endpoint.methods))
      }
      if !endpoint.isOpen { try tokens.check(request.headers[.authorization]) }
      let options = try RequestOptions(request.uri.query, known: endpoint.parameters)
      if endpoint == .evaluate {
        return try await report(request, options, model: model, start)
      }
      if endpoint.takesDocuments {
        return try await answer(endpoint, request, options, model: model, start)
      }
      let response = try response(of: endpoint)
      metrics.addRequest(endpoint.rawValue, status: response.status.code, since: start)
      return request.method == .head ? response.createHeadResponse() : response
    } catch let error as RequestError {
      return await refusal(error, of: request, endpoint: endpoint.rawValue, start)
    }
  }

  private func response(of endpoint: Endpoint) throws(RequestError) -> Response {
    switch endpoint {
    case .page: return Page.response
    case .health: return .json(.members(["status": .string("ok")]))
    case .ready:
      guard !status.isShuttingDown else { throw RequestError(.notReady) }
      return .json(.members(["status": .string("ready")]))
    case .metrics:
      let text = metrics.text(
        models: models.all, waitingDocuments: queue.waitingDocuments,
        requestsInProgress: status.requestsInProgress)
      return .bytes(Array(text.utf8), type: "text/plain; version=0.0.4; charset=utf-8")
    case .models: return .json(.members(["models": .array(models.all.map(\.json))]))
    case .openapi: return .json(OpenAPIDocument.json(models: models.all, limits: limits))
    case .classify, .explain, .evaluate: throw RequestError(.unknownPath(endpoint.rawValue))
    }
  }

  /// Reads the documents of a request and returns the response with their records.
  private func answer(
    _ endpoint: Endpoint, _ request: Request, _ options: RequestOptions, model name: String?,
    _ start: ContinuousClock.Instant
  ) async throws -> Response {
    let model = try self.model(named: name, options)
    let labels = model.pipeline.labels
    let task: InferenceJob.Task
    if endpoint == .classify {
      task = .classify(try options.recordFormat(labels: labels.count))
    } else {
      let (options, format) = try options.explanation(labels: labels)
      task = .explain(options, format)
    }
    let kind = try ContentKind(request.headers)
    let slot = try slot()
    let work = DocumentWork(
      model: model, task: task, queue: queue, limits: limits, metrics: metrics,
      endpoint: endpoint.rawValue)
    let length = request.headers[.contentLength].flatMap { Int($0) }
    if kind == .jsonLines, length.map({ $0 > limits.bodyBytes }) ?? true {
      return work.stream(request, held: held, slot: slot, start)
    }
    var reader = BodyReader(request, limits: limits, held: held)
    defer { reader.release() }
    do {
      let bytes = try await reader.collect()
      let response = try await work.response(to: bytes, kind, deadline: start + limits.time)
      metrics.addRequest(endpoint.rawValue, status: 200, since: start)
      withExtendedLifetime(slot) {}
      return response
    } catch let error as RequestError {
      return await refusal(error, &reader, request, endpoint: endpoint.rawValue, start)
    }
  }

  /// Evaluates the documents of a request and returns the response with the report.
  private func report(
    _ request: Request, _ options: RequestOptions, model name: String?,
    _ start: ContinuousClock.Instant
  ) async throws -> Response {
    let endpoint = Endpoint.evaluate.rawValue
    let model = try self.model(named: name, options)
    let documents = try LabelledDocuments(request.headers, options)
    let isPage = request.headers[.accept]?.lowercased().contains("text/html") == true
    let slot = try slot()
    var reader = BodyReader(request, limits: limits, held: held)
    defer { reader.release() }
    do {
      let body = try await reader.collect()
      let limits = limits
      let report = try await evaluations.report(
        of: model, source: "the body of a request", deadline: start + limits.time,
        limit: limits.time
      ) {
        try documents.corpus(in: body, for: model.pipeline, limit: limits.documents)
      }
      metrics.addDocuments(
        report.evaluation.documents, errors: [:], model: model.name, endpoint: endpoint)
      metrics.addRequest(endpoint, status: 200, since: start)
      withExtendedLifetime(slot) {}
      return isPage
        ? .bytes(Array(report.html().utf8), type: "text/html; charset=utf-8")
        : .json(report.json())
    } catch let error as RequestError {
      return await refusal(error, &reader, request, endpoint: endpoint, start)
    }
  }

  private func model(
    named name: String?, _ options: RequestOptions
  ) throws(RequestError) -> ServedModel {
    if name != nil, options.model != nil { throw RequestError(.repeatedParameter("model")) }
    return try models.model(named: name ?? options.model)
  }

  private func slot() throws(RequestError) -> RequestSlot {
    guard let slot = status.slot(limit: limits.requests) else {
      throw RequestError(.overloaded(limit: limits.requests))
    }
    return slot
  }

  private func refusal(
    _ error: RequestError, of request: Request, endpoint: String,
    _ start: ContinuousClock.Instant
  ) async -> Response {
    var reader = BodyReader(request, limits: limits, held: held)
    return await refusal(error, &reader, request, endpoint: endpoint, start)
  }

  /// Returns the response for an error, after reading and discarding the rest of the body.
  private func refusal(
    _ error: RequestError, _ reader: inout BodyReader, _ request: Request, endpoint: String,
    _ start: ContinuousClock.Instant
  ) async -> Response {
    metrics.addRequest(endpoint, status: error.status.code, since: start)
    var response = error.response
    // A client that waits for status 100 before sending a body that is too long never sends it.
    let isWaiting =
      ExpectHandler.isExpected(request.headers)
      && !ExpectHandler.isWelcome(request.headers, limit: limits.bodyBytes)
    if !isWaiting, await reader.drain() {
      return request.method == .head ? response.createHeadResponse() : response
    }
    let body = response.body
    response.headers[.connection] = "close"
    response.body = ResponseBody(contentLength: body.contentLength) { writer in
      try await body.write(writer)
      throw BodyAbandoned()
    }
    return response
  }
}

/// The error that closes a connection whose client is still sending a rejected body.
struct BodyAbandoned: Error {}
