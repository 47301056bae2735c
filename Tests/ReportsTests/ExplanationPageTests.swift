import Messages
import PipelineCore
import Reports
import Testing

@Suite("Page of explanations")
struct ExplanationPageTests {
  private static let evil = "</title><script>alert('x')</script>\"&"

  private func document(
    text: String = "سلام \(evil)", label: String = evil, gates: [GateTrace] = []
  ) -> ExplainedDocument {
    let words = text.split(separator: " ").map(String.init)
    var ranges: [Range<Int>] = []
    for word in words {
      let start = ranges.last.map { $0.upperBound + 1 } ?? 0
      ranges.append(start..<start + word.utf8.count)
    }
    let shares = words.indices.map { $0 % 2 == 0 ? 2.5 : -0.5 }
    return ExplainedDocument(
      id: "<7>", label: Label(label), probability: 0.75, scores: (3, 1),
      shares: TokenShares(method: .integratedGradients, values: shares), tokens: words,
      map: HeatMap(Array(text.utf8), tokens: ranges, shares: shares), gates: gates)
  }

  private var trace: GateTrace {
    GateTrace(
      layer: 1, isReversed: true, means: [.init(name: "forget", values: [0.25, 0.5])], units: [],
      maxima: [.init(token: 1, units: 3, effect: 1)], influence: [1e-9, 0.5], truncate: 1)
  }

  @Test("Text, labels and ids are escaped and isolated, and the page needs nothing else")
  func escapes() {
    let page = ExplanationHTML.render(
      title: Self.evil, [document(gates: [trace])], omitted: 0)
    #expect(!page.contains("<script") && page.contains("&lt;script&gt;alert(&#39;x&#39;)"))
    #expect(page.contains("<bdi>&lt;7&gt;</bdi>"))
    #expect(page.contains("<bdi>سلام</bdi>"))
    #expect(page.contains("<p class=\"document\" dir=\"auto\">"))
    for word in ["http", "src=", "href=", "@import", "url("] { #expect(!page.contains(word)) }
    #expect(page.openElements.isEmpty)
  }

  @Test("A token has the colour of its sign and the strength of its share")
  func colours() {
    let page = ExplanationHTML.render(title: "t", [document(text: "good bad")], omitted: 2)
    #expect(
      page.contains("<span class=\"for\" style=\"--share:80%\" title=\"+2.5000\">good</span>"))
    #expect(
      page.contains("<span class=\"against\" style=\"--share:16%\" title=\"-0.5000\">bad</span>"))
    #expect(page.contains("2 more documents are not on this page"))
  }

  @Test("Gates are bars over the tokens, and a cut of the gradient is a line")
  func gates() {
    let page = ExplanationHTML.render(
      title: "t", [document(text: "good bad", gates: [trace])], omitted: 0)
    #expect(page.contains("Layer 1, backward"))
    #expect(page.contains("title=\"0.250\"><div><span style=\"width:25%\">"))
    #expect(page.contains("title=\"3 units\"><div><span style=\"width:100%\">"))
    #expect(page.contains("<tr class=\"cut\"><th scope=\"row\"><bdi>good</bdi>"))
    let empty = document(text: "", gates: [])
    #expect(ExplanationHTML.render(title: "t", [empty], omitted: 0).openElements.isEmpty)
  }
}
