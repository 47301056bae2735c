public import Corpora
import FileAccess
import Models
import PipelineCore
public import PipelineFiles

/// The text preparation of a pipeline, resolved for its corpus and its vectors.
public struct TextDecision: Sendable {
  /// The pipeline with all stages resolved and their word lists added.
  public var description: PipelineDescription
  /// The languages of the corpus and the stages chosen for them.
  public var language: LanguageFinding
  /// The coverage of the vectors; `nil` if there is no vector file, or if the coverage was not
  /// measured.
  public var coverage: CoverageFinding?
  /// Whether the text preparation with the best coverage was chosen.
  public var usesBestCoverage = false

  /// Whether the vectors contain no word of the prepared text.
  var isUncovered: Bool {
    coverage?.coverage(usesBest: usesBestCoverage).tokens.covered == 0
  }
}

extension PipelineDescription {
  /// Resolves `language: auto` and `normalize: auto`, and reads or creates the word lists of the
  /// stages.
  ///
  /// - Parameters:
  ///   - corpus: the training documents.
  ///   - measuresCoverage: whether to measure coverage even if nothing depends on it.
  ///   - note: receives a sentence about each decision.
  /// - Throws: any error from a vector file or a word list.
  public func decidingText(
    on corpus: Corpus, measuresCoverage: Bool = false, threads: Int,
    note: (String) -> Void = { _ in }, report: (TrainingEvent) -> Void = { _ in }
  ) throws -> TextDecision {
    report(.phase(PhaseRecord(.language)))
    let (decided, language) = decidingLanguage(on: corpus.documents, threads: threads)
    note(language.sentence)
    // `docket init` and `docket check` show the suggestions too.
    for finding in language.findings where finding.severity != .note { note(finding.description) }
    var decision = TextDecision(description: decided, language: language, coverage: nil)
    if normalizesByVectors || measuresCoverage {
      report(.phase(PhaseRecord(.vectors)))
      decision.coverage = try CoverageFinding(decided, corpus: corpus, threads: threads)
    }
    if normalizesByVectors, let coverage = decision.coverage {
      note(coverage.sentence)
      decision.description.normalizers = coverage.variant.normalizers
      decision.description.tokenizer = coverage.variant.tokenizer
      decision.description.normalizesByVectors = false
      decision.usesBestCoverage = true
    }
    decision.description = try decision.description.addingWordLists(
      from: corpus.documents, threads: threads, note: note)
    return decision
  }

  /// Reads the training corpus that the pipeline names, and resolves the text preparation for it.
  ///
  /// - Throws: a `DiagnosableError` for an unusable input.
  public func decidingText(threads: Int) throws -> TextDecision {
    try decidingText(on: corpus.readTraining(), threads: threads)
  }
}
