import PipelineCore
import Testing

@Suite("Vocabulary and word counts")
struct VocabularyTests {
  @Test("Words are distinguished by their bytes and numbered in the order of insertion")
  func vocabulary() {
    var words = Vocabulary()
    let composed = Array("\u{e9}".utf8)
    let decomposed = Array("e\u{301}".utf8)
    #expect(words.insert(composed).index == 0)
    #expect(words.insert(decomposed).index == 1, "canonically equivalent, but different bytes")
    #expect(words.insert(composed).isNew == false)
    for number in 0..<5_000 { words.insert(Array("word\(number)".utf8)) }
    #expect(words.count == 5_002)
    #expect(words.index(of: Array("word4999".utf8)) == 5_001)
    #expect(words.index(of: Array("word5000".utf8)) == nil)
    #expect(words.string(1) == "e\u{301}")
  }

  @Test("Words added together are numbered as if added one by one, and repeated ones are returned")
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

  @Test("Word counts are sorted by frequency, equal ones by first appearance")
  func counts() {
    let text = AlignedText("b a b c")
    let ranges = [0..<1, 2..<3, 4..<5, 6..<7]
    let counts = WordCounts([TokenSequence(text: text, ranges: ranges)])
    #expect((0..<3).map { counts.vocabulary.string($0) } == ["b", "a", "c"])
    #expect(counts.counts == [2, 1, 1])
    #expect(counts.total == 4)
  }
}
