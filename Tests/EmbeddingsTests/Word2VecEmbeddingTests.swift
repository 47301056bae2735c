import Embeddings
import PipelineCore
import Testing

@Suite("word2vec.v1")
struct Word2VecEmbeddingTests {
  func table(
    _ file: VectorFile, _ text: String,
    normalize: @escaping (AlignedText) throws -> AlignedText = { $0 },
    set: (inout Word2VecEmbedding.Configuration) -> Void = { _ in }
  ) throws -> EmbeddingTable {
    var configuration = Word2VecEmbedding.Configuration()
    configuration.vectors = FilePath(written: "v.txt", resolved: file.path)
    set(&configuration)
    return try Word2VecEmbedding(configuration: configuration).makeTable(
      for: EmbeddingTask(documents: [spacedWords(text)], normalize: normalize))
  }

  /// Lowercases ASCII, as a normalizer does.
  func lower(_ text: AlignedText) -> AlignedText {
    var text = text
    text.replaceInPlace(with: text.bytes.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 })
    return text
  }

  @Test("Words of the corpus are kept in the order of their counts; row 0 is their mean")
  func kept() throws {
    let file = try VectorFile("4 2\nz 9 9\na 1 2\nb 3 6\nc 5 7\n")
    let table = try table(file, "b b b c c a d")
    #expect((0..<table.vocabulary.count).map(table.vocabulary.string) == ["b", "c", "a"])
    #expect(table.values == [3, 5, 3, 6, 5, 7, 1, 2])
    #expect(table.isTrainable)
    #expect(
      table.summary
        == "vectors v.txt: text, 2 dimensions; 4 rows read: 3 kept, 1 not in the corpus, "
        + "0 duplicates, 0 equal after normalization, 0 skipped (0 empty, 0 not UTF-8, "
        + "0 not finite, 0 refused by a normalizer); "
        + "covers 85.7 % of the corpus tokens and 75.0 % of its words")
    #expect(try self.table(file, "a", set: { $0.table.tune = false }).isTrainable == false)
  }

  @Test("The first of repeated words, or of words equal after normalization, is kept")
  func repeated() throws {
    // Case 78.
    let file = try VectorFile("a 1 1\na 2 2\na 0 0\nA 3 3\nB 4 4\nb 5 5\nB 6 6\n")
    let table = try table(file, "a b", normalize: lower)
    #expect(table.values == [2.5, 2.5, 1, 1, 4, 4])
    #expect(
      table.summary.contains("7 rows read: 2 kept, 0 not in the corpus, 3 duplicates, 2 equal"))
    let all = try self.table(VectorFile("a 1 1\na 2 2\na 3 3\n"), "a")
    #expect(all.values == [1, 1, 1, 1])
  }

  @Test("A word that the normalizers refuse is counted")
  func refused() throws {
    let file = try VectorFile("a 1 1\nbad 2 2\n")
    let table = try table(
      file, "a bad",
      normalize: { text in
        if text.bytes.count > 1 { throw TensorError.missing("any error") }
        return text
      })
    #expect(table.vocabulary.count == 1)
    #expect(table.summary.contains("1 skipped (0 empty, 0 not UTF-8, 0 not finite, 1 refused"))
  }

  @Test("A file without any word of the corpus is refused; one with few of them causes a warning")
  func coverage() throws {
    // Case 90.
    let file = try VectorFile("a 1 1\nb 2 2\n")
    let error = #expect(throws: VectorFileError.self) { try table(file, "x y") }
    #expect(error?.fact == .noCorpusWord(rows: 2))
    #expect(error?.category == .badInput)
    #expect(try table(file, "a x x x x x").summary.contains("warning: most of the corpus"))
    #expect(try !table(file, "a x x x x").summary.contains("warning"))
  }

  @Test("The settings for damaged files reach the reader")
  func settings() throws {
    let file = try VectorFile("3 2\na 1 nan\nb 2 2\n")
    #expect(throws: VectorFileError.self) { try self.table(file, "b") }
    let table = try table(
      file, "b",
      set: {
        $0.headerMismatch = .warn
        $0.nonFinite = .skip
      })
    #expect(table.values == [2, 2, 2, 2])
    #expect(table.summary.hasSuffix("; warning: the header says 3 words"))
  }

  @Test("A vector file is required")
  func unnamed() {
    let stage = Word2VecEmbedding(configuration: .init())
    #expect(throws: ConfigurationError.self) {
      try stage.makeTable(for: EmbeddingTask(documents: [spacedWords("a")]))
    }
  }
}
