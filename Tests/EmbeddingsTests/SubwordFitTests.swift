import Embeddings
import PipelineCore
import Testing

@Suite("Vectors of words that the file does not have")
struct SubwordFitTests {
  /// The stems of words with two endings; the ending determines the vector.
  static let stems = ["walk", "talk", "jump", "play", "call", "kick", "look", "turn"]

  static func table(
    _ corpus: String, threads: Int = 1, buckets: Int = 300
  ) throws -> EmbeddingTable {
    let rows = stems.flatMap { ["\($0)ing 1 0 0.5", "\($0)ed 0 1 0.5"] }
    let file = try VectorFile(rows.joined(separator: "\n") + "\n")
    var configuration = Word2VecEmbedding.Configuration()
    configuration.vectors = FilePath(written: "v.txt", resolved: file.path)
    configuration.unknownWords = .ngrams
    configuration.ngrams.buckets = buckets
    configuration.keep = .all
    return try Word2VecEmbedding(configuration: configuration).makeTable(
      for: EmbeddingTask(documents: [spacedWords(corpus)], threads: threads))
  }

  @Test("A word gets the vector of the words with the same ending")
  func endings() throws {
    let table = try Self.table("walking walked drinking 42")
    #expect(table.summary.hasSuffix("; 1 words made of n-grams"))
    let row = try #require(table.vocabulary.index(of: Array("drinking".utf8))) + 1
    let known = table.values[row * 3..<row * 3 + 3]
    let new = try #require(table.newVector(of: Array("painted".utf8)))
    #expect(known[row * 3] > 0.7 && known[row * 3 + 1] < 0.3)
    #expect(new[0] < 0.3 && new[1] > 0.7)
    #expect(abs(new[2] - 0.5) < 1e-3)
  }

  @Test("A word that shares no n-gram with a known word stays unknown")
  func stranger() throws {
    let table = try Self.table("walking walked 42", buckets: 100_000)
    #expect(table.vocabulary.index(of: Array("42".utf8)) == nil)
    #expect(table.newVector(of: Array("中文".utf8)) == nil)
    #expect(table.newVector(of: [UInt8]()) == nil)
  }

  @Test("The fit solves its equations, with the same bits for any number of threads")
  func equations() throws {
    let table = try Self.table("walking walked")
    let subwords = try #require(table.subwords)
    let words = (0..<16).map { subwords.ngrams.numbers(of: table.vocabulary[$0]).map { Int($0) } }
    for column in 0..<3 {
      let targets = (0..<16).map { Double(table.values[($0 + 1) * 3 + column]) }
      let mean = targets.reduce(0, +) / 16
      let z = (0..<300).map { Double(subwords.values[$0 * 3 + column]) }
      // Half the gradient of sum_w |v - mean of z|^2 + 0.05 sum_g |z|^2 is zero.
      var gradient = z.map { 0.05 * $0 }
      for (word, target) in zip(words, targets) {
        let error = word.reduce(0) { $0 + z[$1] } / Double(word.count) - (target - mean)
        for bucket in word { gradient[bucket] += error / Double(word.count) }
      }
      #expect(gradient.allSatisfy { abs($0) < 1e-5 })
    }
    for threads in [2, 3, 8] {
      #expect(try Self.table("walking walked", threads: threads) == table)
    }
  }

  @Test(
    "N-grams are cut between characters; the ends of the word are marked, the word itself is left out"
  )
  func ngrams() {
    let ngrams = CharacterNGrams(shortest: 3, longest: 4, buckets: 1 << 20)
    let expected = ["<şe", "<şey", "şey", "şey>", "ey>"].map {
      Int32(ByteHash.hash(Array($0.utf8)) % (1 << 20))
    }
    #expect(ngrams.numbers(of: Array("şey".utf8)) == expected)
    #expect(ngrams.numbers(of: Array("a".utf8)) == [])
    #expect(ngrams.numbers(of: Array(repeating: 0x61, count: 100_000)).count < 200)
  }
}
