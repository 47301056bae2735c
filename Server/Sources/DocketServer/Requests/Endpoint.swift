import HTTPTypes

/// A path that the server handles.
enum Endpoint: String, CaseIterable {
  case page, health, ready, metrics, models, openapi, classify, explain, evaluate

  /// Finds the endpoint for a path, and stores the model name in the path, if any, in `model`.
  init?(path: String, model: inout String?) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    switch parts.count {
    case 1:
      switch parts.first {
      case "": self = .page
      case "openapi.json": self = .openapi
      case let name?:
        guard let endpoint = Endpoint(rawValue: String(name)), endpoint != .page,
          endpoint != .openapi
        else { return nil }
        self = endpoint
      case nil: return nil
      }
    case 3 where parts.first == "models":
      switch parts.last {
      case "classify": self = .classify
      case "explain": self = .explain
      case "evaluate": self = .evaluate
      default: return nil
      }
      model = String(parts[parts.startIndex + 1])
    default: return nil
    }
  }

  /// Whether requests contain documents.
  var takesDocuments: Bool { [.classify, .explain, .evaluate].contains(self) }

  /// The allowed methods.
  var methods: [HTTPRequest.Method] { takesDocuments ? [.post] : [.get, .head] }

  /// Whether requests are allowed without a token. The page contains no data, and orchestrators
  /// send probes without tokens.
  var isOpen: Bool {
    switch self {
    case .page, .health, .ready, .openapi: true
    case .metrics, .models, .classify, .explain, .evaluate: false
    }
  }

  /// The allowed query parameters.
  var parameters: [String] {
    switch self {
    case .classify: RequestOptions.classifyNames
    case .explain: RequestOptions.explainNames
    case .evaluate: RequestOptions.evaluateNames
    default: []
    }
  }
}
