/// The kind of failure; the command maps each one to an exit code.
public enum FailureCategory: Sendable {
  /// The command line is wrong.
  case usage
  /// A pipeline, corpus, vector or model file has invalid contents.
  case badInput
  /// An input file is missing or unreadable.
  case missingInput
  /// A bug in this program.
  case internalFault
  /// An output cannot be created.
  case cannotCreate
  /// Reading or writing failed partway.
  case inputOutput
  /// Training diverged.
  case divergence
}

/// A position in the user's input.
public enum InputPosition: Sendable, Equatable, Hashable, CustomStringConvertible {
  /// A whole file.
  case file(String)
  /// A line of a file, from 1, and a column in characters, from 1, if known.
  case line(String, Int, column: Int?)
  /// A byte offset in a file, from 0.
  case byte(String, Int)
  /// A byte offset, from 0, in a line, from 1.
  case lineByte(String, Int, byte: Int)
  /// A command-line option.
  case option(String)

  /// `file:line:column`, `file@byte` or the option.
  public var description: String {
    switch self {
    case .file(let file): file
    case .line(let file, let line, let column?): "\(file):\(line):\(column)"
    case .line(let file, let line, nil): "\(file):\(line)"
    case .byte(let file, let byte): "\(file)@\(byte)"
    case .lineByte(let file, let line, let byte): "\(file):\(line)@\(byte)"
    case .option(let option): option
    }
  }

  /// Returns the position with another name of the file.
  package func renamed(_ name: String) -> InputPosition {
    switch self {
    case .file: .file(name)
    case .line(_, let line, let column): .line(name, line, column: column)
    case .byte(_, let byte): .byte(name, byte)
    case .lineByte(_, let line, let byte): .lineByte(name, line, byte: byte)
    case .option: self
    }
  }
}

/// An error that can be shown to the user who caused it.
///
/// Most conforming types are a `LocatedError`: a position and a fact, which is an enum case that
/// says what went wrong and provides the message. No other code writes messages for facts.
public protocol DiagnosableError: Error, CustomStringConvertible {
  /// The kind of failure, which determines the exit code.
  var category: FailureCategory { get }
  /// A stable name for scripts, in lower case with hyphens.
  var code: String { get }
  /// The position in the input; `nil` if there is none.
  var position: InputPosition? { get }
  /// What is wrong, what was expected and what to do, without the position.
  var sentence: String { get }
}

extension DiagnosableError {
  /// `position: error: sentence [code]`.
  public var description: String {
    let place = position.map { "\($0): " } ?? ""
    return "\(place)error: \(sentence) [\(code)]"
  }
}

/// A description of what went wrong, without its position: an enum with one case per problem.
public protocol DiagnosableFact: Sendable, Equatable {
  /// The kind of failure; `badInput` by default.
  var category: FailureCategory { get }
  /// A stable name for scripts, in lower case with hyphens.
  var code: String { get }
  /// What is wrong, what was expected and what to do, without the position.
  var sentence: String { get }
}

extension DiagnosableFact {
  /// The default: `badInput`.
  public var category: FailureCategory { .badInput }
}

/// An error that consists of a fact and the position where it was found.
public protocol FactualError: DiagnosableError, Equatable {
  /// The facts that the error can report.
  associatedtype Fact: DiagnosableFact
  /// What is wrong.
  var fact: Fact { get }
}

extension FactualError {
  /// The category of the fact.
  public var category: FailureCategory { fact.category }
  /// The code of the fact.
  public var code: String { fact.code }
  /// The sentence of the fact.
  public var sentence: String { fact.sentence }
}

/// A fact and its position. An error type is an alias of this type:
///
///     public typealias ConfigurationError = LocatedError<ConfigurationFact>
///     throw ConfigurationError(.missingKey(owner: "lstm.v1", key: "units"), at: position)
public struct LocatedError<Fact: DiagnosableFact>: FactualError {
  /// What is wrong.
  public var fact: Fact
  /// The position in the input; `nil` if there is none.
  public var position: InputPosition?

  /// Creates an error from a fact and its position.
  public init(_ fact: Fact, at position: InputPosition?) {
    self.fact = fact
    self.position = position
  }
}
