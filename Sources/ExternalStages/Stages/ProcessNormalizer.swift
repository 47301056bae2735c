import FileAccess
public import PipelineCore

/// A normalizer that is an external program.
///
///     -> {"id":1,"text":"Straße"}
///     <- {"id":1,"text":"strasse"}
///
/// The optional member `map` of an answer is a list of pairs `[offset in the new text, offset in
/// the old text]`, in bytes. Without this member, `TextAlignment` compares the texts.
public struct ProcessNormalizer: BatchNormalizer, ProcessStage {
  /// The name in pipeline files.
  public static let stageName = "process.v1"
  /// A one-line summary.
  public static let summary =
    "an external program that changes the text; requires --allow-external"

  /// The settings of the stage.
  public let configuration: ProcessSettings
  var program: Program

  /// Creates the stage with these settings.
  public init(configuration: ProcessSettings) {
    self.configuration = configuration
    program = Program(configuration.options(.normalizer))
  }

  /// Sends the texts to the program and returns its answers.
  public func normalize(
    batch texts: [AlignedText]
  ) -> [Result<AlignedText, TextError>] {
    program.run(count: texts.count) { index, line in
      RequestText.append("text", texts[index].bytes, to: &line)
      return RequestText.answerLimit(texts[index].bytes.count)
    } decode: { index, answer in
      Self.text(of: answer, source: texts[index])
    }.map { $0.mapError(documentError) }
  }

  /// Returns the text in an answer, aligned with the text of the request.
  static func text(
    of answer: JSONValue, source: AlignedText
  ) -> Result<AlignedText, ProgramFact> {
    if let reason = answer["error"]?.string { return .failure(.rejected(reason: reason)) }
    guard let text = answer["text"]?.string else {
      let found = QuotedText.quote(answer.text())
      return .failure(.wrongAnswer(expected: "\"text\" or \"error\"", found: found))
    }
    let bytes = Array(text.utf8)
    // A NUL byte is not allowed in documents either.
    guard !bytes.contains(0) else {
      return .failure(.wrongAnswer(expected: "a text without NUL", found: "NUL"))
    }
    guard bytes != source.bytes else { return .success(source) }
    var aligned = source
    guard let map = answer["map"] else {
      TextAlignment.replace(&aligned, with: bytes)
      return .success(aligned)
    }
    guard let starts = TextAlignment.starts(map, new: bytes, old: source.bytes) else {
      let expected =
        "\"map\": pairs [new offset, old offset] in ascending order, between characters"
      return .failure(.wrongAnswer(expected: expected, found: QuotedText.quote(map.text())))
    }
    aligned.replaceUnchecked(with: bytes, starts: starts)
    return .success(aligned)
  }
}
