import Docket
import PipelineCore
import Testing

/// `corpus.testShare`: documents to evaluate with, held out of those to learn from.
@Suite("Held-out documents")
struct HeldOutTests {
  private let folder = TestFolder()

  private func check(_ settings: String...) throws -> PipelineCheck {
    let rows = (0..<100).map { "\($0 % 4 == 0 ? "few" : "many")\tword\($0) x\($0 % 9)\n" }
    return try PlainCheck.check(
      train: try folder.file("all.tsv", rows.joined()), test: nil, settings: settings)
  }

  @Test(
    "each label gives its share, no document is in both parts, and every seed holds out the same")
  func shares() throws {
    let first = try check("corpus.testShare=0.2")
    #expect(first.parts.map(\.name) == ["train", "test"])
    #expect(first.parts.map(\.documents) == [80, 20])
    #expect(first.parts[1].classes.map(\.documents) == [5, 15])
    #expect(first.parts[1].leakage?.exact == 0)
    let other = try check("corpus.testShare=0.2", "training.seed=9")
    #expect(other.parts[1].tokens == first.parts[1].tokens)
    #expect(other.text == first.text)
  }

  @Test("a test corpus and a share of the training documents are not both taken")
  func conflict() throws {
    let train = try folder.file("train.tsv", "a\tx\nb\ty\n")
    do {
      _ = try PlainCheck.check(
        train: train, test: train, settings: ["corpus.testShare=0.2"])
      Issue.record("both were taken")
    } catch let errors as ConfigurationErrors {
      #expect(errors.errors.map(\.code) == ["conflict"])
    }
  }
}
