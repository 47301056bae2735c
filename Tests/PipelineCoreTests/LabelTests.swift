import PipelineCore
import Testing

@Suite("Labels")
struct LabelTests {
  @Test("Labels are compared and sorted by their bytes")
  func labels() {
    let set = LabelSet(["b c", "a", "\u{e9}", "e\u{301}", "a"].map { Label($0) })
    #expect(set.count == 4)
    #expect(set.labels.map(\.description).map(\.utf8.count) == [1, 3, 3, 2])
    #expect(set.number(of: Label("b c")) == 1)
    #expect(set.number(of: Label("B c")) == nil)
  }
}
