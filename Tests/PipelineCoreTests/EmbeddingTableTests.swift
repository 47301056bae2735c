import PipelineCore
import Testing

@Suite("Joined embedding tables")
struct EmbeddingTableTests {
  private func table(
    _ words: [String], _ values: [Float], width: Int, isTrainable: Bool = true
  ) -> EmbeddingTable {
    var vocabulary = Vocabulary()
    for word in words { vocabulary.insert(Array(word.utf8)) }
    return EmbeddingTable(
      vocabulary: vocabulary, dimensions: width, values: values, isTrainable: isTrainable,
      summary: "\(words.count) words")
  }

  private func words(of table: EmbeddingTable) -> [String] {
    (0..<table.vocabulary.count).map(table.vocabulary.string)
  }

  @Test(
    "The vectors of a word are concatenated; a table without the word supplies its unknown vector")
  func rows() throws {
    let left = table(["a", "b"], [0, 1, 2], width: 1, isTrainable: false)
    let right = table(["b", "c"], [7, 70, 8, 80, 9, 90], width: 2)
    let joined = try EmbeddingTable(joining: [left, right])
    #expect(words(of: joined) == ["a", "b", "c"])
    #expect(joined.dimensions == 3)
    #expect(joined.values == [0, 7, 70, 1, 7, 70, 2, 8, 80, 0, 9, 90])
    #expect(
      joined.columns
        == [VectorColumns(count: 1, rateScale: 0), VectorColumns(count: 2, rateScale: 1)])
    #expect(joined.isTrainable)
    #expect(
      joined.summary
        == "2 embeddings side by side: 3 dimensions, 3 words; (1) 2 words; (2) 2 words")
  }

  @Test("Joined tables are frozen if all are frozen, and float16 if all are float16")
  func settings() throws {
    var (left, right) = (table(["a"], [0, 1], width: 1), table(["a"], [2, 3], width: 1))
    for table in [0, 1] {
      #expect(try EmbeddingTable(joining: [left, right]).isTrainable)
      #expect(try EmbeddingTable(joining: [left, right]).precision == .float32)
      if table == 0 {
        left.precision = .float16
        left.columns[0].rateScale = 0
        left.sourceSHA256 = "abc"
      } else {
        right.precision = .float16
        right.columns[0].rateScale = 0
        right.sourceSHA256 = "def"
      }
    }
    let joined = try EmbeddingTable(joining: [left, right])
    #expect(!joined.isTrainable && joined.precision == .float16)
    #expect(joined.sourceSHA256 == "abc def")
  }

  @Test("N-grams fill their own columns, for words of the other table and for unknown words")
  func ngrams() throws {
    var left = table(["ab"], [10, 11], width: 1)
    let ngrams = CharacterNGrams(shortest: 2, longest: 2, buckets: 1)
    left.subwords = SubwordVectors(ngrams: ngrams, dimensions: 1, values: [5])
    let right = table(["cd"], [20, 21], width: 1)
    for (tables, ngramColumn) in [([left, right], 0), ([right, left], 1)] {
      let joined = try EmbeddingTable(joining: tables)
      // "cd" is not in the left table, so its n-grams supply the vector: unknown plus 5.
      let row = Int(joined.row(of: Array("cd".utf8), hash: ByteHash.hash(Array("cd".utf8))))
      #expect(joined.values[row * 2 + ngramColumn] == 15)
      #expect(joined.values[row * 2 + 1 - ngramColumn] == 21)
      let new = try #require(joined.newVector(of: Array("xy".utf8)))
      #expect(new[ngramColumn] == 15 && new[1 - ngramColumn] == 20)
    }
    #expect(throws: ConfigurationError.self) { try EmbeddingTable(joining: [left, left]) }
  }

  @Test("The vector of a token is its row, or one computed for a word outside the table")
  func vectorOfToken() {
    let two = table(["a"], [0, 1, 2, 3], width: 2)
    var document = EncodedDocument(rows: [1, 0, 3, 2], hashes: [5, 6, 7, 8])
    document.newVectors = [10, 11, 12, 13]
    let vectors = document.rows.indices.map { Array(document.vector(ofToken: $0, in: two)) }
    #expect(vectors == [[2, 3], [0, 1], [12, 13], [10, 11]])
  }
}
