import FileAccess
import PipelineCore

/// The first line in each direction.
enum Greeting {
  /// The version of the protocol.
  static let version = 1

  /// Returns `{"protocol":1,"role":"tokenizer","settings":{...}}`.
  static func request(_ options: Program.Options) -> JSONValue {
    .object(
      [
        JSONMember("protocol", .integer(version)),
        JSONMember("role", .string(options.role.rawValue)),
        JSONMember("settings", options.settings),
      ] + options.details)
  }

  /// Returns what is wrong with the answer; `nil` if it is valid.
  static func fault(
    in answer: JSONValue, _ line: ArraySlice<UInt8>, _ options: Program.Options
  ) -> ProgramFact? {
    if let reason = answer["error"]?.string { return .greetingRefused(reason: reason) }
    guard answer["protocol"]?.integer == version, answer["role"]?.string == options.role.rawValue,
      answer["name"]?.string?.isEmpty == false
    else {
      let expected =
        "{\"protocol\":\(version),\"role\":\"\(options.role)\",\"name\":\"...\"}"
      return .wrongGreeting(expected: expected, found: QuotedText.quote(line, limit: 200))
    }
    return nil
  }
}
