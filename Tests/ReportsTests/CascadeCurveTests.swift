import FileAccess
import PipelineCore
import Reports
import Testing

/// Accuracy against speed of a cascade, in all forms of the report.
@Suite("Curve of a cascade")
struct CascadeCurveTests {
  /// Four documents; the linear part is wrong for the one on which it is least confident.
  private static let answers = LinearAnswers(
    factor: 1, linear: [[0.9, 0.1], [0.2, 0.8], [0.7, 0.3], [0.4, 0.6]],
    whole: [[0.6, 0.4], [0.1, 0.9], [0.8, 0.2], [0.7, 0.3]], labels: [0, 1, 0, 0])

  private func report(_ curve: CascadeCurve?) throws -> Report {
    var report = Report(
      title: "news", classifier: "bilstm.v1",
      evaluation: try Samples.evaluation(documents: 40, labels: ["a", "b"], wrongEvery: 5))
    report.cascade = curve
    return report
  }

  @Test("The time per document is that of the linear part, plus the network's for the others")
  func speeds() throws {
    let curve = try #require(CascadeCurve(Self.answers.curve, whole: 1_000, linear: 10_000))
    let shares = curve.points.map(\.cascade.coverage)
    #expect(shares == [0, 0.25, 0.5, 0.75, 1])
    #expect(curve.points.map(\.cascade.accuracy) == [1, 1, 1, 1, 0.75])
    #expect(curve.points.map(\.cascade.agreement) == [1, 1, 1, 1, 0.75])
    let speeds = curve.points.compactMap(\.documentsPerSecond)
    // 0.1 ms for each document, and 0.9 ms more for every other one.
    #expect(abs(speeds[2] - 1 / (0.0001 + 0.00045)) < 1e-9)
    #expect(abs(speeds[0] - 1_000) < 1e-9 && abs(speeds[4] - 10_000) < 1e-9)
    #expect(CascadeCurve([], whole: 1, linear: 1) == nil)
  }

  @Test("The report has the curve as a table, as JSON and as a chart")
  func rendering() throws {
    let curve = try #require(CascadeCurve(Self.answers.curve, whole: 1_000, linear: 10_000))
    let report = try report(curve)
    let lines = ReportText.render(report).split(separator: "\n").map(String.init)
    #expect(lines.contains { $0.hasPrefix("linear part alone  from confidence") }, "\(lines)")
    #expect(lines.contains { $0.contains("50.00 %") && $0.hasSuffix("1,818") }, "\(lines)")
    let json = ReportJSON.value(report)["cascade"]
    #expect(json?.array?[2]["accuracy"]?.double == 1)
    #expect(json?.array?[0]["confidence"] == .null)
    let page = ReportHTML.render(report)
    #expect(page.contains("Accuracy by number of documents per second"))
    #expect(page.contains("<td>1,818</td>"))
  }

  @Test("Without the speed of the linear part, the table has no speeds and there is no chart")
  func withoutSpeed() throws {
    let curve = try #require(CascadeCurve(Self.answers.curve, whole: 1_000, linear: nil))
    let report = try report(curve)
    let lines = ReportText.render(report).split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("linear part alone") && $0.hasSuffix("accuracy") })
    #expect(!ReportHTML.render(report).contains("documents per second"))
    #expect(ReportJSON.value(report)["cascade"]?.array?[1]["documentsPerSecond"] == .null)
  }

  @Test("A report without a cascade has no curve")
  func none() throws {
    let report = try report(nil)
    #expect(ReportJSON.value(report)["cascade"] == nil)
    #expect(!ReportText.render(report).contains("linear part alone"))
  }
}
