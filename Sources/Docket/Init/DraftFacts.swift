import Corpora
import Models
import PipelineCore
import PipelineFiles

/// The properties of the data that a draft depends on.
struct DraftFacts {
  /// The usable training documents.
  let corpus: Corpus
  /// The statistics of the training documents.
  let part: CheckedPart
  /// The format of the test documents; `nil` if there are no test documents or their format cannot
  /// be detected.
  let testFormat: CorpusFormat?
  /// The pipeline with the stages resolved for the data.
  let description: PipelineDescription
  /// The languages of the documents and the stages chosen for them.
  let language: LanguageFinding
  /// The coverage of the vectors; `nil` if there is no vector file.
  let coverage: CoverageFinding?
  /// The comparison with other text preparations; `nil` if nothing was measured.
  let measurement: TextMeasurement?

  /// Reads the training documents and the words of the vectors.
  ///
  /// - Parameter measures: whether other text preparations are measured.
  init(
    _ files: CorpusFiles, vectors: String?, reading: [(setting: String, value: String)],
    recipe: DraftRecipe, measures: Bool, stages: StageRegistry, threads: Int,
    report: @escaping (TrainingEvent) -> Void
  ) throws {
    let outline = try PipelineDescription.parse(
      Self.outline(files, vectors: vectors, reading: reading, recipe: recipe), name: files.train,
      stages: stages, requireFiles: true)
    var options = outline.corpus.options
    options.collectsFaults = true
    report(.phase(PhaseRecord(.reading)))
    let corpus = try outline.corpus.readTraining(options)
    let decision = try outline.decidingText(on: corpus, threads: threads, report: report)
    language = decision.language
    var description = decision.description
    if vectors != nil { report(.phase(PhaseRecord(.vectors))) }
    let search = try CoverageSearch(description, corpus: corpus, threads: threads)
    coverage = search.map { CoverageFinding(description, by: $0) }
    if measures {
      let training =
        files.test == nil ? corpus.holdingOut(TrainingDefaults.testShare).training : corpus
      measurement = try Self.measurement(
        description, coverage, search, on: training, threads: threads, report: report)
    } else {
      measurement = nil
    }
    if let best = measurement?.best, measurement?.changes == true {
      (description.normalizers, description.tokenizer) = (best.normalizers, best.tokenizer)
      description = try description.addingWordLists(from: corpus.documents, threads: threads)
    }
    report(.phase(PhaseRecord(.tokenizing)))
    let prepared = TextPreparation(description).prepare(
      corpus.documents.map(\.text), threads: threads)
    let usable = UsableDocuments(corpus, prepared)
    part = CheckedPart(
      name: "train", corpus: corpus, usable: usable, duplicates: CorpusRepeats(), leakage: nil)
    self.corpus = CorpusParts(training: corpus).keeping([("train", usable)]).training
    self.description = description
    testFormat = files.test.flatMap { try? CorpusFormat.detect($0, options: options) }
  }

  /// Compares other text preparations with the current one: that of the language or, with a vector
  /// file, the one with the best coverage.
  private static func measurement(
    _ description: PipelineDescription, _ coverage: CoverageFinding?, _ search: CoverageSearch?,
    on corpus: Corpus, threads: Int, report: @escaping (TrainingEvent) -> Void
  ) throws -> TextMeasurement? {
    var start = TextVariant(
      settings: [], normalizers: description.normalizers, tokenizer: description.tokenizer)
    if let best = coverage?.variant {
      (start.normalizers, start.tokenizer) = (best.normalizers, best.tokenizer)
      // The words of the file are read once, not for each fold.
      var pipeline = description
      (pipeline.normalizers, pipeline.tokenizer) = (start.normalizers, start.tokenizer)
      start.tokenizer =
        try pipeline.addingWordLists(from: corpus.documents, threads: threads).tokenizer
    }
    let covered = coverage?.coverage(usesBest: true).tokens.share
    return try TextMeasurement(
      from: start, on: corpus, description, measuresTokenizers: search == nil,
      accepts: { variant in
        guard let search, let covered else { return true }
        return search.coverage(preparedBy: variant).tokens.share
          > covered - CoverageSearch.leastGain
      }, threads: threads, report: report)
  }

  /// Returns a minimal pipeline that names the files and the classifier and leaves everything else
  /// to be determined from the corpus.
  private static func outline(
    _ files: CorpusFiles, vectors: String?, reading: [(setting: String, value: String)],
    recipe: DraftRecipe
  ) -> String {
    let quoted = ResolvedTextWriter.quoted
    let embedding =
      vectors.map { "{stage: word2vec.v1, vectors: \(quoted($0))}" } ?? "random.v1"
    return """
      docket: 1
      corpus:
        train: \(quoted(files.train))
      \(reading.map { "  \($0.setting): \(quoted($0.value))\n" }.joined())
      language: auto
      \(recipe.readsVectors ? "embedding: \(embedding)" : "")
      classifier:
        stage: \(recipe.classifier)
      \(recipe.settings.map { "  \($0)" }.joined(separator: "\n"))
      """
  }
}
