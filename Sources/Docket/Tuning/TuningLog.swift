import FileAccess
import PipelineCore

/// A file with the results of a search, one JSON object per line, so that a stopped search can
/// continue where it left off.
package struct TuningLog {
  /// The inputs that identify a search.
  package struct Identity: Sendable, Equatable {
    var pipeline: String
    var corpus: String
    var validation: String
    var trials: Int

    /// The first line of the file.
    var json: JSONValue {
      .members([
        "search": .string(
          SHA256Digest.hexadecimal(of: Array("\(pipeline)\n\(corpus)\n\(validation)".utf8))),
        "trials": .integer(trials),
      ])
    }
  }

  /// The file.
  package let path: String
  private var lines: [String] = []
  private var results: [PipelineTuning.Result] = []
  private static let sizeLimit = 64 << 20

  /// Creates a log; `open` reads the file.
  package init(path: String) { self.path = path }

  /// Reads earlier results of the same search, if there are any.
  ///
  /// - Throws: `TuningError`, `JSONError` or `FileError`.
  mutating func open(_ identity: Identity) throws {
    let first = identity.json.text()
    guard SystemCall.status(of: path) != nil else {
      lines = [first]
      return
    }
    let bytes = try InputFile.readAll(path: path, limit: Self.sizeLimit)
    var number = 0
    for line in bytes.split(separator: 0x0A) {
      number += 1
      let json = try JSONValue.parse(Array(line), file: path)
      let position = InputPosition.line(path, number, column: 1)
      if number == 1 {
        guard json["search"]?.string != nil else { throw TuningError(.invalidLog, at: position) }
        guard json == identity.json else { throw TuningError(.otherSearch, at: .file(path)) }
      } else {
        guard let result = PipelineTuning.Result(json) else {
          throw TuningError(.invalidLog, at: position)
        }
        results.append(result)
      }
      lines.append(String(decoding: line, as: UTF8.self))
    }
    if lines.isEmpty { lines = [first] }
  }

  /// Returns the result of a trial; `nil` if it is not known yet.
  func result(_ trial: Int, documents: Int) -> PipelineTuning.Result? {
    results.first { $0.trial == trial && $0.documents == documents }
  }

  /// Adds a result and writes the file.
  mutating func append(_ result: PipelineTuning.Result) throws {
    results.append(result)
    lines.append(result.json.text())
    try AtomicFile.write(path: path, (lines.joined(separator: "\n") + "\n").utf8)
  }
}

extension PipelineTuning.Result {
  /// The result as a JSON object.
  var json: JSONValue {
    var members = [
      JSONMember("trial", .integer(trial)), JSONMember("documents", .integer(documents)),
      JSONMember(
        "settings", .object(choices.map { JSONMember($0.path, .string($0.value)) })),
    ]
    if let score {
      members += [
        JSONMember("accuracy", .decimal(score.accuracy)),
        JSONMember("logLoss", .decimal(score.logLoss)),
        JSONMember("seconds", .decimal(score.seconds)),
      ]
    } else {
      members.append(JSONMember("error", .string(error)))
    }
    return .object(members)
  }

  /// Reads a result; `nil` if it is not valid.
  init?(_ json: JSONValue) {
    guard let trial = json["trial"]?.integer, let documents = json["documents"]?.integer,
      let settings = json["settings"]?.object
    else { return nil }
    let choices = settings.compactMap { member in
      member.value.string.map { SearchSpace.Choice(path: "\(member.key)", value: $0) }
    }
    guard choices.count == settings.count else { return nil }
    self.init(trial: trial, choices: choices, documents: documents)
    if let accuracy = json["accuracy"]?.double, let loss = json["logLoss"]?.double,
      let seconds = json["seconds"]?.double
    {
      score = PipelineTuning.Score(accuracy: accuracy, logLoss: loss, seconds: seconds)
    } else {
      guard let code = json["error"]?.string else { return nil }
      error = code
    }
  }
}
