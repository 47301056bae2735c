import Docket
import PipelineCore
import TestSupport
import Testing

@Suite("Text stages of the tests")
struct EveryTextStageTests {
  /// The external program; it has tests of its own.
  private static let program = "process.v1"

  @Test("No built-in normalizer or tokenizer is missing from the stages that tests and fuzzing use")
  func complete() {
    let stages = StageRegistry.builtIn
    let normalizers = EveryTextStage.normalizers.map { type(of: $0).stageName }
    #expect(normalizers.sorted() == stages.names(of: .normalizer).filter { $0 != Self.program })
    let tokenizers = EveryTextStage.tokenizers.map { type(of: $0).stageName }
    #expect(tokenizers.sorted() == stages.names(of: .tokenizer).filter { $0 != Self.program })
  }
}
