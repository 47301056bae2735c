import PipelineCore
import Tokenization

/// What a pipeline would work on: corpus, classes, tokens, repeats, vectors. Trains nothing.
public struct PipelineCheck: Sendable {
  /// The parts that the pipeline names, the training documents first.
  public let parts: [CheckedPart]
  /// What the training corpus is in, and what stages that brings.
  public let language: LanguageFinding
  /// What the vector file holds for this corpus; `nil` without an embedding.
  public let vectors: String?
  /// What the figures mean.
  public let findings: [CheckFinding]

  /// Reads everything that a run would read, and passes over single rows that a run would refuse.
  ///
  /// - Throws: a fault that leaves nothing to look at: a missing or broken file, a format that is
  ///   not known, no document.
  public init(_ description: PipelineDescription, threads: Int) throws {
    var preparation = TextPreparation(description)
    var language = LanguageFinding(census: LanguageCensus([]), description: description)
    var read: [(name: String, corpus: Corpus, usable: UsableDocuments)] = []
    var vectors: String?
    for (name, paths) in Self.files(of: description.corpus) where !paths.isEmpty {
      var options = description.corpus.options
      options.purpose = name == "train" ? .training : .evaluation
      options.collectsFaults = true
      // The best epoch cannot be chosen by labels that are not learned.
      if name == "validation" { options.allowedLabels = read.first?.corpus.labels }
      let corpus = try Corpus.read(
        paths.map(\.resolved), format: description.corpus.corpusFormat, options: options)
      if name == "train" {
        let decided: PipelineDescription
        (decided, language) = description.decidingLanguage(on: corpus.documents, threads: threads)
        preparation = TextPreparation(
          try decided.gettingWords(from: corpus.documents, threads: threads))
      }
      let prepared = preparation.prepare(corpus.documents.map(\.text), threads: threads)
      if name == "train", let embedding = description.embedding {
        var task = preparation.embeddingTask(
          for: prepared.compactMap { try? $0.get().tokens }, seed: description.training.seed,
          threads: threads)
        task.learns = false
        vectors = try embedding.makeTable(for: task).summary
      }
      read.append((name, corpus, UsableDocuments(corpus, prepared)))
    }
    let repeats = CorpusRepeats.find(in: read.map(\.usable), threads: threads)
    parts = zip(read, repeats).map { part, repeats in
      CheckedPart(
        name: part.name, corpus: part.corpus, usable: part.usable, duplicates: repeats.within,
        leakage: part.name == "train" ? nil : repeats.ofFirst)
    }
    self.language = language
    self.vectors = vectors
    findings = CheckRules(parts: parts, limits: description.limits).findings
  }

  private static func files(of corpus: CorpusSection) -> [(name: String, paths: [FilePath])] {
    var files = [("train", corpus.train)]
    if case .file(let file) = corpus.validation { files.append(("validation", [file])) }
    return files + [("test", corpus.test)]
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
      : "\(Figure.count(faults.count, "finding", "findings")) would spoil a result: "
        + codes.joined(separator: ", ") + "."
    guard warnings > 0 else { return first }
    return first + " \(Figure.count(warnings, "warning is", "warnings are")) worth a look."
  }
}
