import Corpora
import PipelineCore
import Testing

@Suite("Stratified folds")
struct StratifiedFoldsTests {
  private static func document(_ text: String, _ label: String) -> CorpusDocument {
    CorpusDocument(
      text: Array(text.utf8), label: Label(label), position: .line("c", 1, column: nil))
  }

  /// Documents of two large labels and a small one, mixed; every seventh repeats an earlier one.
  private static let documents = (0..<205).map { number in
    let label = number < 7 ? "rare" : number % 3 == 0 ? "a" : "b"
    return document(number % 7 == 6 ? "\(number / 2)" : "\(number)", label)
  }

  private static func folds(_ documents: [CorpusDocument], _ count: Int, seed: Int = 1)
    -> StratifiedFolds
  {
    StratifiedFolds(
      of: documents, groups: groups(documents), labels: LabelSet(documents.map(\.label)),
      count: count, seed: seed)
  }

  /// Returns the group of each document; documents with the same text are a group. The group
  /// numbers are in no order.
  private static func groups(_ documents: [CorpusDocument]) -> [Int] {
    documents.map { document in
      -7 * (documents.firstIndex { $0.text == document.text } ?? 0)
    }
  }

  @Test("Documents of a group are in the same fold, whatever their labels")
  func grouped() {
    let folds = Self.folds(Self.documents, 4)
    var foldOfGroup: [Int: Int] = [:]
    for (group, fold) in zip(Self.groups(Self.documents), folds.numbers) {
      #expect(foldOfGroup[group, default: fold] == fold)
      foldOfGroup[group] = fold
    }
    #expect(folds.groupCount == foldOfGroup.count && folds.groupCount < 205)
  }

  @Test(
    "Without repeats, folds differ by at most one document of each label", arguments: [2, 5, 9])
  func stratified(count: Int) {
    let documents = (0..<203).map { Self.document("\($0)", "l\($0 % 11 < 5 ? 0 : $0 % 11)") }
    let folds = Self.folds(documents, count)
    for label in LabelSet(documents.map(\.label)).labels {
      let counts = (0..<count).map { fold in
        zip(documents, folds.numbers).count { $0.label == label && $1 == fold }
      }
      #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1, "\(label): \(counts)")
    }
    let totals = (0..<count).map { fold in folds.numbers.count { $0 == fold } }
    #expect((totals.max() ?? 0) - (totals.min() ?? 0) <= 2, "\(totals)")
  }

  @Test("A large group of repeats is balanced by other documents of its label")
  func largeGroup() {
    let documents =
      (0..<40).map { Self.document("copy", $0 < 40 ? "a" : "b") }
      + (0..<80).map { Self.document("\($0)", "a") } + (0..<30).map { Self.document("b\($0)", "b") }
    let folds = Self.folds(documents, 3)
    let counts = (0..<3).map { fold in
      zip(documents, folds.numbers).count { $0.label == "a" && $1 == fold }
    }
    #expect(counts == [40, 40, 40])
  }

  @Test("Documents in groups of their own are divided equally")
  func single() {
    let documents = (0..<10).map { Self.document("", $0 < 5 ? "a" : "b") }
    let folds = StratifiedFolds(
      of: documents, groups: Array(0..<10), labels: LabelSet(documents.map(\.label)), count: 5,
      seed: 1)
    #expect(folds.groupCount == 10)
    #expect((0..<5).allSatisfy { fold in folds.numbers.count { $0 == fold } == 2 })
  }

  @Test("Only the seed changes the folds")
  func seeded() {
    #expect(Self.folds(Self.documents, 5).numbers == Self.folds(Self.documents, 5).numbers)
    #expect(
      Self.folds(Self.documents, 5).numbers != Self.folds(Self.documents, 5, seed: 2).numbers)
  }
}
