import FileAccess
import Models
import PipelineCore
import PipelineFiles
import Corpora

/// What `docket init` finds in data before it drafts a pipeline for it.
struct DraftFacts {
  /// The training documents.
  let part: CheckedPart
  /// The pipeline as far as the data decided it.
  let description: PipelineDescription
  /// What the texts are in, and what that brings.
  let language: LanguageFinding
  /// What the vectors cover, and with which settings more.
  let coverage: CoverageFinding?

  init(
    _ files: CorpusFiles, vectors: String?, stages: StageRegistry, threads: Int
  ) throws {
    let outline = try PipelineDescription.parse(
      Self.outline(files, vectors: vectors), name: files.train, stages: stages,
      requireFiles: true)
    var options = outline.corpus.options
    options.collectsFaults = true
    let corpus = try outline.corpus.readTraining(options)
    let decision = try outline.decidingText(on: corpus, measuresCoverage: true, threads: threads)
    let prepared = TextPreparation(decision.description).prepare(
      corpus.documents.map(\.text), threads: threads)
    part = CheckedPart(
      name: "train", corpus: corpus, usable: UsableDocuments(corpus, prepared),
      duplicates: CorpusRepeats(), leakage: nil)
    (description, language, coverage) = (
      decision.description, decision.language, decision.coverage
    )
  }

  /// The least that can be read as a pipeline: the files, and all else as the corpus decides.
  private static func outline(_ files: CorpusFiles, vectors: String?) -> String {
    let quoted = { (path: String) in JSONValue.string(path).text() }
    let embedding =
      vectors.map { "{stage: word2vec.v1, vectors: \(quoted($0))}" } ?? "random.v1"
    return """
      docket: 1
      corpus:
        train: \(quoted(files.train))
      language: auto
      embedding: \(embedding)
      classifier: bilstm.v1
      """
  }
}
