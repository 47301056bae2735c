import Embeddings
import PipelineCore
import Testing

@Suite("Words near one another")
struct VectorNeighboursTests {
  /// Two axes: royalty and sex; a vector of zeros; words of equal direction.
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

  @Test("the nearest come first, equal ones in the order of the file, the word itself never")
  func order() throws {
    for threads in [1, 2] {
      let found = try search.neighbours(of: "king", count: 3, threads: threads)
      #expect(found.map(\.word) == [5, 6, 1])
      #expect(abs(found[0].cosine - 1) < 1e-6)
      #expect(abs(found[2].cosine - 0.70710678) < 1e-6)
    }
    #expect(try search.neighbours(of: "king", count: 100).count == 6)
  }

  @Test("an analogy leaves its three words out")
  func analogy() throws {
    #expect(try search.analogy("man", "king", "woman", count: 1).map(\.word) == [3])
  }

  @Test("a vector of zeros is near nothing and breaks nothing")
  func zeros() throws {
    #expect(try search.neighbours(of: "zero", count: 2).map(\.cosine) == [0, 0])
  }

  @Test("a word that is not there is named")
  func unknown() {
    let error = #expect(throws: VectorQueryError.self) {
      try search.neighbours(of: "King", count: 1)
    }
    #expect(
      error?.description.contains("--neighbours: error: the file has no word \"King\"") == true)
  }
}
