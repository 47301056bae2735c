import TestSupport
import Corpora
import PipelineCore
import Testing

@Suite("Corpus split")
struct CorpusSplitTests {
  private let folder = TestFolder()

  /// Returns a corpus with this number of documents of each label, mixed.
  private func corpus(_ sizes: [String: Int]) throws -> Corpus {
    let rows = sizes.flatMap { label, size in (0..<size).map { "\(label)\t\(label) \($0)\n" } }
    return try Corpus.read([try folder.file("a.tsv", rows.sorted().joined())])
  }

  private func counts(_ documents: [CorpusDocument]) -> [String: Int] {
    Dictionary(documents.map { ($0.label.description, 1) }, uniquingKeysWith: +)
  }

  @Test(
    "Each label gives its share and keeps at least one document",
    arguments: [
      (["a": 100, "b": 50], 0.1, ["a": 10, "b": 5]),
      (["a": 2, "b": 1, "c": 97], 0.1, ["c": 10]),
      (["a": 2, "b": 2, "c": 2], 0.5, ["a": 1, "b": 1, "c": 1]),
      (["a": 3, "b": 1], 0.9, ["a": 2]),
      (["a": 5, "b": 5, "c": 5], 0.1, ["a": 1, "b": 1]),
      (["a": 9, "b": 9], 0, [:]),
    ] as [([String: Int], Double, [String: Int])])
  func stratified(sizes: [String: Int], fraction: Double, heldOut: [String: Int]) throws {
    let corpus = try corpus(sizes)
    let split = corpus.split(validation: fraction, seed: 1)
    #expect(counts(split.validation) == heldOut)
    #expect(split.training.count + split.validation.count == corpus.documents.count)
    #expect(Set(counts(split.training).keys) == Set(sizes.keys))
  }

  @Test("A split is a partition of the corpus and keeps its order")
  func partition() throws {
    let corpus = try corpus(["a": 40, "b": 30, "c": 7])
    let split = corpus.split(validation: 0.2, seed: 5)
    for part in [split.training, split.validation] {
      let places = part.map { document in corpus.documents.firstIndex(of: document) ?? -1 }
      #expect(places == places.sorted())
    }
    #expect(Set((split.training + split.validation).map(\.text)).count == 77)
  }

  @Test("Equal seeds give equal splits; different seeds give different splits of equal size")
  func seeded() throws {
    let corpus = try corpus(["a": 40, "b": 30])
    let first = corpus.split(validation: 0.2, seed: 1)
    #expect(corpus.split(validation: 0.2, seed: 1).validation == first.validation)
    let other = corpus.split(validation: 0.2, seed: 2)
    #expect(other.validation != first.validation)
    #expect(counts(other.validation) == counts(first.validation))
  }
}
