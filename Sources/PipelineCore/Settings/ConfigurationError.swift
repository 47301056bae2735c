/// An error in a pipeline file or in a `--set` option, with its position.
public typealias ConfigurationError = LocatedError<ConfigurationFact>

/// A problem in a pipeline file.
public enum ConfigurationFact: DiagnosableFact {
  /// The text cannot be parsed as a pipeline file.
  case syntax(String)
  /// A construct that pipeline files do not support, and what to write instead.
  case unsupported(String, advice: String)
  /// A mapping has the same key on several lines.
  case duplicateKey(key: String, lines: [Int])
  /// The file has a format that this version does not support.
  case unknownFormat(found: String, newest: Int)
  /// `owner` has no setting `key`.
  case unknownKey(owner: String, key: String, known: [String])
  /// `owner` requires the setting `key`.
  case missingKey(owner: String, key: String)
  /// The value of `key` has the wrong type.
  case wrongType(key: String, expected: String, found: String)
  /// The value of `key` is not in the allowed range.
  case outOfRange(key: String, value: String, allowed: String)
  /// The value of `key` is not one of `known`.
  case unknownChoice(key: String, value: String, known: [String])
  /// No stage of this role has this name; `otherRole` is a role that does have one.
  case unknownStage(role: String, name: String, known: [String], otherRole: String?)
  /// The path that `key` names does not exist.
  case missingFile(key: String, path: String)
  /// The path that `key` names exists but cannot be used.
  case unusableFile(key: String, path: String, reason: String)
  /// A stage runs an external program, which is not allowed.
  case programNotAllowed(stage: String)
  /// The external program of a stage cannot be used.
  case unusableProgram(stage: String, reason: String)
  /// Settings that are valid individually but not together.
  case conflict(String)

  /// A missing file that the pipeline names is missing input; all other facts are bad input.
  public var category: FailureCategory {
    if case .missingFile = self { .missingInput } else { .badInput }
  }

  /// The error code, a stable name for scripts.
  public var code: String {
    switch self {
    case .syntax: "syntax"
    case .unsupported: "unsupported"
    case .duplicateKey: "duplicate-setting"
    case .unknownFormat: "unknown-format"
    case .unknownKey: "unknown-setting"
    case .missingKey: "missing-setting"
    case .wrongType: "wrong-type"
    case .outOfRange: "out-of-range"
    case .unknownChoice: "unknown-choice"
    case .unknownStage: "unknown-stage"
    case .missingFile: "file-missing"
    case .unusableFile: "unusable-file"
    case .programNotAllowed: "external-not-allowed"
    case .unusableProgram: "unusable-program"
    case .conflict: "conflict"
    }
  }

  /// Returns the role with an article, such as `an embedding`.
  private static func article(_ role: String) -> String {
    (role.utf8.first == UInt8(ascii: "e") ? "an " : "a ") + role
  }

  /// The error message, without its position.
  public var sentence: String {
    switch self {
    case .syntax(let problem): problem
    case .unsupported(let construct, let advice):
      "\(construct) are not supported in a pipeline file; \(advice)"
    case .duplicateKey(let key, let lines):
      "duplicate key \"\(key.excerpt())\" on lines "
        + lines.map(String.init).joined(separator: " and ")
    case .unknownFormat(let found, let newest):
      "pipeline format \(found.excerpt()) needs docket >= \(found.excerpt()); this version reads "
        + "format \(newest)"
    case .unknownKey(let owner, let key, let known):
      "\(owner) has no setting \"\(key.excerpt())\"" + Suggestion.clause(for: key, among: known)
    case .missingKey(let owner, let key): "\(owner) needs the setting \"\(key)\""
    case .wrongType(let key, let expected, let found):
      "\(key) must be \(expected), found \(found)"
    case .outOfRange(let key, let value, let allowed):
      "\(key) must be \(allowed), found \(value.excerpt())"
    case .unknownChoice(let key, let value, let known):
      "\(key) cannot be \"\(value.excerpt())\"" + Suggestion.clause(for: value, among: known)
    case .unknownStage(let role, let name, let known, let otherRole):
      if let otherRole {
        "\(name.excerpt()) is \(Self.article(otherRole)) stage, not \(Self.article(role)) stage; "
          + "\(role) stages: "
          + known.joined(separator: ", ")
      } else {
        "unknown \(role) stage \"\(name.excerpt())\"" + Suggestion.clause(for: name, among: known)
      }
    case .missingFile(let key, let path):
      "\(key) is set to \(path.excerpt(500)), which does not exist"
    case .unusableFile(let key, let path, let reason):
      "\(key) is set to \(path.excerpt(500)): \(reason)"
    case .programNotAllowed(let stage):
      "\(stage) runs an external program; pass --allow-external if you trust it"
    case .unusableProgram(let stage, let reason): "\(stage): \(reason)"
    case .conflict(let sentence): sentence
    }
  }
}

/// All errors in a pipeline file, in the order of the file.
public struct ConfigurationErrors: Error, Equatable, CustomStringConvertible {
  /// The errors; at least one.
  public var errors: [ConfigurationError]

  /// The maximum number of errors that are shown.
  private static let shown = 100

  /// Creates an error that contains all errors that were found.
  public init(_ errors: [ConfigurationError]) { self.errors = errors }

  /// Missing input if every error is about a missing file; otherwise bad input.
  public var category: FailureCategory {
    errors.allSatisfy { $0.category == .missingInput } ? .missingInput : .badInput
  }

  /// The lines, separated by line feeds.
  public var description: String { lines.joined(separator: "\n") }

  /// The first errors as lines of text, followed by a line with the number of remaining errors.
  public var lines: [String] {
    let rest = errors.count - Self.shown
    return errors.prefix(Self.shown).map(\.description)
      + (rest > 0 ? ["... and \(rest) more \(rest == 1 ? "error" : "errors")"] : [])
  }
}
