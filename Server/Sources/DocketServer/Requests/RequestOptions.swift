import Docket
import Foundation

/// The query of a request: the model, and what the records contain.
struct RequestOptions {
  private var values: [String: String] = [:]

  /// Parses the query of a URL.
  ///
  /// - Throws: `RequestError` for a parameter that is unknown, repeated or badly encoded.
  init(_ query: String?, known: [String]) throws(RequestError) {
    for pair in (query ?? "").split(separator: "&") {
      let sign = pair.firstIndex(of: "=") ?? pair.endIndex
      let rawName = String(pair[..<sign])
      let rawValue = String(pair[sign...].dropFirst())
      guard let name = Self.decoded(rawName), known.contains(name) else {
        throw RequestError(.unknownParameter(rawName, known: known))
      }
      guard values[name] == nil else { throw RequestError(.repeatedParameter(name)) }
      guard let value = Self.decoded(rawValue) else {
        throw RequestError(
          .wrongParameter(name, expected: "percent-encoded UTF-8", found: rawValue))
      }
      values[name] = value
    }
  }

  /// The parameters of `/classify`.
  static let classifyNames = ["model", "top", "min-confidence"]
  /// The parameters of `/explain`.
  static let explainNames = ["model", "label", "tokens", "gates"]
  /// The parameters of `/evaluate`.
  static let evaluateNames = ["model", "label-field", "text-field", "encoding"]

  /// The numbers of labels or tokens that a request can ask for.
  private static let counts = 1...1_000_000

  private static func decoded(_ text: String) -> String? {
    text.replacing("+", with: " ").removingPercentEncoding
  }

  /// The name of the model; `nil` if the query has none.
  var model: String? { values["model"] }

  /// Returns the format of predictions.
  func recordFormat(labels: Int) throws(RequestError) -> RecordFormat {
    var format = RecordFormat(isJSON: true)
    if let top = values["top"] {
      if top == "all" {
        format.top = labels
      } else {
        guard let count = Self.number(top), Self.counts.contains(count) else {
          throw RequestError(
            .wrongParameter("top", expected: "a number from 1 to 1000000, or all", found: top))
        }
        format.top = min(count, labels)
      }
    }
    if let text = values["min-confidence"] {
      guard let value = Double(text), (0...1).contains(value) else {
        throw RequestError(
          .wrongParameter("min-confidence", expected: "a number between 0 and 1", found: text))
      }
      format.minimumConfidence = value
    }
    return format
  }

  /// Returns what explanations contain, and their format.
  func explanation(
    labels: LabelSet
  ) throws(RequestError) -> (ExplanationOptions, ExplanationFormat) {
    var options = ExplanationOptions()
    var format = ExplanationFormat(isJSON: true)
    if let label = values["label"] {
      guard let number = labels.number(of: Label(label)) else {
        throw RequestError(
          .unknownLabel(label, known: labels.labels.prefix(50).map(\.description)))
      }
      options.label = number
    }
    if let tokens = values["tokens"] {
      guard let count = Self.number(tokens), Self.counts.contains(count) else {
        throw RequestError(
          .wrongParameter("tokens", expected: "a number from 1 to 1000000", found: tokens))
      }
      format.tokenLimit = count
    }
    switch values["gates"] {
    case nil, "false": break
    case "true":
      options.units = 3
      format.hasGates = true
    case let found?:
      throw RequestError(.wrongParameter("gates", expected: "true or false", found: found))
    }
    return (options, format)
  }

  /// Returns the options for reading labelled documents, which are UTF-8 unless the query names an
  /// encoding.
  func evaluationOptions(_ section: CorpusSection) throws(RequestError) -> CorpusOptions {
    var options = section.evaluationOptions(
      labelColumn: values["label-field"], textColumn: values["text-field"])
    options.encoding = nil
    guard let name = values["encoding"] else { return options }
    guard let encoding = TextEncoding(named: name) else {
      throw RequestError(
        .wrongParameter(
          "encoding", expected: "one of " + TextEncoding.names.joined(separator: ", "),
          found: name))
    }
    options.encoding = encoding
    return options
  }

  /// Parses decimal digits only; `Int` would also accept a sign.
  private static func number(_ text: String) -> Int? {
    text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
  }
}
