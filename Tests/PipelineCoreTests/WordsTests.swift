import PipelineCore
import Testing

@Suite("Words, labels and counts")
struct WordsTests {
  @Test("A vocabulary numbers words by their bytes, in the order of insertion")
  func vocabulary() {
    var words = Vocabulary()
    let composed = Array("\u{e9}".utf8)
    let decomposed = Array("e\u{301}".utf8)
    #expect(words.insert(composed).index == 0)
    #expect(words.insert(decomposed).index == 1, "canonically equivalent, other bytes")
    #expect(words.insert(composed).isNew == false)
    for number in 0..<5_000 { words.insert(Array("word\(number)".utf8)) }
    #expect(words.count == 5_002)
    #expect(words.index(of: Array("word4999".utf8)) == 5_001)
    #expect(words.index(of: Array("word5000".utf8)) == nil)
    #expect(words.string(1) == "e\u{301}")
  }

  @Test("Words added together are numbered as if added one by one, and repeated ones are told")
  func together() {
    var words = Vocabulary()
    words.insert(Array("b".utf8))
    #expect(words.insert(Array("acabbcdd".utf8), ends: [1, 2, 3, 5, 6, 7, 8]) == [2, 4, 6])
    #expect((0..<5).map(words.string) == ["b", "a", "c", "bb", "d"])
    let many = (0..<3_000).flatMap { _ in Array("xyz".utf8) }
    #expect(words.insert(many, ends: Array(1...9_000)).count == 8_997)
    #expect(words.insert([], ends: []) == [])
    #expect(words.count == 8)
  }

  @Test("Labels are equal when their bytes are, and stand in byte order")
  func labels() {
    let set = LabelSet(["b c", "a", "\u{e9}", "e\u{301}", "a"].map { Label($0) })
    #expect(set.count == 4)
    #expect(set.labels.map(\.description).map(\.utf8.count) == [1, 3, 3, 2])
    #expect(set.number(of: Label("b c")) == 1)
    #expect(set.number(of: Label("B c")) == nil)
  }

  @Test("Word counts come most frequent first, ties by first appearance")
  func counts() {
    let text = AlignedText("b a b c")
    let ranges = [0..<1, 2..<3, 4..<5, 6..<7]
    let counts = WordCounts([TokenSequence(text: text, ranges: ranges)])
    #expect((0..<3).map { counts.vocabulary.string($0) } == ["b", "a", "c"])
    #expect(counts.counts == [2, 1, 1])
    #expect(counts.total == 4)
  }

  @Test("The nearest right word is suggested, and nothing when none is near")
  func suggestions() {
    let known = ["hidden", "pooling", "dropout", "maxLength"]
    #expect(Suggestion.nearest(to: "hiden", among: known) == "hidden")
    #expect(Suggestion.nearest(to: "hiden_size", among: known) == "hidden")
    #expect(Suggestion.nearest(to: "maxlength", among: known) == "maxLength")
    #expect(Suggestion.nearest(to: "zebra", among: known) == nil)
    #expect(Suggestion.clause(for: "zebra", among: ["a"]) == "; known: a")
  }
}
