/// What kind of failure an error is; the command turns each into its exit code.
public enum FailureCategory: Sendable {
  /// The command was called wrongly.
  case usage
  /// A pipeline, corpus, vector or model file has something wrong in it.
  case badInput
  /// An input file is missing or cannot be read.
  case missingInput
  /// A fault of our own.
  case internalFault
  /// An output cannot be made.
  case cannotCreate
  /// Reading or writing failed half way.
  case inputOutput
}

/// Where in a user's input something stands.
public enum InputPosition: Sendable, Equatable, Hashable, CustomStringConvertible {
  /// A whole file.
  case file(String)
  /// A line of a file, from 1, and a column in characters, from 1, if it is known.
  case line(String, Int, column: Int?)
  /// A byte of a file, from 0.
  case byte(String, Int)
  /// A byte, from 0, within a line, from 1.
  case lineByte(String, Int, byte: Int)
  /// An option of the command line.
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
}

/// An error that can be shown to the person who caused it.
///
/// Most conforming types are `LocatedError`s: an enum of facts, declared together with the sentence
/// of each fact, and a position. Nothing else turns a fact into a sentence.
public protocol DiagnosableError: Error, CustomStringConvertible {
  /// The kind of failure, which decides the exit code.
  var category: FailureCategory { get }
  /// A stable name in lower case with hyphens, for scripts.
  var code: String { get }
  /// Where in the input the error is; `nil` if it has no position.
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

/// What went wrong, without its position: an enum with one case per fact.
public protocol DiagnosableFact: Sendable, Equatable {
  /// The kind of failure; `badInput` by default.
  var category: FailureCategory { get }
  /// A stable name in lower case with hyphens, for scripts.
  var code: String { get }
  /// What is wrong, what was expected and what to do, without the position.
  var sentence: String { get }
}

extension DiagnosableFact {
  /// Wrong input is the default.
  public var category: FailureCategory { .badInput }
}

/// An error that states a fact. It adds where the fact was found; the fact has the rest.
public protocol FactualError: DiagnosableError, Equatable {
  /// What can be wrong.
  associatedtype Fact: DiagnosableFact
  /// What is wrong.
  var fact: Fact { get }
}

extension FactualError {
  /// The kind of failure.
  public var category: FailureCategory { fact.category }
  /// The stable name of the fact.
  public var code: String { fact.code }
  /// The fact as a sentence.
  public var sentence: String { fact.sentence }
}

/// A fact and its position. An error type is a name for one of these:
///
///     public typealias ConfigurationError = LocatedError<ConfigurationFact>
///     throw ConfigurationError(.missingKey(owner: "lstm.v1", key: "units"), at: position)
public struct LocatedError<Fact: DiagnosableFact>: FactualError {
  /// What is wrong.
  public var fact: Fact
  /// Where in the input it is; `nil` if it has no position.
  public var position: InputPosition?

  /// A fact at a position.
  public init(_ fact: Fact, at position: InputPosition?) {
    self.fact = fact
    self.position = position
  }
}
