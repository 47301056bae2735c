import DocketTesting
import PipelineCore
import Testing
import Tokenization

@Suite("Conformance")
struct ConformanceTests {
  @Test("Every built-in normalizer conforms to its role")
  func normalizersConform() throws {
    #expect(try StageConformance.faults(in: UnicodeNormalizer(configuration: .init())) == [])
    #expect(try StageConformance.faults(in: MarkupNormalizer(configuration: .init())) == [])
    #expect(try StageConformance.faults(in: TurkishNormalizer(configuration: .init())) == [])
    #expect(try StageConformance.faults(in: PersianNormalizer(configuration: .init())) == [])
    #expect(try StageConformance.faults(in: HindiNormalizer(configuration: .init())) == [])
  }

  @Test("Every built-in tokenizer conforms to its role")
  func tokenizersConform() {
    #expect(StageConformance.faults(in: WordTokenizer(configuration: .init())) == [])
    #expect(StageConformance.faults(in: CharacterTokenizer(configuration: .init())) == [])
  }

  @Test("A tokenizer that does not conform is detected")
  func faultsAreFound() {
    #expect(!StageConformance.faults(in: BadTokenizer(configuration: .init())).isEmpty)
  }
}

/// A tokenizer whose only token is the whole text, including spaces.
private struct BadTokenizer: Tokenizer {
  static var stageName: String { "bad.v1" }
  static var summary: String { "does not conform" }
  let configuration: NoSettings

  func tokenize(_ text: AlignedText) -> TokenSequence {
    TokenSequence(text: text, ranges: text.bytes.isEmpty ? [] : [0..<text.bytes.count])
  }
}
