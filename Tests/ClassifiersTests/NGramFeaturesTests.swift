import Classifiers
import Glibc
import PipelineCore
import Testing

@Suite("NGramFeatures")
struct NGramFeaturesTests {
  private static func keys(_ text: String, words: Int, characters: Int = 0) -> [[KeyCount]] {
    NGramKeys(words: words, characters: characters).counts(EncodedDocument(text: text))
  }

  @Test(
    "Runs of tokens are counted up to the maximum length",
    arguments: [
      ("", 2, []), ("a", 2, [1]), ("a b", 1, [1, 1]), ("a b", 2, [1, 1, 1]),
      ("a b a b", 2, [1, 2, 2, 2]), ("a a a", 3, [1, 2, 3]), ("a b c", 5, [1, 1, 1, 1, 1, 1]),
    ])
  func tokenRuns(text: String, words: Int, counts: [Int]) {
    #expect(Self.keys(text, words: words)[0].map(\.count).sorted() == counts)
  }

  @Test(
    "Runs of characters are those of a word padded with spaces",
    arguments: [
      // " ab ": two runs of three, one of four.
      ("", 5, []), ("ab", 3, [1, 1]), ("ab", 4, [1, 1, 1]), ("ab", 8, [1, 1, 1]),
      // A single character has no runs; a character of three bytes counts as one.
      ("a", 5, []), ("\u{915}", 5, []), ("\u{4e2d}\u{56fd}", 3, [1, 1]),
      // " aaaa ": " aa", "aaa" twice, "aa ".
      ("aaaa", 3, [1, 1, 2]),
      // Runs do not cross words, and every occurrence of a word counts.
      ("ab ab", 3, [2, 2]), ("ab ba", 3, [1, 1, 1, 1]),
    ])
  func characterRuns(text: String, longest: Int, counts: [Int]) {
    let keys = Self.keys(text, words: 1, characters: longest)
    #expect(keys.count == 2)
    #expect(keys[1].map(\.count).sorted() == counts)
  }

  @Test("Runs of tokens depend on their order, and words differ from runs of characters")
  func distinct() {
    let keys = Self.keys("ab ba", words: 2, characters: 3) + Self.keys("ba ab", words: 2)
    #expect(Set(keys[0].map(\.key)) != Set(keys[2].map(\.key)))
    #expect(Set(keys[0].map(\.key)).isDisjoint(with: keys[1].map(\.key)))
  }

