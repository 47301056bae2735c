import Corpora
public import Messages
import Models
import PipelineCore
public import PipelineFiles

/// What a pipeline would work on: corpus, classes, tokens, repeats, vectors. Trains nothing.
public struct PipelineCheck: Sendable {
  /// The parts that the pipeline names, the training documents first.
  public let parts: [CheckedPart]
  /// What the training documents are in, and what stages that brought.
  public let language: LanguageFinding
  /// What the vector file holds for this corpus; `nil` without an embedding, or without a word in
  /// common.
  public let vectors: String?
  /// What the vectors cover, and which way to prepare text covers most; `nil` without a file of them.
  public let coverage: CoverageFinding?
  /// Whether the way that covers most is the pipeline's, by `normalize: auto`.
  let isByVectors: Bool
  /// What the figures mean.
  public let findings: [Finding]

  /// Reads everything that a run would read, and passes over single rows that a run would refuse.
  ///
  /// - Throws: a fault that leaves nothing to look at: a missing or broken file, a format that is
  ///   not known, no document.
  public init(_ description: PipelineDescription, threads: Int) throws {
    var options = description.corpus.options
    options.collectsFaults = true
    options.faultLimit = 100
    let section = description.corpus
    var corpora = [(name: "train", corpus: try section.readTraining(options))]
    let decision = try description.decidingText(
      on: corpora[0].corpus, measuresCoverage: true, threads: threads)
    (language, coverage) = (decision.language, decision.coverage)
    isByVectors = decision.isByVectors
    if case .file(let file) = section.validation {
      // The best epoch cannot be chosen by labels that are not learned.
      options.allowedLabels = corpora[0].corpus.labels
      options.purpose = .evaluation
      corpora.append(
        (
          "validation",
          try Corpus.read([file.resolved], format: section.corpusFormat, options: options)
        ))
      options.allowedLabels = nil
    }
    if !section.test.isEmpty || section.testShare > 0 {
      corpora.append(("test", try section.readTest(options)))
    }
    let preparation = TextPreparation(decision.description)
    var vectors: String?
    var usable: [UsableDocuments] = []
    for (name, corpus) in corpora {
      let prepared = preparation.prepare(corpus.documents.map(\.text), threads: threads)
      // Vectors without a word in common would be refused; the coverage says so already.
      if name == "train", let embedding = description.embedding, !decision.isUncovered {
        var task = preparation.embeddingTask(
          for: prepared.compactMap { try? $0.get().tokens }, seed: description.training.seed,
          threads: threads)
        task.trainsVectors = false
        vectors = try embedding.makeTable(for: task).summary
      }
      usable.append(UsableDocuments(corpus, prepared))
    }
    let repeats = CorpusRepeats.find(in: usable, threads: threads)
    parts = corpora.indices.map { number in
      let (name, corpus) = corpora[number]
      return CheckedPart(
        name: name, corpus: corpus, usable: usable[number], duplicates: repeats[number].within,
        leakage: number == 0 ? nil : repeats[number].ofFirst)
    }
    self.vectors = vectors
    findings =
      CheckRules(
        parts: parts, limits: description.limits, badRows: section.badRows
      ).findings + language.findings
      + (coverage?.findings(isTaken: isByVectors) ?? [])
  }

  /// How many findings would spoil a result.
  public var faultCount: Int { findings.count { $0.severity == .fault } }

  /// What it comes to, in plain sentences.
  public var verdict: String {
    let warnings = findings.count { $0.severity == .warning }
    let faults = findings.filter { $0.severity == .fault }
    var codes: [String] = []
    for fault in faults where !codes.contains(fault.code) { codes.append(fault.code) }
    let first =
      faults.isEmpty
      ? "Nothing was found that would spoil a result."
      : "\(NumberFormat.count(faults.count, "finding", "findings")) would spoil a result: "
        + codes.joined(separator: ", ") + "."
    guard warnings > 0 else { return first }
    return first + " \(NumberFormat.count(warnings, "warning is", "warnings are")) worth a look."
  }
}
