import FileAccess
import PipelineCore

/// How the text of a corpus will be prepared, once the corpus and the vectors have been looked at.
public struct TextDecision: Sendable {
  /// The pipeline with all its stages decided, and with their lists of words.
  public var description: PipelineDescription
  /// What the corpus is in.
  public var language: LanguageFinding
  /// What the vectors cover; `nil` without a file of vectors, or when it was not asked for.
  public var coverage: CoverageFinding?
  /// Whether the way that covers most was taken.
  public var isByVectors = false

  /// Whether the vectors have no word of the text as it will be prepared.
  var isUncovered: Bool {
    guard let coverage else { return false }
    let inForce = isByVectors ? coverage.best?.coverage ?? coverage.own : coverage.own
    return inForce.tokens.covered == 0
  }
}

extension PipelineDescription {
  /// Decides what `language: auto` and `normalize: auto` leave open, and gets the lists of words
  /// that stages work by.
  ///
  /// - Parameters:
  ///   - corpus: the training documents.
  ///   - measuresCoverage: whether to look at the vectors also where nothing depends on it.
  ///   - note: is told in a sentence what was decided.
  /// - Throws: what is wrong with a file of vectors or words.
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
    decision.description = try decision.description.gettingWords(
      from: corpus.documents, threads: threads, note: note)
    return decision
  }

  /// The same, on the training corpus that the pipeline names.
  public func decidingText(threads: Int) throws -> TextDecision {
    try decidingText(on: corpus.readTraining(), threads: threads)
  }

  /// The SHA-256 of normalizers and tokenizer with all their settings and lists of words: two
  /// pipelines with the same one make the same tokens of every text.
  public var textFingerprint: String {
    var writer = ResolvedTextWriter()
    writer.list("normalizers", normalizers.map { ResolvedTextWriter.settings(of: $0) })
    writer.section("tokenizer", ResolvedTextWriter.settings(of: tokenizer))
    var bytes = Array(writer.text.utf8)
    for stage in wordListStages {
      for number in 0..<stage.words.count { bytes += stage.words[number] + [0x0A] }
      bytes.append(0x0A)
    }
    return SHA256Digest.hexadecimal(of: bytes)
  }
}

extension PipelineReader {
  /// Reads `normalize`: `auto`, where there are vectors to go by.
  mutating func readNormalize(_ root: ConfigurationNode) -> Bool {
    guard let node = section("normalize", of: root) else { return false }
    guard let text = node.scalar else {
      report(.wrongType(key: "normalize", expected: "auto", found: node.kind), at: node)
      return false
    }
    guard text == "auto" else {
      report(.unknownChoice(key: "normalize", value: text, known: ["auto"]), at: node)
      return false
    }
    guard section("embedding", of: root)?["vectors"] != nil else {
      let problem =
        "normalize: auto goes by a file of vectors, and the pipeline's embedding has none"
      report(.conflict(problem), at: node)
      return false
    }
    return true
  }
}
