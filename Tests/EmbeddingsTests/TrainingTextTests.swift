import Embeddings
import PipelineCore
import TestSupport
import Testing

/// The text that vectors are trained on.
@Suite("Training text")
struct TrainingTextTests {
  @Test("The words and counts are those of WordCounts, without rare words")
  func words() {
    let documents = ["b a a", "", "c b a", "d", "b c"].map(spacedWords)
    let counts = WordCounts(documents)
    for minCount in 1...4 {
      let text = TrainingText(documents, minCount: minCount)
      let kept = counts.counts.prefix { $0 >= minCount }
      #expect(text.counts == Array(kept))
      #expect(
        (0..<text.vocabulary.count).map(text.vocabulary.string)
          == (0..<kept.count).map(counts.vocabulary.string))
      #expect(text.rareWords == counts.counts.count - kept.count)
      #expect(text.tokenCount == kept.reduce(0, +))
    }
  }

  @Test("Unlabelled documents give the same vectors as training documents after the others")
  func unlabelled() throws {
    let documents = (0..<40).map { spacedWords("w\($0 % 7) w\($0 % 5) the w\($0 % 3)") }
    let embedding = RandomEmbedding {
      $0.dimensions = 6
      $0.pretrain = VectorTrainingSettings()
      $0.pretrain?.epochs = 2
    }
    let whole = try embedding.makeTable(for: EmbeddingTask(documents: documents))
    var task = EmbeddingTask(documents: Array(documents[..<10]))
    task.unlabelled = { use in
      try use(Array(documents[10..<25]))
      try use(Array(documents[25...]))
    }
    let split = try embedding.makeTable(for: task)
    #expect(split.vocabulary == whole.vocabulary && split.values == whole.values)
    #expect(split.summary.contains("(with 30 unlabelled documents)"))
    #expect(embedding.learnsFromUnlabelledText && !RandomEmbedding().learnsFromUnlabelledText)
  }
}
