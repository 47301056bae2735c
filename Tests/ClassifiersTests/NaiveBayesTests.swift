import Classifiers
import FileAccess
import Testing

/// Compares naive Bayes with scikit-learn; see `Reference/make-naive-bayes.py`.
@Suite("NaiveBayes")
struct NaiveBayesTests {
  private func cases() throws -> [JSONValue] {
    let here = "\(#filePath)"
    let folder = here[..<(here.lastIndex(of: "/") ?? here.endIndex)]
    let bytes = try InputFile.readAll(
      path: "\(folder)/Reference/naive-bayes.json", limit: 1 << 20)
    return try #require(JSONValue.parse(bytes, file: "naive-bayes.json").array)
  }

  private func rows(_ json: JSONValue?) throws -> [[Double]] {
    try #require(json?.array).map { row in
      try #require(row.array).map { try #require($0.double) }
    }
  }

  private func whole(_ json: JSONValue?) throws -> [Int] {
    try #require(json?.array).map { Int(try #require($0.double)) }
  }

  @Test("The weights, the relevance and the scores are those of scikit-learn")
  func reference() throws {
    let cases = try cases()
    #expect(cases.count == 3)
    for json in cases {
      let documents = try rows(json["documents"])
      let weights = try rows(json["weights"])
      let matrix = FeatureMatrix(
        documents.map { values in
          values.enumerated().compactMap { row, value in
            value == 0 ? nil : NGramFeatures.Feature(row: Int32(row), value: Float(value))
          }
        })
      let bayes = NaiveBayes(
        matrix, labels: try whole(json["labels"]), labelCount: weights.count,
        documents: try whole(json["used"]), features: documents[0].count)
      let relevance = try rows(json["relevance"])
      for label in weights.indices {
        expect(bayes.weights(of: label), near: weights[label])
        expect(bayes.relevance(of: label), near: relevance[label])
      }
      let scores = try rows(json["scores"])
      for threads in [1, 3] {
        let found = bayes.scores(of: Array(documents.indices), threads: threads)
        for (row, expected) in zip(found, scores) { expect(row, near: expected) }
      }
    }
  }

  private func expect(_ found: [Float], near expected: [Double]) {
    #expect(found.count == expected.count)
    #expect(
      zip(found, expected).allSatisfy { (Double($0) - $1).magnitude < 1e-5 * (1 + $1.magnitude) },
      "\(found) \(expected)")
  }
}
