import Embeddings
import PipelineCore
import Testing

@Suite("N-gram settings")
struct NGramSettingsTests {
  @Test("A minimum length above the maximum is a conflict in each configuration with n-grams")
  func conflicts() {
    var file = Word2VecEmbedding.Configuration()
    var training = VectorTrainingSettings()
    #expect(file.conflicts().isEmpty && training.conflicts().isEmpty)
    file.ngrams.shortest = 7
    training.ngrams.shortest = 7
    #expect(file.conflicts().count == 1)
    #expect(training.conflicts() == file.conflicts())
  }

  @Test("The configurations declare the same lengths and different numbers of buckets")
  func declared() {
    let names: Set = ["shortest", "longest", "buckets"]
    let file = Word2VecEmbedding.Configuration.outline.filter { names.contains($0.name) }
    let training = VectorTrainingSettings.outline.filter { names.contains($0.name) }
    #expect(file.map(\.name) == ["shortest", "longest", "buckets"])
    #expect(file.prefix(2) == training.prefix(2))
    #expect(file[2].form == .integer(1...1_000_000))
    #expect(training[2].form == .integer(1...10_000_000))
  }
}
