import FileAccess
import PipelineCore
import Reports
import Testing

@Suite("Documents in the report")
struct ReportedDocumentTests {
  private static let hostile = "</script><img src=x onerror=alert(1)> \u{202E}cod & \"x\""

  /// A report of four documents with a hostile text. The second and the fourth are misclassified.
  private func report(texts: Bool = true) throws -> Report {
    let labels = LabelSet(["a", "b"].map { Label($0) })
    let rows: [[Float]] = [[0.75, 0.25], [0.625, 0.375], [0.4375, 0.5625], [0.125, 0.875]]
    let evaluation = try Evaluation(
      predictions: rows.map { Prediction(probabilities: $0) },
      expected: ["a", "b", "b", "a"].map { Label($0) }, labels: labels, tokens: 4, seconds: 0)
    func entry(_ number: Int) -> ReportedDocument {
      ReportedDocument(
        evaluation, number: number, position: .line("test <1>.tsv", number + 1, column: nil),
        id: number == 3 ? "a-17" : nil,
        text: texts ? Array("\(Self.hostile)\n\n سلام  \(number)".utf8) : nil)
    }
    var documents = ReportedDocuments()
    documents.errors = evaluation.errorsByConfidence.map(entry)
    documents.errorCount = documents.errors.count
    documents.uncertain = evaluation.uncertain(100).map(entry)
    return Report(
      title: "t", classifier: "c", evaluation: evaluation, documents: documents)
  }

  @Test("The most confident errors come first, the least certain right documents too")
  func order() throws {
    let documents = try #require(try report().documents)
    #expect(documents.errors.map(\.position.description) == ["test <1>.tsv:4", "test <1>.tsv:2"])
    #expect(documents.errors.map(\.predicted) == [1, 0])
    #expect(documents.errors[0].expectedProbability == 0.125)
    #expect(documents.errors[0].margin == 0.75)
    #expect(documents.uncertain.map(\.margin) == [0.125, 0.5])
  }

  @Test("errors.jsonl has one object per error with its place, labels and text")
  func lines() throws {
    let report = try report()
    let bytes = ErrorList.render(try #require(report.documents), labels: report.evaluation.labels)
    let lines = bytes.split(separator: 0x0A)
    #expect(lines.count == 2)
    let first = try JSONValue.parse(Array(lines[0]), file: "errors.jsonl")
    #expect(first["file"]?.string == "test <1>.tsv" && first["line"]?.integer == 4)
    #expect(first["id"]?.string == "a-17")
    #expect(first["label"]?.string == "a" && first["predicted"]?.string == "b")
    #expect(first["probability"]?.double == 0.875)
    #expect(first["text"]?.string == "\(Self.hostile) سلام 3")
    #expect(try JSONValue.parse(Array(lines[1]), file: "errors.jsonl")["id"] == nil)
  }

  @Test("Confidential texts are in none of the files")
  func confidential() throws {
    let report = try report(texts: false)
    let list = ErrorList.render(try #require(report.documents), labels: report.evaluation.labels)
    for file in [
      ReportHTML.render(report), ReportText.render(report),
      String(decoding: ReportJSON.render(report), as: UTF8.self),
      String(decoding: list, as: UTF8.self),
    ] { #expect(!file.contains("onerror") && !file.contains("سلام")) }
  }

  @Test("A hostile text is markup neither in the list nor in the data of the page")
  func hostile() throws {
    let page = ReportHTML.render(try report())
    #expect(!page.contains("<img") && !page.contains("\u{202E}"))
    #expect(page.contains("\\u003c/script\\u003e\\u003cimg"))
    // The data and the code are the only scripts; none comes from a document.
    #expect(page.split(separator: "<script", omittingEmptySubsequences: false).count == 3)
    #expect(page.split(separator: "</script", omittingEmptySubsequences: false).count == 3)
  }

  @Test(
    "An excerpt is one line of at most 500 characters",
    arguments: [
      ("a\t b\u{A0}\nc", "a b c"), ("", ""),
      (String(repeating: "य़", count: 501), String(repeating: "य़", count: 499) + "…"),
      (String(repeating: "x", count: 500), String(repeating: "x", count: 500)),
    ])
  func excerpt(text: String, shown: String) {
    #expect(ReportedDocument.excerpt(Array(text.utf8)) == shown)
  }

  @Test("An excerpt of a text cut in the middle of a character has no replacement character")
  func cutCharacter() {
    // 8,000 bytes, where an excerpt is cut, are not a multiple of 3.
    let text = String(repeating: "的", count: 3_000)
    #expect(!ReportedDocument.excerpt(Array(text.utf8)).contains("\u{FFFD}"))
    let marks = "a" + String(repeating: "\u{301}", count: 6_000)
    #expect(!ReportedDocument.excerpt(Array(marks.utf8)).contains("\u{FFFD}"))
    #expect(ReportedDocument.excerpt(Array(marks.utf8)).utf8.count <= 12_003)
  }
}
