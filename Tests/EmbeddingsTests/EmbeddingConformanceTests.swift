import DocketTesting
import Embeddings
import PipelineCore
import Testing

@Suite("Conformance of embeddings")
struct EmbeddingConformanceTests {
  private func random(
    _ set: (inout RandomEmbedding.Configuration) -> Void = { _ in }
  ) -> RandomEmbedding {
    var configuration = RandomEmbedding.Configuration()
    configuration.dimensions = 5
    set(&configuration)
    return RandomEmbedding(configuration: configuration)
  }

  private func fromFile(
    _ file: VectorFile, _ set: (inout Word2VecEmbedding.Configuration) -> Void = { _ in }
  ) -> Word2VecEmbedding {
    var configuration = Word2VecEmbedding.Configuration()
    configuration.vectors = FilePath(written: "v.txt", resolved: file.path)
    configuration.ngrams.buckets = 50
    set(&configuration)
    return Word2VecEmbedding(configuration: configuration)
  }

  @Test("Every built-in embedding conforms to its role, alone and joined with others")
  func conform() throws {
    let file = try VectorFile("a 1 2\nHello, 3 4\nworld! 5 6\nnowhere 7 8\n")
    let learned = random { $0.pretrain = VectorTrainingSettings() }
    let guessed = fromFile(file) {
      $0.unknownWords = .ngrams
      $0.keep = .all
    }
    #expect(try StageConformance.faults(in: random()) == [])
    #expect(try StageConformance.faults(in: learned) == [])
    #expect(try StageConformance.faults(in: fromFile(file)) == [])
    #expect(try StageConformance.faults(in: guessed) == [])
    let all = JoinedEmbedding([guessed, random(), learned, fromFile(file), random()])
    #expect(try StageConformance.faults(in: all) == [])
  }

  @Test("Violations of the embedding role are reported")
  func faultsAreFound() throws {
    let faults = try StageConformance.faults(in: BadEmbedding(configuration: .init()))
    let violated = Set(faults.map(\.requirement))
    #expect(violated == [.finite, .threads, .columns, .name, .empty], "\(faults)")
  }

  @Test("Joined random vectors differ, and the first are those of the embedding alone")
  func seeds() throws {
    let task = EmbeddingTask(documents: [spacedWords("a a b b")], seed: 3)
    let alone = try JoinedEmbedding([random()]).makeTable(for: task)
    #expect(try random().makeTable(for: task) == alone)
    let joined = try JoinedEmbedding([random(), random()]).makeTable(for: task)
    for row in 0..<3 {
      let both = joined.values[row * 10..<row * 10 + 10]
      #expect(Array(both.prefix(5)) == Array(alone.values[row * 5..<row * 5 + 5]))
      #expect(Array(both.prefix(5)) != Array(both.suffix(5)))
    }
  }

  @Test("The words for a tokenizer are those of all files; without files there are none")
  func words() throws {
    let files = try [VectorFile("a 1 2\nb 1 2\n"), VectorFile("c 1 2\nb 1 2\n")]
    let parts: [any Embedding] = [random(), fromFile(files[0]), fromFile(files[1])]
    let words = try withExtendedLifetime(files) {
      try #require(try JoinedEmbedding(parts).words { $0 })
    }
    #expect((0..<words.count).map(words.string) == ["a", "b", "c"])
    #expect(try JoinedEmbedding([random(), random()]).words { $0 } == nil)
  }
}

/// Makes a table that depends on the number of threads and contains an infinity with one thread;
/// its column counts do not add up, and its summary is empty.
private struct BadEmbedding: Embedding {
  static var stageName: String { "bad.v1" }
  static var summary: String { "violates its role" }
  let configuration: NoSettings

  func makeTable(for task: EmbeddingTask) throws -> EmbeddingTable {
    var table = EmbeddingTable(
      vocabulary: Vocabulary(), dimensions: 2,
      values: [task.threads == 1 ? .infinity : 1, 1], isTrainable: true, summary: "")
    table.columns[0].count = 1
    return table
  }
}