  @Test("A fold has the features of enough other documents, and its documents keep their length")
  func fold() {
    func row(_ values: [Int32: Float]) -> [NGramFeatures.Feature] {
      values.sorted { $0.key < $1.key }.map { .init(row: $0.key, value: $0.value) }
    }
    let matrix = FeatureMatrix([
      row([0: 0.6, 1: 0.8]), row([0: 1]), row([0: 0.6, 2: 0.8]), row([1: 0.6, 2: 0.8]),
    ])
    // Feature 0 is in all of the first three documents; features 1 and 2 are in one each.
    let kept = matrix.keeping(featuresIn: [0, 1, 2], atLeast: 2, of: 3)
    #expect(kept.count == 4)
    #expect((0..<4).map { kept[$0].map(\.row) } == [[0], [0], [0], []])
    for document in 0..<3 { #expect(abs(kept[document].first!.value - 1) < 1e-6) }
    let all = matrix.keeping(featuresIn: [0, 1, 2], atLeast: 1, of: 3)
    #expect((0..<4).map { all[$0].map(\.value) } == (0..<4).map { matrix[$0].map(\.value) })
  }

  @Test("Values are TF-IDF of unit length, and rare n-grams are left out")
  func values() throws {
    let documents = ["x x y", "x z", "x q", "y"].map { EncodedDocument(text: $0) }
    let features = try NGramFeatures(
      documents: documents, keys: NGramKeys(words: 2, characters: 0), minCount: 2, labelCount: 2,
      threads: 1)
    // x is in three of four documents, y in two; pairs, z and q are in one each.
    #expect(features.count == 2)
    let values = features.features(documents[0]).map { Double($0.value) }.sorted()
    // scikit-learn's TfidfVectorizer(min_df=2, sublinear_tf=True) gives the same.
    #expect(differences(values, [0.589_362_9, 0.807_868_4], absolute: 1e-6, relative: 0) == [])
    #expect(features.features(EncodedDocument(text: "never seen")).isEmpty)
    let fewer = try NGramFeatures(
      documents: documents, keys: NGramKeys(words: 1, characters: 0), minCount: 1, labelCount: 2,
      limit: 1,
      threads: 1)
    #expect(fewer.count == 1)
    #expect(fewer.features(documents[1]).map(\.value) == [1], "x, which occurs in most documents")
  }

  @Test("Words and runs of characters each get half of the squared length")
  func halves() throws {
    let documents = ["alpha beta", "alpha beta gamma"].map { EncodedDocument(text: $0) }
    let whole = try NGramFeatures(
      documents: documents, keys: NGramKeys(words: 2, characters: 5), minCount: 1, labelCount: 2,
      threads: 1)
    let words = try NGramFeatures(
      documents: documents, keys: NGramKeys(words: 2, characters: 0), minCount: 1, labelCount: 2,
      threads: 1)
    let values = whole.features(documents[0]).map { Double($0.value) }
    let count = words.features(documents[0]).count
    let squares = [values.prefix(count), values.dropFirst(count)].map { part in
      part.reduce(0) { $0 + $1 * $1 }
    }
    #expect(differences(squares, [0.5, 0.5], absolute: 1e-6, relative: 0) == [])
  }

  @Test("Features are those of the formula, in the order of their keys, to the last bit")
  func formula() throws {
    var generator = SeededGenerator(seed: 5)
    let words = ["ab", "abc", "bread", "oven", "a", "wind", "window", "\u{915}\u{916}\u{917}"]
    var texts = (0..<40).map { number in
      (0..<number).map { _ in words[generator.next(below: words.count)] }.joined(separator: " ")
    }
    // Two n-grams in turn, thousands of times, give too many equal keys for the bucket sort.
    texts.append(Array(repeating: "ab wind", count: 3000).joined(separator: " "))
    let documents = texts.map { EncodedDocument(text: $0) }
    for keys in [NGramKeys(words: 2, characters: 5), NGramKeys(words: 3, characters: 0)] {
      let features = try NGramFeatures(
        documents: documents, keys: keys, minCount: 1, labelCount: 2, threads: 2)
      var rows: [UInt64: Int] = [:]
      var frequencies: [UInt64: Int] = [:]
      for (key, _) in documents.flatMap({ keys.counts($0).joined() }) {
        if rows[key] == nil { rows[key] = rows.count }
        frequencies[key, default: 0] += 1
      }
      #expect(features.count == rows.count)
      for document in documents {
        var expected: [NGramFeatures.Feature] = []
        let parts = keys.counts(document)
        for part in parts {
          var squares: Float = 0
          let values = part.map { key, count in
            let share = Double(documents.count + 1) / Double((frequencies[key] ?? 0) + 1)
            let value = (1 + logf(Float(count))) * Float(log(share) + 1)
            squares += value * value
            return value
          }
          let scale = 1 / (squares * Float(parts.count)).squareRoot()
          for ((key, _), value) in zip(part, values) {
            expected.append(.init(row: Int32(rows[key] ?? -1), value: value * scale))
          }
        }
        let found = features.features(document)
        #expect(found.map(\.row) == expected.map(\.row))
        #expect(found.map(\.value.bitPattern) == expected.map(\.value.bitPattern))
      }
    }
  }
}

extension EncodedDocument {
  /// The document with these words, separated by single spaces. It has no rows.
  init(text: String) {
    let words = text.split(separator: " ")
    self.init(
      rows: words.map { _ in 0 }, hashes: words.map { ByteHash.hash($0.utf8) },
      text: Array(text.utf8))
  }
}
