public import FileAccess
import PipelineCore

/// What a pipeline would work on: corpus, classes, tokens, vectors. Trains nothing.
public struct PipelineCheck: Sendable {
  /// One part of the corpus.
  public struct Part: Sendable {
    /// `train`, `validation` or `test`.
    public var name: String
    /// How it is written.
    public var format: CorpusFormat
    /// How many documents each label has.
    public var classes: [(label: Label, documents: Int)]
    /// How many tokens all documents have.
    public var tokens: Int
    /// Documents that were cut at `limits.tokens`.
    public var cutDocuments: Int
    /// What is allowed but worth a look.
    public var warnings: [CorpusWarning]
    /// What to say when documents to learn from are among these.
    public var leakage: String?
  }

  /// The parts that the pipeline names.
  public let parts: [Part]
  /// What the vector file holds for this corpus; `nil` without an embedding.
  public let vectors: String?
  /// Test labels that no training document has.
  public let untrainedLabels: [Label]

  /// Reads everything that a run would read.
  ///
  /// - Throws: the first fault of an input, as a run would.
  public init(_ description: PipelineDescription, threads: Int) throws {
    let preparation = TextPreparation(description)
    var parts: [Part] = []
    var documents: [TokenSequence]?
    var training: Corpus?
    var untrained: [Label] = []
    for (name, paths) in Self.files(of: description.corpus) where !paths.isEmpty {
      var options = description.corpus.options
      options.purpose = name == "train" ? .training : .evaluation
      // The best epoch cannot be chosen by labels that are not learned.
      if name == "validation" { options.allowedLabels = training?.labels }
      let corpus = try Corpus.read(
        paths.map(\.resolved), format: description.corpus.corpusFormat, options: options)
      let prepared = try zip(
        corpus.documents,
        preparation.prepare(corpus.documents.map(\.text), threads: threads)
      ).map { document, result in
        try result.mapError { error in
          DocumentError(error.fact, at: document.position)
        }.get()
      }
      var part = Self.part(name, corpus, prepared)
      if let training {
        part.leakage = corpus.leakageWarning(from: training)
        let trained = training.labels
        untrained = corpus.labels.labels.filter { trained.number(of: $0) == nil }
      } else if name == "train" {
        documents = prepared.map(\.tokens)
        training = corpus
      }
      parts.append(part)
    }
    self.parts = parts
    if let embedding = description.embedding, let documents {
      var task = preparation.embeddingTask(
        for: documents, seed: description.training.seed, threads: threads)
      task.learns = false
      vectors = try embedding.makeTable(for: task).summary
    } else {
      vectors = nil
    }
    untrainedLabels = untrained
  }

  private static func files(of corpus: CorpusSection) -> [(name: String, paths: [FilePath])] {
    var files = [("train", corpus.train)]
    if case .file(let file) = corpus.validation { files.append(("validation", [file])) }
    return files + [("test", corpus.test)]
  }

  private static func part(_ name: String, _ corpus: Corpus, _ prepared: [PreparedDocument]) -> Part
  {
    var documents: [Label: Int] = [:]
    for document in corpus.documents { documents[document.label, default: 0] += 1 }
    return Part(
      name: name, format: corpus.format,
      classes: corpus.labels.labels.map { ($0, documents[$0] ?? 0) },
      tokens: prepared.reduce(0) { $0 + $1.tokens.count },
      cutDocuments: prepared.filter { $0.warnings.contains { $0.code == "tokens-cut" } }.count,
      warnings: corpus.warnings)
  }

  /// Findings that would spoil a result.
  public var faultCount: Int { untrainedLabels.count }

  /// For people.
  public var text: String {
    var lines: [String] = []
    for part in parts {
      let documents = part.classes.reduce(0) { $0 + $1.documents }
      lines.append(
        "\(part.name): \(documents) documents, \(part.tokens) tokens, \(part.format)"
          + (part.cutDocuments > 0 ? ", \(part.cutDocuments) cut" : ""))
      for (label, documents) in part.classes.prefix(50) {
        lines.append("  \(documents)\t\(QuotedText.quote(label.bytes))")
      }
      lines += part.warnings.map { "  \($0)" }
      if let leakage = part.leakage { lines.append("  \(leakage)") }
    }
    if let vectors { lines.append("vectors: \(vectors)") }
    for label in untrainedLabels {
      lines.append(
        "fault: no training document has the test label \(QuotedText.quote(label.bytes))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// For scripts.
  public var json: JSONValue {
    .members([
      "parts": .array(
        parts.map { part in
          .members([
            "name": .string(part.name), "format": .string("\(part.format)"),
            "tokens": .integer(part.tokens), "cutDocuments": .integer(part.cutDocuments),
            "labels": .array(
              part.classes.map { label, documents in
                .members(["label": .string("\(label)"), "documents": .integer(documents)])
              }),
            "warnings": .array(
              (part.warnings.map(\.description) + [part.leakage].compactMap { $0 }).map {
                .string($0)
              }),
          ])
        }),
      "vectors": vectors.map { .string($0) } ?? .null,
      "untrainedLabels": .array(untrainedLabels.map { .string("\($0)") }),
      "faults": .integer(faultCount),
    ])
  }
}
