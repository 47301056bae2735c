import Reports
import FileAccess
import PipelineCore
import Testing

@Suite("Comparison of candidates")
struct ComparisonTests {
  @Test("A candidate with fewer errors is better, and the counts of changed documents add up")
  func better() throws {
    let labels = ["a", "b", "c"]
    let first = try Samples.evaluation(documents: 300, labels: labels, wrongEvery: 3)
    let second = try Samples.evaluation(documents: 300, labels: labels, wrongEvery: 30)
    let comparison = Comparison([
      .init(name: "one", evaluation: first), .init(name: "two", evaluation: second),
    ])
    let difference = comparison.differences[0]
    // The first is wrong for 100 documents, and the second for every tenth of these.
    #expect(difference.changed == 90)
    #expect(difference.test.onlySecond == 90 && difference.test.onlyFirst == 0)
    #expect(abs(difference.scores.accuracy.value - 0.3) < 1e-12)
    #expect(comparison.changedDocuments.count == 90)
    let text = comparison.text()
    #expect(text.contains("two is better than one by 30.0 points"))
    #expect(text.contains("90 now correct, 0 now wrong; McNemar's test p < 0.0001"))
    let json = comparison.json()
    #expect(json["differences"]?.array?[0]["onlyThisRight"]?.integer == 90)
    #expect(json["candidates"]?.array?[1]["accuracy"]?.double == second.accuracy)
  }

  @Test("With several candidates, a difference must be more significant to count")
  func several() throws {
    // Only `other` is right for 9 documents, and only `base` for 1: p = 0.0215, above 0.05 / 3.
    var rows = Array(repeating: (expected: "a", predicted: "a"), count: 20)
    let first = try Samples.evaluation(
      rows.enumerated().map { ($1.expected, $0 < 9 ? "b" : "a") }, trained: ["a", "b"])
    rows[19].predicted = "b"
    let other = Comparison.Candidate(
      name: "other", evaluation: try Samples.evaluation(rows, trained: ["a", "b"]))
    let base = Comparison.Candidate(name: "base", evaluation: first)
    #expect(Comparison([base, other]).text().contains("other is better than base"))
    #expect(Comparison([base, other, other, other]).text().contains("no significant difference"))
  }

  @Test("A remark about a model is printed below the scores, and in the JSON object")
  func remarks() throws {
    let scores = try Samples.evaluation([("a", "a"), ("b", "b")], trained: ["a", "b"])
    let comparison = Comparison([
      .init(name: "x", evaluation: scores),
      .init(name: "y", evaluation: scores, remarks: ["the network is left out"]),
    ])
    let lines = comparison.text().split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[3] == "y: the network is left out" && lines[4].isEmpty)
    let candidates = comparison.json()["candidates"]?.array
    #expect(candidates?.map { $0["remarks"]?.array?.count } == [0, 1])
  }

  @Test("Candidates may have different labels")
  func otherLabels() throws {
    let first = try Samples.evaluation([("a", "a"), ("b", "b")], trained: ["a", "b"])
    let second = try Samples.evaluation([("a", "c"), ("b", "b")], trained: ["b", "c"])
    let comparison = Comparison([
      .init(name: "1", evaluation: first), .init(name: "2", evaluation: second),
    ])
    #expect(comparison.changedDocuments == [0])
    let line = comparison.changedLine(
      0, position: .line("t.tsv", 1, column: nil), id: nil, text: Array("x  y".utf8))
    #expect(
      line.text()
        == #"{"file":"t.tsv","line":1,"label":"a","predicted":["a","c"],"text":"x y"}"#)
  }

  @Test(
    "The p-value of McNemar's test equals that of statsmodels",
    arguments: [
      // statsmodels 0.15.0: mcnemar([[100, b], [c, 100]], exact=True).pvalue
      (48, 55, 0.5546010666648736),
      (0, 1, 1.0),
      (1, 9, 0.021484375),
      (10, 30, 0.0022214337732293643),
      (400, 500, 0.0009564441369189373),
      (5, 5, 1.0),
      (0, 20, 1.9073486328125e-06),
      (1234, 987, 1.741106644406718e-07),
    ])
  func mcNemar(onlyFirst: Int, onlySecond: Int, pValue: Double) {
    let test = McNemarTest(onlyFirst: onlyFirst, onlySecond: onlySecond)
    #expect(abs(test.pValue - pValue) <= 1e-11 * pValue + 1e-300)
    #expect(test.pValue == McNemarTest(onlyFirst: onlySecond, onlySecond: onlyFirst).pValue)
  }
}
