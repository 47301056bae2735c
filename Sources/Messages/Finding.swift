package import FileAccess
public import PipelineCore

/// Something that `docket check` has to say about a corpus.
public struct Finding: Sendable, CustomStringConvertible {
  /// How much it matters.
  public enum Severity: String, Sendable {
    /// It spoils a result: the run stops, or its figures mislead.
    case fault
    /// It costs accuracy or trust.
    case warning
    /// Good to know.
    case note
  }

  /// How much it matters.
  public var severity: Severity
  /// A stable name in lower case with hyphens.
  public var code: String
  /// Where it shows first, if it shows at a place.
  public var position: InputPosition?
  /// What was found and what to do.
  public var sentence: String

  package init(
    _ severity: Severity, _ code: String, at position: InputPosition? = nil, _ sentence: String
  ) {
    self.severity = severity
    self.code = code
    self.position = position
    self.sentence = sentence
  }

  /// `place: severity: sentence [code]`
  public var description: String {
    (position.map { "\($0): " } ?? "") + "\(severity.rawValue): \(sentence) [\(code)]"
  }

  /// For scripts.
  package var json: JSONValue {
    .members([
      "severity": .string(severity.rawValue), "code": .string(code),
      "position": position.map { .string("\($0)") } ?? .null, "message": .string(sentence),
    ])
  }
}
