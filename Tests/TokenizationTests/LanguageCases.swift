import PipelineCore
import Testing
import Tokenization

/// A sentence with its expected tokens and the reason.
struct LanguageCase: Sendable, CustomTestStringConvertible {
  let text: String
  let tokens: [String]
  let reason: String
  var testDescription: String { reason }

  init(_ text: String, _ tokens: [String], _ reason: String) {
    self.text = text
    self.tokens = tokens
    self.reason = reason
  }

  /// Checks the tokens by the stages of a language profile.
  func check(_ languages: [Language]) throws {
    check(
      try cut(
        text, LanguageProfile.normalizers(for: languages),
        LanguageProfile.tokenizer(for: languages)))
  }

  /// Compares tokens byte by byte, as vocabularies do; `String` compares by canonical equivalence.
  func check(_ found: TokenSequence) {
    let same =
      found.strings.count == tokens.count
      && zip(found.strings, tokens).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
    #expect(same, "\(reason): \(found.strings), not \(tokens)")
    let source = Array(text.utf8)
    var last = 0
    for index in 0..<found.count {
      let range = found.sourceRange(index)
      #expect(!range.isEmpty && range.upperBound <= source.count && range.lowerBound >= last)
      last = range.lowerBound
      #expect(String(validating: source[range], as: UTF8.self) != nil, "split inside a character")
    }
  }
}

/// Returns the tokens of a text after some normalizers.
func cut(
  _ text: String, _ normalizers: [any Normalizer],
  _ tokenizer: any Tokenizer = WordTokenizer(configuration: .init())
) throws -> TokenSequence {
  tokenizer.tokenize(try normalizers.reduce(AlignedText(text)) { try $1.normalize($0) })
}
