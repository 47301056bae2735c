import Corpora
import PipelineCore
import Testing

@Suite("Nested subsets")
struct NestedSubsetsTests {
  /// Documents of two large labels and a small one, mixed.
  private let documents = (0..<203).map { number in
    let label = number < 3 ? "rare" : number % 3 == 0 ? "a" : "b"
    return CorpusDocument(
      text: Array("\(number)".utf8), label: Label(label),
      position: .line("c", number + 1, column: nil))
  }

  private func parts(seed: Int) -> [[CorpusDocument]] {
    let labels = LabelSet(documents.map(\.label))
    let subsets = NestedSubsets(of: documents, labels: labels, seed: seed)
    return [0.001, 0.125, 0.25, 0.5, 1].map { subsets.part($0) }
  }

  private func numbers(_ part: [CorpusDocument]) -> [Int] {
    part.compactMap { Int(String(decoding: $0.text, as: UTF8.self)) }
  }

  @Test("Each subset contains the smaller ones, in the order of the corpus")
  func nested() {
    let parts = parts(seed: 1).map(numbers)
    for (smaller, larger) in zip(parts, parts.dropFirst()) {
      #expect(Set(smaller).isStrictSubset(of: Set(larger)))
    }
    for part in parts { #expect(part == part.sorted()) }
    #expect(parts.last == Array(0..<203))
  }

  @Test("Every label keeps its share, and at least one document")
  func stratified() {
    for (part, wanted) in zip(
      parts(seed: 1), [[1, 1, 1], [8, 17, 1], [17, 33, 1], [34, 67, 2], [67, 133, 3]])
    {
      let counts = ["a", "b", "rare"].map { name in part.count { $0.label == Label(name) } }
      #expect(counts == wanted)
    }
  }

  @Test("Only the seed changes the subsets")
  func seeded() {
    #expect(parts(seed: 1) == parts(seed: 1))
    #expect(parts(seed: 1)[2] != parts(seed: 2)[2])
  }
}
