import PipelineCore
import Testing

@Suite("LabelledExamples")
struct LabelledExamplesTests {
  private func examples(_ count: Int, labelCount: Int) -> LabelledExamples {
    LabelledExamples(
      documents: (0..<count).map { EncodedDocument(rows: [], hashes: [UInt64($0)]) },
      labels: (0..<count).map { $0 % labelCount }, labelCount: labelCount)
  }

  @Test("The predictions for all documents are kept up to 16.7 million probabilities")
  func all() {
    #expect(examples(1677, labelCount: 10_000).predictionSample == Array(0..<1677))
    #expect(examples(3, labelCount: 1).predictionSample == [0, 1, 2])
    #expect(examples(0, labelCount: 5).predictionSample == [])
  }

  @Test("Of more documents, evenly spaced ones are kept", arguments: [1678, 3000, 4000, 20_000])
  func sample(count: Int) {
    let examples = examples(count, labelCount: 10_000)
    let kept = examples.predictionSample
    #expect(kept.count * 10_000 <= 1 << 24)
    #expect(kept.count * 10_000 * 2 >= 1 << 24 || kept.count * 2 >= count)
    #expect(kept.first == 0 && Set(zip(kept.dropFirst(), kept).map { $0 - $1 }).count == 1)
    let sample = examples.keeping(kept)
    #expect(sample.documents.map(\.hashes) == kept.map { [UInt64($0)] })
    #expect(sample.labels == kept.map { $0 % 10_000 })
    #expect(sample.labelCount == 10_000)
  }
}
