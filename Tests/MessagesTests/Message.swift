import PipelineCore

/// A line of `messages.txt`.
struct Message: Hashable {
  /// The stable name that a user sees in brackets; `-` for a message without one.
  var code: String
  /// The category of an error, the severity of a finding, or `note`, `usage` and the like.
  var kind: String
  /// The sentence; in messages collected from source text, `{...}` is what is filled in.
  var sentence: String

  /// The line.
  var line: String { "\(code)\t\(kind)\t\(sentence)" }

  init(code: String, kind: String, sentence: String) {
    self.code = code
    self.kind = kind
    self.sentence = sentence
  }

  /// Creates the message of an error.
  init(_ error: any DiagnosableError) {
    self.init(code: error.code, kind: "\(error.category)", sentence: error.sentence)
  }
}
