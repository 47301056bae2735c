/// One thing wrong in a pipeline file or in a `--set`, and its position.
public typealias ConfigurationError = LocatedError<ConfigurationFact>

/// What can be wrong in a pipeline file. All of it is bad input, a missing file that it names too.
public enum ConfigurationFact: DiagnosableFact {
  /// The text is not readable as a pipeline file at all.
  case syntax(String)
  /// A construct that pipeline files do not have, and what to write in its place.
  case unsupported(String, advice: String)
  /// A mapping has a key in two or more lines.
  case duplicateKey(key: String, lines: [Int])
  /// The file is written in a format that this program does not know.
  case unknownFormat(found: String, newest: Int)
  /// `owner` has no setting `key`.
  case unknownKey(owner: String, key: String, known: [String])
  /// `key` of `owner` must be given.
  case missingKey(owner: String, key: String)
  /// `key` holds something of another kind.
  case wrongType(key: String, expected: String, found: String)
  /// `key` holds a number that is not allowed.
  case outOfRange(key: String, value: String, allowed: String)
  /// `key` holds a word that is not among `known`.
  case unknownChoice(key: String, value: String, known: [String])
  /// No stage of this role has this name; `otherRole` if it is a stage of another.
  case unknownStage(role: String, name: String, known: [String], otherRole: String?)
  /// The path that `key` names is not there.
  case missingFile(key: String, path: String)
  /// The path that `key` names is there but is not what is needed.
  case unusableFile(key: String, path: String, reason: String)
  /// Settings that are allowed one by one but not together.
  case conflict(String)

  /// The stable name of the fact.
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
    case .missingFile: "missing-file"
    case .unusableFile: "unusable-file"
    case .conflict: "conflict"
    }
  }

  /// The fact as a sentence.
  public var sentence: String {
    switch self {
    case .syntax(let problem): problem
    case .unsupported(let construct, let advice):
      "\(construct) are not supported in a pipeline file; \(advice)"
    case .duplicateKey(let key, let lines):
      "\"\(key)\" stands more than once in this mapping, in lines "
        + lines.map(String.init).joined(separator: " and ")
    case .unknownFormat(let found, let newest):
      "the file is written in format \(found) and needs docket >= \(found); "
        + "this docket reads format \(newest)"
    case .unknownKey(let owner, let key, let known):
      "\(owner) has no setting \"\(key)\"" + Suggestion.clause(for: key, among: known)
    case .missingKey(let owner, let key): "\(owner) needs the setting \"\(key)\""
    case .wrongType(let key, let expected, let found):
      "\(key) must be \(expected), found \(found)"
    case .outOfRange(let key, let value, let allowed):
      "\(key) must be \(allowed), found \(value)"
    case .unknownChoice(let key, let value, let known):
      "\(key) cannot be \"\(value)\"" + Suggestion.clause(for: value, among: known)
    case .unknownStage(let role, let name, let known, let otherRole):
      if let otherRole {
        "\(name) is a stage for \(otherRole), not for \(role); known here: "
          + known.joined(separator: ", ")
      } else {
        "there is no stage \"\(name)\" for \(role)" + Suggestion.clause(for: name, among: known)
      }
    case .missingFile(let key, let path): "\(key) names \(path), which does not exist"
    case .unusableFile(let key, let path, let reason): "\(key) names \(path): \(reason)"
    case .conflict(let sentence): sentence
    }
  }
}

/// Everything wrong in a pipeline file, in the order of the file.
public struct ConfigurationErrors: Error, Equatable {
  /// At least one.
  public var errors: [ConfigurationError]

  /// All that was found.
  public init(_ errors: [ConfigurationError]) { self.errors = errors }
}
