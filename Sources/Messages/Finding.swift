package import FileAccess
public import PipelineCore

/// A fault, warning or note about a corpus, a pipeline or a run.
public struct Finding: Sendable, CustomStringConvertible {
  /// The importance of a finding.
  public enum Severity: String, Sendable {
    /// The run fails, or its scores are misleading.
    case fault
    /// Accuracy or reliability suffers.
    case warning
    /// Information.
    case note
  }

  /// The importance.
  public var severity: Severity
  /// A stable name in lower case with hyphens.
  public var code: String
  /// The position of the first occurrence; `nil` if it has none.
  public var position: InputPosition?
  /// What was found and what to do about it.
  public var sentence: String

  /// Creates a finding.
  package init(
    _ severity: Severity, _ code: String, at position: InputPosition? = nil, _ sentence: String
  ) {
    self.severity = severity
    self.code = code
    self.position = position
    self.sentence = sentence
  }

  /// `position: severity: sentence [code]`
  public var description: String {
    (position.map { "\($0): " } ?? "") + "\(severity.rawValue): \(sentence) [\(code)]"
  }

  /// The finding as JSON.
  package var json: JSONValue {
    .members([
      "severity": .string(severity.rawValue), "code": .string(code),
      "position": position.map { .string("\($0)") } ?? .null, "message": .string(sentence),
    ])
  }
}
