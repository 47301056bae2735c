import FileAccess
import PipelineCore

/// The greeting, which is the first line in each direction.
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

  /// Returns the greeting in a line, or what is wrong with it.
  static func answer(
    _ line: ArraySlice<UInt8>, _ options: Program.Options
  ) -> Result<JSONValue, ProgramFact> {
    let expected = "{\"protocol\":\(version),\"role\":\"\(options.role)\",\"name\":\"...\"}"
    switch JSONValue.answer(line, limit: 200) {
    case .failure(.notJSON(let found)):
      return .failure(.wrongGreeting(expected: expected, found: found))
    case .failure(let fact): return .failure(fact)
    case .success(let answer):
      if let reason = answer["error"]?.string { return .failure(.greetingRefused(reason: reason)) }
      guard answer["protocol"]?.integer == version,
        answer["role"]?.string == options.role.rawValue, answer["name"]?.string?.isEmpty == false
      else {
        let found = QuotedText.quote(line, limit: 200)
        return .failure(.wrongGreeting(expected: expected, found: found))
      }
      return .success(answer)
    }
  }
}
