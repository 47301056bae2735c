import PipelineCore
import Testing

@Suite("Suggestion")
struct SuggestionTests {
  @Test("The nearest valid name is suggested, and none if none is near")
  func suggestions() {
    let known = ["hidden", "pooling", "dropout", "maxLength"]
    #expect(Suggestion.nearest(to: "hiden", among: known) == "hidden")
    #expect(Suggestion.nearest(to: "hiden_size", among: known) == "hidden")
    #expect(Suggestion.nearest(to: "maxlength", among: known) == "maxLength")
    #expect(Suggestion.nearest(to: "zebra", among: known) == nil)
    #expect(Suggestion.clause(for: "zebra", among: ["a"]) == "; known: a")
  }
}
