import Corpora
import Docket
import PipelineCore
import PipelineFiles
import Testing

@Suite("Search for settings")
struct TuningTests {
  private static func space(_ text: String, pinned: [String] = []) throws -> SearchSpace {
    SearchSpace(
      try PipelineDescription.parse(
        "docket: 1\ncorpus: {train: a.tsv}\n" + text, name: "p.yaml", stages: .builtIn,
        requireFiles: false), pinned: pinned)
  }

  @Test("The space has the declared values of the pipeline's stages, its own value first")
  func space() throws {
    let linear = try Self.space("classifier: {stage: ngrams.v1, words: 5, minCount: 3}")
    #expect(
      linear.dimensions.map(\.path) == [
        "classifier.words", "classifier.characters", "classifier.minCount", "classifier.bayes",
      ])
    #expect(linear.dimensions[0].values == ["5", "1", "2", "3"])
    #expect(linear.dimensions[2].values == ["3", "1", "2", "5"])
    let network = try Self.space(
      "embedding: random.v1\nclassifier: {stage: bilstm.v1, dropout: 0.0}\n"
        + "training: {learningRate: 2e-3}",
      pinned: ["training.batch"])
    let paths = network.dimensions.map(\.path)
    #expect(paths.contains("embedding.dimensions") && paths.contains("training.learningRate"))
    #expect(!paths.contains("training.batch"))
    // 0 and 0.0 are the same value.
    #expect(network.dimensions.first { $0.path == "classifier.dropout" }?.values.count == 4)
    #expect(network.dimensions.allSatisfy { Set($0.values).count == $0.values.count })
  }

  @Test("Trials differ, start with the pipeline itself, and depend on the seed only")
  func trials() throws {
    let space = try Self.space("classifier: ngrams.v1")
    let trials = space.trials(20, seed: 3) { _ in true }
    #expect(trials.count == 20 && trials[0].isEmpty)
    #expect(Set(trials.map { $0.map(\.override) }).count == 20)
    #expect(space.trials(20, seed: 3) { _ in true } == trials)
    #expect(space.trials(5, seed: 3) { _ in true } == Array(trials.prefix(5)))
    #expect(space.trials(20, seed: 4) { _ in true } != trials)
    // There are 3 x 5 x 4 x 2 different pipelines.
    #expect((100...120).contains(space.trials(1000, seed: 1) { _ in true }.count))
    let valid = space.trials(20, seed: 3) { $0.allSatisfy { $0.path != "classifier.bayes" } }
    #expect(valid.joined().allSatisfy { $0.path != "classifier.bayes" })
  }

  @Test(
    "Each round has a third of the trials on three times the documents",
    arguments: [
      (27, 90_000, 4, [[10_000, 27], [30_000, 9], [90_000, 3]]),
      (9, 3_211, 11, [[1_070, 9], [3_211, 3]]), (1, 90_000, 4, [[90_000, 1]]),
      (6, 200, 3, [[200, 6]]), (3, 90_000, 4, [[30_000, 3], [90_000, 1]]),
    ] as [(Int, Int, Int, [[Int]])])
  func rounds(trials: Int, documents: Int, labels: Int, expected: [[Int]]) {
    let plan = TuningPlan(trials: trials, documents: documents, labels: labels)
    #expect(plan.rounds.map { [$0.documents, $0.trials] } == expected)
  }

  @Test("Parts of a corpus have the shares of the labels, and larger ones include smaller ones")
  func stratified() throws {
    let labels = (0..<300).map { Label($0 % 10 == 0 ? "rare" : $0 % 2 == 0 ? "even" : "odd") }
    let corpus = try Corpus(
      documents: labels.enumerated().map { CorpusDocument("text \($0)", label: $1) })
    let small = corpus.stratified(60, seed: 1)
    let large = corpus.stratified(150, seed: 1)
    func count(_ corpus: Corpus, _ label: String) -> Int {
      corpus.documents.count { "\($0.label)" == label }
    }
    #expect(count(small, "rare") == 6 && count(small, "odd") == 30 && count(small, "even") == 24)
    #expect(count(corpus.stratified(3, seed: 1), "rare") == 2)
    let texts = Set(large.documents.map(\.text))
    #expect(small.documents.allSatisfy { texts.contains($0.text) })
    #expect(corpus.stratified(300, seed: 1).documents.count == 300)
    #expect(corpus.stratified(60, seed: 2).documents.map(\.text) != small.documents.map(\.text))
  }
}
