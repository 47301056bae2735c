import Docket

/// The description at `/openapi.json`, with the names of the models and the limits in force.
enum OpenAPIDocument {
  /// Returns the document.
  static func json(models: [ServedModel], limits: ServerLimits) -> JSONValue {
    guard let template = try? JSONValue.parse(PackageResources.openapi_json, file: "openapi.json")
    else { return .null }
    // The labels of all models, without duplicates.
    let labels = models.flatMap { $0.pipeline.labels.labels.map { "\($0)" } }
    var seen: Set<[UInt8]> = []
    let distinct = labels.filter { seen.insert(Array($0.utf8)).inserted }
    let values: [String: JSONValue] = [
      "@MODELS@": .array(models.map { .string($0.name) }),
      "@LABELS@": .array(distinct.map(JSONValue.string)),
      "@REQUIRED@": .bool(models.count > 1),
      "@DOCUMENTS@": .integer(limits.documents),
      "@ENCODINGS@": .array(TextEncoding.names.map(JSONValue.string)),
    ]
    let words = [
      "@TEXT@": models[0].members.text, "@BODY@": "\(limits.bodyBytes)",
      "@DOCUMENTS@": "\(limits.documents)",
    ]
    return filled(template, values, words)
  }

  private static func filled(
    _ value: JSONValue, _ values: [String: JSONValue], _ words: [String: String]
  ) -> JSONValue {
    func text(_ text: String) -> String {
      words.reduce(text) { $0.replacing($1.key, with: $1.value) }
    }
    switch value {
    case .string(let string): return values[string] ?? .string(text(string))
    case .array(let elements): return .array(elements.map { filled($0, values, words) })
    case .object(let members):
      return .object(members.map { JSONMember(text($0.key), filled($0.value, values, words)) })
    default: return value
    }
  }
}
