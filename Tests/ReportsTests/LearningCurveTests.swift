import Messages
import Reports
import FileAccess
import PipelineCore
import Testing

@Suite("Learning curve")
struct LearningCurveTests {
  private static let labels = ["a", "b"]

  /// Returns a curve with a doubling number of documents, whose points have this number of correct
  /// predictions for `tested` documents. A better point is right wherever a worse one is.
  private static func curve(
    _ right: [Int], tested: Int, baseline: String? = nil
  ) throws -> LearningCurve {
    let labels = LabelSet(labels.map { Label($0) })
    let points = try right.enumerated().map { place, right in
      let expected = (0..<tested).map { Label($0 % 2 == 0 ? "a" : "b") }
      let predictions = (0..<tested).map { document in
        let isA = (document % 2 == 0) == (document < right)
        return Prediction(probabilities: isA ? [1, 0] : [0, 1], warnings: [], tokenCount: 1)
      }
      let evaluation = try Evaluation(
        predictions: predictions, expected: expected, labels: labels, tokens: tested, seconds: 0)
      return LearningCurve.Point(
        documents: 100 << place, epochs: 8 >> place, evaluation: evaluation,
        baseline: baseline == nil ? nil : evaluation)
    }
    return LearningCurve(classifier: "bilstm.v1", baseline: baseline, points: points)
  }

  @Test(
    "The answer depends on the interval of the gain from the last doubling",
    arguments: [
      ([500, 600, 800, 900], 1000, "more data would help: from 400 to 800 documents"),
      ([800, 900, 700], 1000, "more data of this kind would not help: from 200 to 400"),
      ([800, 900, 900], 1000, "more data would hardly help: from 200 to 400 documents"),
      ([1000, 1800, 1802], 2000, "more data would hardly help: from 200 to 400 documents"),
      ([20, 30, 31], 40, "40 test documents are too few to tell whether more data would help"),
      ([30], 40, "too few documents to tell whether more data would help"),
    ])
  func answers(right: [Int], tested: Int, beginning: String) throws {
    let curve = try Self.curve(right, tested: tested)
    #expect(curve.answer.hasPrefix(beginning), "\(curve.answer)")
    #expect(curve.json["answer"]?.string == curve.answer)
  }

  @Test("The gain is that of the last point over the one before it")
  func gain() throws {
    let curve = try Self.curve([500, 600, 800], tested: 1000)
    #expect(abs((curve.gain?.accuracy.value ?? 0) - 0.2) < 1e-12)
    #expect(curve.json["gain"]?["value"]?.double == curve.gain?.accuracy.value)
    #expect(
      curve.json["points"]?.array?.compactMap { $0["documents"]?.integer } == [100, 200, 400])
  }

  @Test("The chart marks every score, higher for better, and escapes names")
  func chart() throws {
    let text = LearningCurveChart.file(
      try Self.curve([500, 600, 800], tested: 1000, baseline: "<b>&"))
    #expect(
      text.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\"") && text.hasSuffix("</svg>\n"))
    #expect(text.contains("&lt;b&gt;&amp;") && !text.contains("<b>"))
    let lines = text.matches(of: #/<polyline class="[a-z]+" points="([^"]+)"/#)
    #expect(lines.count == 2)
    for line in lines {
      let places = line.1.split(separator: " ").map { pair in
        pair.split(separator: ",").compactMap { Double($0) }
      }
      #expect(places.map(\.count) == [2, 2, 2])
      // Points are equally far apart if the number of documents doubles from each to the next.
      #expect(abs(places[2][0] - 2 * places[1][0] + places[0][0]) < 0.2)
      #expect(places[0][1] > places[1][1] && places[1][1] > places[2][1])
      #expect(places.allSatisfy { (0...640).contains($0[0]) && (0...320).contains($0[1]) })
    }
    #expect(text.matches(of: #/<circle /#).count == 2 * (3 + 1))
    #expect(text.contains("60.00 %"))
  }

  @Test("A single point with accuracy 1 gives a chart without NaN or infinity")
  func single() throws {
    let text = LearningCurveChart.file(try Self.curve([40], tested: 40))
    #expect(text.contains("100.00 %"))
    #expect(!text.contains("\"nan") && !text.contains("\"inf") && !text.contains("\"-inf"))
  }
}
