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
/// Conforming types are enums or structs of facts; the file that declares one also turns its facts
/// into sentences, and nothing else does.
public protocol DiagnosableError: Error, CustomStringConvertible {
  /// What kind of failure it is.
  var category: FailureCategory { get }
  /// A stable name in lower case with hyphens, for scripts.
  var code: String { get }
  /// Where it happened, if it happened at a place.
  var position: InputPosition? { get }
  /// What is wrong, what was expected and what to do, without the place.
  var sentence: String { get }
}

extension DiagnosableError {
  /// `place: error: sentence [code]`.
  public var description: String {
    let place = position.map { "\($0): " } ?? ""
    return "\(place)error: \(sentence) [\(code)]"
  }
}
