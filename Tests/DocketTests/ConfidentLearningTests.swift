import Docket
import FileAccess
import Testing

/// Confident learning, compared with what cleanlab finds in the same predictions. The figures are
/// made by make-audit-figures.py.
@Suite("Confident learning")
struct ConfidentLearningTests {
  private struct Case: CustomTestStringConvertible {
    let json: JSONValue
    var testDescription: String { json["name"]?.string ?? "" }

    var labelCount: Int { json["classes"]?.integer ?? 0 }
    var labels: [Int] { json["labels"]?.array?.compactMap(\.integer) ?? [] }
    var probabilities: [[Double]] {
      json["probabilities"]?.array?.map { $0.array?.compactMap(\.double) ?? [] } ?? []
    }
    var learning: ConfidentLearning {
      ConfidentLearning(
        labels: labels, probabilities: probabilities.joined().map { Float($0) },
        labelCount: labelCount)
    }

    static let all: [Case] = {
      let here = Folder.split("\(#filePath)").folder
      let path = "\(here)/Fixtures/confident-learning.json"
      let bytes = (try? InputFile.readAll(path: path, limit: 1 << 22)) ?? []
      return (try? JSONValue.parse(bytes, file: path))?.array?.map(Case.init) ?? []
    }()
  }

  @Test("All cases are there")
  private func complete() { #expect(Case.all.count == 7) }

  @Test("The thresholds are those of cleanlab", arguments: Case.all)
  private func thresholds(of item: Case) throws {
    let expected = try #require(item.json["thresholds"]?.array).compactMap(\.double)
    #expect(expected.count == item.labelCount)
    for (ours, theirs) in zip(item.learning.thresholds, expected) {
      // cleanlab gives a label without documents a threshold that no probability reaches.
      #expect(ours.isInfinite ? theirs == 2 : abs(ours - theirs) < 1e-7)
    }
  }

  @Test("The estimated joint distribution is that of cleanlab", arguments: Case.all)
  private func joint(of item: Case) throws {
    let expected = try #require(item.json["joint"]?.array).map {
      $0.array?.compactMap(\.integer) ?? []
    }
    let ours = item.learning.joint.map { row in
      (0..<item.labelCount).map { label in row.first { $0.label == label }?.count ?? 0 }
    }
    #expect(ours == expected)
  }

  @Test("The found documents and their order are those of cleanlab", arguments: Case.all)
  private func issues(of item: Case) throws {
    let expected = try #require(item.json["issues"]?.array).compactMap(\.integer)
    #expect(item.learning.issues == expected)
  }

  @Test("A suggestion is the most probable label other than the given one")
  func suggestion() {
    let learning = ConfidentLearning(
      labels: [0, 1, 1], probabilities: [0.7, 0.2, 0.1, 0.3, 0.6, 0.1, 0.1, 0.4, 0.5],
      labelCount: 3)
    #expect((0..<3).map(learning.suggestion) == [1, 0, 2])
    #expect(abs(learning.quality(of: 2) - 0.45) < 1e-6)
    // 0.7 / 0.7, and 0.4 / 0.5 for the last one.
    #expect(abs(learning.fit(of: 0) - 1) < 1e-6)
    #expect(abs(learning.fit(of: 2) - 0.8) < 1e-6)
  }

  @Test("Equal probabilities are no label error")
  func ties() {
    let probabilities = Array(repeating: Float(0.5), count: 40)
    let learning = ConfidentLearning(
      labels: (0..<20).map { $0 % 2 }, probabilities: probabilities, labelCount: 2)
    #expect(learning.issues.isEmpty)
  }
}
