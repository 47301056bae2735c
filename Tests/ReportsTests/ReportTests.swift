import Messages
import Reports
import FileAccess
import Glibc
import PipelineCore
import Testing

@Suite("Report")
struct ReportTests {
  private static let scripts = ["spor", "体育", "سیاسی", "खेल"]

  private func report(
    wrongEvery: Int, baseline: Int?, labels: [String] = scripts, title: String = "news"
  ) throws -> Report {
    let evaluation = try Samples.evaluation(documents: 400, labels: labels, wrongEvery: wrongEvery)
    return Report(
      title: title, classifier: "bilstm.v1", evaluation: evaluation,
      baseline: try baseline.map {
        Report.Baseline(
          name: "ngrams.v1",
          evaluation: try Samples.evaluation(documents: 400, labels: labels, wrongEvery: $0))
      },
      history: (1...6).map { epoch in
        EpochRecord(
          epoch: epoch, loss: 1.4 / Double(epoch), validationLoss: 0.5 + 0.4 / Double(epoch),
          validationAccuracy: 0.8, seconds: 2, tokens: 1_000)
      },
      facts: [InfoItem("corpus", "news <1> & \"more\"")],
      pipeline: "tokenizer: words.v1\nclassifier: bilstm.v1 # <b>\n", seed: 7,
      versions: [InfoItem("docket", "1.0.0")])
  }

  @Test(
    "The verdict says which classifier is better",
    arguments: [
      (20, 4, "bilstm.v1 is better than the baseline ngrams.v1 by 20.0 points"),
      (4, 20, "the baseline ngrams.v1 is better than bilstm.v1 by 20.0 points"),
      (
        8, 8,
        "no significant difference between bilstm.v1 and the baseline ngrams.v1 on 400 documents"
      ),
      (
        38, 42,
        "no significant difference between bilstm.v1 and the baseline ngrams.v1 on 400 documents"
      ),
    ])
  func verdict(wrongEvery: Int, baseline: Int, sentence: String) throws {
    let report = try report(wrongEvery: wrongEvery, baseline: baseline)
    #expect(report.verdict == sentence)
    #expect(ReportText.render(report).contains(sentence))
    #expect(ReportHTML.render(report).contains(sentence))
    #expect(ReportJSON.value(report)["difference"]?["verdict"]?.string == sentence)
    let advice =
      sentence.hasPrefix("the baseline")
      ? "to use it instead, set classifier: ngrams.v1"
      : "the faster ngrams.v1 alone would be enough"
    let isBetter = sentence.hasPrefix("bilstm.v1 is better")
    #expect(report.advice?.hasPrefix(advice) == (isBetter ? nil : true))
    #expect(ReportText.render(report).contains(advice) == !isBetter)
    #expect(ReportHTML.render(report).contains(advice) == !isBetter)
  }

  @Test("Without a baseline, the report does not mention one")
  func noBaseline() throws {
    let report = try report(wrongEvery: 8, baseline: nil)
    #expect(report.verdict == nil)
    #expect(ReportJSON.value(report)["baseline"] == nil)
    #expect(!ReportHTML.render(report).contains("Comparison with the baseline"))
    #expect(!ReportText.render(report).contains("differs by"))
  }

  @Test("Columns are aligned if labels have wide characters or combining marks")
  func aligned() throws {
    let text = ReportText.render(try report(wrongEvery: 8, baseline: 9))
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let header = try #require(lines.firstIndex { $0.hasPrefix("label ") })
    // The columns of each label, counted by hand; the Hindi one has a combining vowel sign, and
    // Chinese characters are two columns wide.
    let widths = ["spor": 4, "खेल": 2, "سیاسی\u{200E}": 5, "体育": 4]
    let end = lines[header].utf8.count
    for line in lines[(header + 1)...].prefix(4) {
      let label = String(line.prefix { $0 != " " })
      let width = try #require(widths[label])
      #expect(width + line.utf8.count - label.utf8.count == end)
    }
    #expect(lines.allSatisfy { !$0.hasSuffix(" ") })
  }

