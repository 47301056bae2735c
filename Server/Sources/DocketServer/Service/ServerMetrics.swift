import Foundation
import Synchronization

/// Counts what the server does, for `GET /metrics` in the text format of Prometheus.
final class ServerMetrics: Sendable {
  private struct RequestKind: Hashable {
    var endpoint: String
    var status: Int
  }

  private struct DocumentKind: Hashable {
    var model: String
    /// The endpoint, or the code of an error.
    var detail: String
  }

  /// The cumulative number of values up to each bound.
  private struct Histogram {
    let bounds: [Double]
    var counts: [Int]
    var count = 0
    var sum = 0.0

    init(_ bounds: [Double]) {
      self.bounds = bounds
      counts = Array(repeating: 0, count: bounds.count)
    }

    mutating func add(_ value: Double) {
      count += 1
      sum += value
      for (number, bound) in bounds.enumerated() where value <= bound { counts[number] += 1 }
    }
  }

  private struct State {
    var requests: [RequestKind: Int] = [:]
    var seconds: [String: Histogram] = [:]
    var documents: [DocumentKind: Int] = [:]
    var errors: [DocumentKind: Int] = [:]
    var brokenStreams: [String: Int] = [:]
    var batches = Histogram([1, 2, 4, 8, 16, 32, 64, 128, 256, 512])
    var reloads = (ok: 0, failed: 0)
  }

  private static let timeBounds = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
  ]

  private let state = Mutex(State())
  private let start = Date().timeIntervalSince1970

  /// Counts a request that was answered.
  func addRequest(_ endpoint: String, status: Int, since start: ContinuousClock.Instant) {
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    state.withLock { state in
      state.requests[RequestKind(endpoint: endpoint, status: status), default: 0] += 1
      state.seconds[endpoint, default: Histogram(Self.timeBounds)].add(seconds)
    }
  }

  /// Counts a stream that ended early.
  func addBrokenStream(_ endpoint: String) {
    state.withLock { $0.brokenStreams[endpoint, default: 0] += 1 }
  }

  /// Counts documents that have a record, and those whose record is an error, by error code.
  func addDocuments(_ count: Int, errors: [String: Int], model: String, endpoint: String) {
    state.withLock { state in
      state.documents[DocumentKind(model: model, detail: endpoint), default: 0] += count
      for (code, count) in errors {
        state.errors[DocumentKind(model: model, detail: code), default: 0] += count
      }
    }
  }

  /// Counts documents that were classified together.
  func addBatch(documents: Int) { state.withLock { $0.batches.add(Double(documents)) } }

  /// Counts an attempt to reload a model or the tokens.
  func addReload(isOK: Bool) {
    state.withLock { state in
      if isOK { state.reloads.ok += 1 } else { state.reloads.failed += 1 }
    }
  }

  /// Returns all metrics as text.
  func text(models: [ServedModel], waitingDocuments: Int, requestsInProgress: Int) -> String {
    let state = state.withLock { $0 }
    var page = MetricsPage()
    page.begin("docket_requests_total", .counter, "Requests answered.")
    for (kind, count) in state.requests {
      page.add(["endpoint": kind.endpoint, "status": "\(kind.status)"], Double(count))
    }
    page.begin("docket_request_seconds", .histogram, "Time from the request head to the response.")
    for (endpoint, times) in state.seconds {
      page.add(["endpoint": endpoint], times.bounds, times.counts, times.count, times.sum)
    }
    page.begin("docket_requests_in_progress", .gauge, "Requests with documents in progress.")
    page.add([:], Double(requestsInProgress))
    page.begin("docket_broken_streams_total", .counter, "Streams that ended early.")
    for (endpoint, count) in state.brokenStreams {
      page.add(["endpoint": endpoint], Double(count))
    }
    page.begin("docket_documents_total", .counter, "Documents with a record.")
    for (kind, count) in state.documents {
      page.add(["model": kind.model, "endpoint": kind.detail], Double(count))
    }
    page.begin("docket_document_errors_total", .counter, "Documents whose record is an error.")
    for (kind, count) in state.errors {
      page.add(["model": kind.model, "code": kind.detail], Double(count))
    }
    page.begin("docket_documents_waiting", .gauge, "Documents waiting for a thread.")
    page.add([:], Double(waitingDocuments))
    page.begin("docket_batch_documents", .histogram, "Documents per batch.")
    let batches = state.batches
    page.add([:], batches.bounds, batches.counts, batches.count, batches.sum)
    page.begin("docket_reloads_total", .counter, "Reloads of models and token files.")
    page.add(["result": "ok"], Double(state.reloads.ok))
    page.add(["result": "failed"], Double(state.reloads.failed))
    page.begin("docket_model_info", .gauge, "The SHA-256 of each model.")
    for model in models { page.add(["model": model.name, "sha256": model.digest], 1) }
    page.begin("docket_model_loaded_seconds", .gauge, "Time when each model was loaded.")
    for model in models { page.add(["model": model.name], model.loadedAt) }
    page.begin("process_start_time_seconds", .gauge, "Time when the server was started.")
    page.add([:], start)
    if let bytes = ServerProcess.residentBytes() {
      page.begin("process_resident_memory_bytes", .gauge, "Memory in use.")
      page.add([:], Double(bytes))
    }
    return page.text
  }
}

/// The text format of Prometheus, version 0.0.4.
private struct MetricsPage {
  enum Kind: String { case counter, gauge, histogram }

  private var blocks: [String] = []
  private var lines: [String] = []
  private var name = ""

  /// Begins a metric.
  mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
    end()
    self.name = name
    blocks.append("# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n")
  }

  /// Adds a value.
  mutating func add(_ labels: KeyValuePairs<String, String>, _ value: Double) {
    lines.append(line(name, labels.map { ($0.key, $0.value) }, value))
  }

  /// Adds a histogram.
  mutating func add(
    _ labels: KeyValuePairs<String, String>, _ bounds: [Double], _ counts: [Int], _ count: Int,
    _ sum: Double
  ) {
    let labels = labels.map { ($0.key, $0.value) }
    // A single entry, so that sorting keeps the order of the bounds.
    var text = ""
    for (bound, count) in zip(bounds, counts) {
      text += line("\(name)_bucket", labels + [("le", number(bound))], Double(count))
    }
    text += line("\(name)_bucket", labels + [("le", "+Inf")], Double(count))
    text += line("\(name)_sum", labels, sum)
    text += line("\(name)_count", labels, Double(count))
    lines.append(text)
  }

  /// The page. The lines of a metric are sorted.
  var text: String {
    var page = self
    page.end()
    return page.blocks.joined()
  }

  private mutating func end() {
    blocks.append(lines.sorted().joined())
    lines = []
  }

  private func line(_ name: String, _ labels: [(String, String)], _ value: Double) -> String {
    let pairs = labels.map { "\($0.0)=\"\($0.1)\"" }.joined(separator: ",")
    return "\(name)\(pairs.isEmpty ? "" : "{\(pairs)}") \(number(value))\n"
  }

  private func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
  }
}
