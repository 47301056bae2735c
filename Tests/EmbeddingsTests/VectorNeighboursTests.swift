import Embeddings
import PipelineCore
import Testing

@Suite("Nearest words")
struct VectorNeighboursTests {
  /// The axes royalty and sex, a zero vector, and words with the same direction.
  let search: VectorNeighbours = {
    let rows: [(String, [Float])] = [
      ("king", [2, 2]), ("man", [0, 3]), ("woman", [0.2, -3]), ("queen", [3, -3]),
      ("zero", [0, 0]), ("prince", [4, 4]), ("lord", [1, 1]),
    ]
    var vocabulary = Vocabulary()
    for row in rows { vocabulary.insert(Array(row.0.utf8)) }
    return VectorNeighbours(
      WordVectors(vocabulary: vocabulary, dimensions: 2, values: rows.flatMap(\.1)))
  }()

  @Test("The nearest words come first, ties in file order, without the word itself")
  func order() throws {
    for threads in [1, 2] {
      let found = try search.neighbours(of: "king", count: 3, threads: threads)
      #expect(found.map(\.word) == [5, 6, 1])
      #expect(abs(found[0].cosine - 1) < 1e-6)
      #expect(abs(found[2].cosine - 0.70710678) < 1e-6)
    }
    #expect(try search.neighbours(of: "king", count: 100).count == 6)
  }

  @Test("An analogy excludes its three words")
  func analogy() throws {
    #expect(try search.analogy("man", "king", "woman", count: 1).map(\.word) == [3])
  }

  @Test("The neighbours of a zero vector have similarity 0")
  func zeros() throws {
    #expect(try search.neighbours(of: "zero", count: 2).map(\.cosine) == [0, 0])
  }

  @Test("An unknown word is refused by name")
  func unknown() {
    let error = #expect(throws: VectorQueryError.self) {
      try search.neighbours(of: "King", count: 1)
    }
    #expect(
      error?.description.contains(
        "--neighbours: error: the file does not contain the word \"King\"") == true)
  }
}