  @Test("The JSON report has every documented key and can be read again")
  func json() throws {
    let report = try report(wrongEvery: 8, baseline: 9)
    let value = try JSONValue.parse(ReportJSON.render(report), file: "report.json")
    let promised = [
      "documents", "tokens", "accuracy", "macroF1", "weightedF1", "labels", "confusion",
      "confusedPairs", "logLoss", "expectedCalibrationError", "seconds", "documentsPerSecond",
      "baseline", "difference", "history", "pipeline", "seed", "versions",
    ]
    for key in promised { #expect(value[key] != nil, "\(key)") }
    #expect(value["documents"]?.integer == 400)
    #expect(value["accuracy"]?.double == 0.875)
    #expect(value["documentsPerSecond"]?.double == 800)
    #expect(value["labels"]?.array?.first?["label"]?.string == "spor")
    #expect(value["confusion"]?.array?.count == 4)
    #expect(value["confusedPairs"]?.array?.first?["count"]?.integer == 50)
    #expect(value["history"]?.array?.last?["validationLoss"]?.double == 0.5 + 0.4 / 6)
    #expect(value["difference"]?["accuracy"]?["interval"]?.array?.count == 2)
  }

  @Test("Labels, titles and facts are escaped in the page")
  func escapes() throws {
    let evil = "</title><script>alert('x')</script>\"&\u{202E}"
    let page = ReportHTML.render(
      try report(wrongEvery: 3, baseline: 4, labels: ["a", evil], title: evil))
    // The page has only its own scripts.
    #expect(page.split(separator: "<script", omittingEmptySubsequences: false).count == 2)
    #expect(!page.contains("<b> "))
    #expect(!page.contains("\u{202E}"))
    #expect(page.contains("&lt;script&gt;alert(&#39;x&#39;)"))
    #expect(page.contains("news &lt;1&gt; &amp; &quot;more&quot;"))
  }

  @Test("The page is self-contained and isolates its labels")
  func selfContained() throws {
    let page = ReportHTML.render(try report(wrongEvery: 8, baseline: 9))
    for word in ["http", "src=", "href=", "@import", "url("] { #expect(!page.contains(word)) }
    #expect(page.contains("<bdi>سیاسی</bdi>"))
    #expect(page.contains("\u{2068}سیاسی\u{2069}"))
    #expect(page.contains("prefers-color-scheme: dark"))
  }

  @Test("The page is well-formed: every opened element is closed, in order")
  func wellFormed() throws {
    #expect(ReportHTML.render(try report(wrongEvery: 8, baseline: 9)).openElements.isEmpty)
  }

  @Test("One epoch, document or label, or a thousand labels, can be reported")
  func extremes() throws {
    let one = try Samples.evaluation([("a", "a")], trained: ["a"])
    let epoch = EpochRecord(
      epoch: 1, loss: 0, validationLoss: nil, validationAccuracy: nil, seconds: 0, tokens: 0)
    let many = try Samples.evaluation(
      documents: 1_200, labels: (0..<1_200).map { "label \($0)" }, wrongEvery: 2)
    for evaluation in [one, many] {
      let report = Report(
        title: "", classifier: "c", evaluation: evaluation, history: [epoch])
      #expect(ReportText.render(report).contains("accuracy"))
      #expect(ReportHTML.render(report).contains("</html>"))
      #expect(ReportJSON.value(report)["history"]?.array?.count == 1)
    }
    #expect(
      ReportJSON.value(Report(title: "", classifier: "", evaluation: many))["confusion"] == .null)
  }

  @Test(
    "A sample page is written to the folder in DOCKET_REPORT_SAMPLE",
    .enabled(if: getenv("DOCKET_REPORT_SAMPLE") != nil, "DOCKET_REPORT_SAMPLE is not set"))
  func sample() throws {
    let folder = String(cString: try #require(getenv("DOCKET_REPORT_SAMPLE")))
    let labels =
      Self.scripts + ["Business & Finance", "Sci/Tech", "a label that is long enough to be cut"]
    let report = try report(
      wrongEvery: 8, baseline: 5, labels: labels, title: "News in four scripts")
    try AtomicFile.write(path: "\(folder)/report.html", ReportHTML.render(report).utf8)
    try AtomicFile.write(path: "\(folder)/report.txt", ReportText.render(report).utf8)
    try AtomicFile.write(path: "\(folder)/report.json", ReportJSON.render(report))
  }
}

extension String {
  /// The elements of a page that are not closed, or not in order.
  var openElements: [Substring] {
    var open: [Substring] = []
    for piece in split(separator: "<").dropFirst() {
      let name = piece.prefix { !" >/\n".contains($0) }
      if piece.hasPrefix("/") {
        let closed = piece.dropFirst().prefix { $0 != ">" }
        guard open.popLast() == closed else { return open + [closed] }
      } else if !["!DOCTYPE", "meta"].contains(name),
        !piece.prefix(while: { $0 != ">" }).hasSuffix("/")
      {
        open.append(name)
      }
    }
    return open
  }
}
