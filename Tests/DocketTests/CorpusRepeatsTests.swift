import TestSupport
import Docket
import PipelineCore
import Testing

/// The search for repeated documents, compared with a comparison of all pairs.
@Suite("Repeats")
struct CorpusRepeatsTests {
  private let folder = TestFolder()

  /// Returns documents of few distinct words, many of them copies with some words changed.
  private static func documents(_ count: Int, seed: UInt64) -> [[String]] {
    var generator = SeededGenerator(seed: seed)
    var documents: [[String]] = []
    for number in 0..<count {
      if number > 0, generator.next(below: 3) > 0 {
        var copy = documents[generator.next(below: number)]
        for _ in 0..<generator.next(below: 3) where !copy.isEmpty {
          copy[generator.next(below: copy.count)] = "w\(generator.next(below: 40))"
        }
        if generator.next(below: 4) == 0 { copy.append("end") }
        documents.append(copy)
      } else {
        let length = [0, 1, 2, 3, 5, 30, 60, 90][generator.next(below: 8)]
        documents.append((0..<length).map { _ in "w\(generator.next(below: 40))" })
      }
    }
    return documents
  }

  private static func shingles(_ words: [String]) -> Set<[String]> {
    guard words.count >= 3 else { return words.isEmpty ? [] : [words] }
    return Set((0...words.count - 3).map { Array(words[$0..<$0 + 3]) })
  }

  /// Counts the documents of `range` that repeat, exactly or nearly, one of `earlier(k)`.
  private static func count(
    _ documents: [[String]], _ range: Range<Int>, earlier: (Int) -> Range<Int>
  ) -> [Int] {
    let sets = documents.map(shingles)
    var counts = [0, 0]
    for number in range where !documents[number].isEmpty {
      let others = earlier(number)
      if others.contains(where: { documents[$0] == documents[number] }) {
        counts[0] += 1
      } else if others.contains(where: { other in
        let shared = sets[number].intersection(sets[other]).count
        return shared * 5 >= 4 * sets[number].union(sets[other]).count
      }) {
        counts[1] += 1
      }
    }
    return counts
  }

  private func tsv(_ documents: ArraySlice<[String]>) -> String {
    documents.enumerated().map { "label \($0 % 2)\t\($1.joined(separator: " "))\n" }.joined()
  }

  @Test(
    "The search finds what a comparison of all pairs finds, with any number of threads",
    arguments: [1, 2, 3] as [UInt64])
  func all(seed: UInt64) throws {
    let documents = Self.documents(300, seed: seed)
    let train = try folder.file("train.tsv", tsv(documents[..<200]))
    let test = try folder.file("test.tsv", tsv(documents[200...]))
    let expected = [
      Self.count(documents, 0..<200) { 0..<$0 }, Self.count(documents, 200..<300) { 200..<$0 },
      Self.count(documents, 200..<300) { _ in 0..<200 },
    ]
    #expect(expected.allSatisfy { $0[0] > 0 && $0[1] > 0 })
    for threads in [1, 3] {
      let parts = try PlainCheck.check(train: train, test: test, threads: threads).parts
      let found = [parts[0].duplicates, parts[1].duplicates, try #require(parts[1].leakage)]
      #expect(found.map { [$0.exact, $0.near] } == expected)
      #expect(found.allSatisfy { $0.unfinished == 0 && !$0.examples.isEmpty })
    }
  }

  @Test("An example has both positions and the resemblance")
  func examples() throws {
    let words = (0..<22).map { "w\($0)" }.joined(separator: " ")
    let train = try folder.file("train.tsv", "a\t\(words)\nb\tshort\na\t\(words) more\n")
    let test = try folder.file("test.tsv", "b\tshort\na\tmore \(words)\n")
    let parts = try PlainCheck.check(train: train, test: test).parts
    let within = try #require(parts[0].duplicates.examples.first)
    #expect(within.position == .line(train, 3, column: nil))
    #expect(within.earlier == .line(train, 1, column: nil))
    #expect(within.resemblance == 20.0 / 21)
    let leaked = try #require(parts[1].leakage).examples
    #expect(leaked.map(\.position) == [1, 2].map { .line(test, $0, column: nil) })
    #expect(leaked.map(\.earlier) == [2, 1].map { .line(train, $0, column: nil) })
    #expect(leaked.map(\.resemblance) == [nil, 20.0 / 21])
  }

  @Test("Ten thousand documents with the same rarest shingles are searched quickly")
  func adversarial() throws {
    // All have the same rarest shingles, but no two are near duplicates.
    let lines = (0..<10_000).map { number in
      "l\(number % 2)\ta b c d e x\(number) y\(number) z\(number)\n"
    }
    let train = try folder.file("train.tsv", lines.joined())
    let clock = ContinuousClock()
    let time = try clock.measure {
      let part = try PlainCheck.check(train: train, test: nil).parts[0]
      #expect(part.duplicates.count == 0)
    }
    #expect(time < .seconds(10))
  }
}
