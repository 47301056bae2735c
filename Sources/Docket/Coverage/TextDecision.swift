public import Corpora
import FileAccess
import PipelineCore
public import PipelineFiles
import Models

/// The text preparation that the corpus and the vectors have decided.
public struct TextDecision: Sendable {
  /// The pipeline with all stages decided, including their word lists.
  public var description: PipelineDescription
  /// The languages of the corpus.
  public var language: LanguageFinding
  /// The coverage by the vectors; `nil` without a vector file, or when it was not requested.
  public var coverage: CoverageFinding?
  /// Whether the variant with the best coverage is in force.
  public var isByVectors = false

  /// Whether the vectors cover no token of the prepared text.
  var isUncovered: Bool {
    guard let coverage else { return false }
    let inForce = isByVectors ? coverage.best?.coverage ?? coverage.own : coverage.own
    return inForce.tokens.covered == 0
  }
}

extension PipelineDescription {
  /// Resolves `language: auto` and `normalize: auto`, and reads or finds the word lists of stages.
  ///
  /// - Parameters:
  ///   - corpus: the training documents.
  ///   - measuresCoverage: whether to measure coverage even if no decision depends on it.
  ///   - threads: the number of threads; does not affect the result.
  ///   - note: receives a sentence for each decision.
  /// - Throws: a `DiagnosableError` for an invalid vector or word file.
  public func decidingText(
    on corpus: Corpus, measuresCoverage: Bool = false, threads: Int,
    note: (String) -> Void = { _ in }
  ) throws -> TextDecision {
    let (decided, language) = decidingLanguage(on: corpus.documents, threads: threads)
    note(language.sentence)
    for warning in language.warnings { note(warning) }
    var decision = TextDecision(description: decided, language: language, coverage: nil)
    if normalizesByVectors || measuresCoverage {
      decision.coverage = try CoverageFinding(decided, corpus: corpus, threads: threads)
    }
    if normalizesByVectors, let coverage = decision.coverage {
      note(coverage.sentence)
      decision.description.normalizers = coverage.variant.normalizers
      decision.description.tokenizer = coverage.variant.tokenizer
      decision.description.normalizesByVectors = false
      decision.isByVectors = true
    }
    decision.description = try decision.description.addingWordLists(
      from: corpus.documents, threads: threads, note: note)
    return decision
  }

  /// Resolves what is open, on the training corpus of the pipeline.
  public func decidingText(threads: Int) throws -> TextDecision {
    try decidingText(on: corpus.readTraining(), threads: threads)
  }
}
