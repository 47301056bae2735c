import FileAccess
public import PipelineCore

/// A tokenizer that is an external program.
///
///     -> {"id":1,"text":"to be"}
///     <- {"id":1,"tokens":["to","be"]}
///
/// Each token is searched for in the text after the end of the previous one. An answer may have the
/// member `ranges` instead, a list of pairs `[start, end]` in bytes; such tokens may overlap.
public struct ProcessTokenizer: BatchTokenizer, ProcessStage {
  /// The name in pipeline files.
  public static let stageName = "process.v1"
  /// A one-line summary.
  public static let summary = "an external program that splits the text; requires --allow-external"

  /// The settings of the stage.
  public let configuration: ProcessSettings
  var program: Program

  /// Creates the stage with these settings.
  public init(configuration: ProcessSettings) {
    self.configuration = configuration
    program = Program(configuration.options(.tokenizer))
  }

  /// Sends the texts to the program and returns its answers.
  public func tokenize(
    batch texts: [AlignedText]
  ) -> [Result<TokenSequence, TextError>] {
    program.run(count: texts.count) { index, line in
      RequestText.append("text", texts[index].bytes, to: &line)
      return RequestText.answerLimit(texts[index].bytes.count)
    } decode: { index, answer in
      Self.ranges(of: answer, in: texts[index].bytes).map {
        TokenSequence(text: texts[index], ranges: $0)
      }
    }.map { $0.mapError(documentError) }
  }

  /// Returns the ranges of the tokens in an answer.
  static func ranges(
    of answer: JSONValue, in text: [UInt8]
  ) -> Result<[Range<Int>], ProgramFact> {
    if let reason = answer["error"]?.string { return .failure(.rejected(reason: reason)) }
    if let items = answer["ranges"]?.array { return given(items, in: text) }
    if let items = answer["tokens"]?.array { return found(items, in: text) }
    let expected = "\"tokens\", \"ranges\" or \"error\""
    return .failure(.wrongAnswer(expected: expected, found: QuotedText.quote(answer.text())))
  }

  private static func given(
    _ items: [JSONValue], in text: [UInt8]
  ) -> Result<[Range<Int>], ProgramFact> {
    var ranges: [Range<Int>] = []
    ranges.reserveCapacity(items.count)
    for item in items {
      guard let ends = item.array, ends.count == 2, let start = ends[0].integer,
        let end = ends[1].integer, start >= ranges.last?.lowerBound ?? 0, start < end,
        end <= text.count, TextBytes.isBoundary(start, in: text),
        TextBytes.isBoundary(end, in: text),
        !hasSpace(text[start..<end])
      else {
        let expected =
          "\"ranges\": pairs [start, end] of bytes within the text, in order, between characters, "
          + "without white space"
        return .failure(.wrongAnswer(expected: expected, found: QuotedText.quote(item.text())))
      }
      ranges.append(start..<end)
    }
    return .success(ranges)
  }

  private static func found(
    _ items: [JSONValue], in text: [UInt8]
  ) -> Result<[Range<Int>], ProgramFact> {
    var ranges: [Range<Int>] = []
    ranges.reserveCapacity(items.count)
    var start = 0
    for item in items {
      guard let token = item.string, !token.isEmpty, !hasSpace(token.utf8[...]),
        let range = search(Array(token.utf8), in: text, from: start)
      else {
        let expected =
          "\"tokens\": pieces of the text in order, not empty and without white space"
        return .failure(.wrongAnswer(expected: expected, found: QuotedText.quote(item.text())))
      }
      ranges.append(range)
      start = range.upperBound
    }
    return .success(ranges)
  }

  /// Returns the first range of `token` in `text` at or after `start`. Both are valid UTF-8, so the
  /// range begins and ends between characters.
  private static func search(_ token: [UInt8], in text: [UInt8], from start: Int) -> Range<Int>? {
    text.withUnsafeBufferPointer { text in
      token.withUnsafeBufferPointer { token in
        var offset = start
        while offset + token.count <= text.count {
          if text[offset] == token[0] {
            var length = 1
            while length < token.count, text[offset + length] == token[length] { length += 1 }
            if length == token.count { return offset..<offset + length }
          }
          offset += 1
        }
        return nil
      }
    }
  }

  /// Returns whether a token contains ASCII white space, which would split it in the output of
  /// `docket tokenize`.
  private static func hasSpace(_ token: some Collection<UInt8>) -> Bool {
    token.contains(where: TextBytes.isSpace)
  }
}
