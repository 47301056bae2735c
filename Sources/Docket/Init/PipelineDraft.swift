import Corpora
import FileAccess
import Messages
import Models
import PipelineCore
import PipelineFiles
import Tokenization

/// A draft of a pipeline file for a corpus, with comments about the data.
package struct PipelineDraft: Sendable {
  /// The pipeline file.
  package let text: String
  /// The usable training documents.
  private let documents: Corpus
  /// The folder of the pipeline file, which its paths are relative to.
  private let folder: String
  private let stages: StageRegistry

  /// Returns the files and folders that a draft for `corpus` reads documents from.
  ///
  /// - Throws: `FileError` if the path cannot be examined.
  package static func files(of corpus: String) throws -> [String] {
    let files = try CorpusFiles(at: corpus)
    return [files.train, files.test, files.validation].compactMap { $0 }
  }

  /// Reads the data and drafts a pipeline.
  ///
  /// - Parameters:
  ///   - corpus: a file or folder; `test` and `validation` files next to `train` are found
  ///     automatically.
  ///   - vectors: a file of word vectors, if any.
  ///   - unlabelled: a file or folder of unlabelled documents, if any.
  ///   - encoder: a model to start from, if any.
  ///   - reading: settings of the `corpus` section, such as `labelColumn`, for reading the corpus.
  ///     They are also written to the draft.
  ///   - folder: the folder of the pipeline file, which its paths are relative to.
  ///   - stages: the stages that the draft may use.
  ///   - threads: the number of threads; never affects the result.
  /// - Throws: a `DiagnosableError` for unusable data.
  package init(
    corpus: String, vectors: String?, unlabelled: String? = nil,
    encoder: DraftEncoder? = nil,
    reading: [(setting: String, value: String)] = [],
    recipe: DraftRecipe = DraftRecipe(.accurate), folder: String = ".", stages: StageRegistry,
    threads: Int,
    report: (TrainingEvent) -> Void = { _ in }
  ) throws {
    let files = try CorpusFiles(at: corpus)
    let facts = try DraftFacts(
      files, vectors: vectors, reading: reading, stages: stages, threads: threads, report: report)
    text =
      DraftText(
        recipe: recipe, facts: facts, files: files, vectors: vectors,
        unlabelled: unlabelled, encoder: encoder, paths: DraftPaths(folder: folder),
        defaults: TrainingDefaults(
          documents: facts.part.documents, tokens: facts.part.tokens)
      ).text
    (documents, self.folder, self.stages) = (facts.corpus, folder, stages)
  }

  /// Estimates the time and memory of a run by training on a few documents.
  ///
  /// - Returns: `nil` if the pipeline cannot be trained (`docket check` explains why), or if its
  ///   training cannot be estimated.
  package func estimate(
    threads: Int, report: @escaping (TrainingEvent) -> Void = { _ in }
  ) -> RunEstimate? {
    report(.phase(PhaseRecord(.estimating)))
    guard
      let description = try? PipelineDescription.parse(
        text, name: "draft", directory: folder, stages: stages, requireFiles: true)
    else { return nil }
    var training = PipelineTraining(description, threads: threads)
    training.documents = CorpusParts(training: documents)
    let problems = PlanProblems(areCollected: false)
    guard let parts = try? training.readParts(for: .training, problems),
      let decision = try? description.decidingText(on: parts.training, threads: threads),
      let plan = try? training.trial(parts, decision, problems)
    else { return nil }
    return try? RunEstimate(plan)
  }
}

/// The properties of the data that a draft depends on.
private struct DraftFacts {
  /// The usable training documents.
  let corpus: Corpus
  /// The statistics of the training documents.
  let part: CheckedPart
  /// The pipeline with the stages resolved for the data.
  let description: PipelineDescription
  /// The languages of the documents and the stages chosen for them.
  let language: LanguageFinding
  /// The coverage of the vectors; `nil` if there is no vector file.
  let coverage: CoverageFinding?

  init(
    _ files: CorpusFiles, vectors: String?, reading: [(setting: String, value: String)],
    stages: StageRegistry, threads: Int, report: (TrainingEvent) -> Void
  ) throws {
    let outline = try PipelineDescription.parse(
      Self.outline(files, vectors: vectors, reading: reading), name: files.train, stages: stages,
      requireFiles: true)
    var options = outline.corpus.options
    options.collectsFaults = true
    report(.phase(PhaseRecord(.reading)))
    let corpus = try outline.corpus.readTraining(options)
    let decision = try outline.decidingText(
      on: corpus, measuresCoverage: true, threads: threads, report: report)
    report(.phase(PhaseRecord(.tokenizing)))
    let prepared = TextPreparation(decision.description).prepare(
      corpus.documents.map(\.text), threads: threads)
    let usable = UsableDocuments(corpus, prepared)
    part = CheckedPart(
      name: "train", corpus: corpus, usable: usable, duplicates: CorpusRepeats(), leakage: nil)
    self.corpus = CorpusParts(training: corpus).keeping([("train", usable)]).training
    (description, language, coverage) = (
      decision.description, decision.language, decision.coverage
    )
  }

  /// Returns a minimal pipeline that names the files and leaves everything else to be determined
  /// from the corpus.
  private static func outline(
    _ files: CorpusFiles, vectors: String?, reading: [(setting: String, value: String)]
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
      embedding: \(embedding)
      classifier: bilstm.v1
      """
  }
}

/// The text of a draft: facts about the data as comments, followed by the resulting settings.
private struct DraftText {
  let recipe: DraftRecipe
  let facts: DraftFacts
  let files: CorpusFiles
  let vectors: String?
  let unlabelled: String?
  let encoder: DraftEncoder?
  let paths: DraftPaths
  let defaults: TrainingDefaults

  /// The pipeline file.
  var text: String {
    let lines =
      heading + ["docket: 1"] + corpus + language + (recipe.readsVectors ? embedding : [])
      + classifier + limits + (recipe.hasEpochs ? training : [])
    return lines.joined(separator: "\n") + "\n"
  }

  private var heading: [String] {
    let documents = NumberFormat.count(
      facts.part.documents, "training document", "training documents")
    let labels = NumberFormat.count(facts.part.classes.count, "label", "labels")
    var lines = [
      "Drafted by docket init; docket check shows more about the data.",
      "Corpus: \(documents), \(labels), \(facts.part.format).",
      "Tokens per document: \(facts.part.lengths.text).",
      "Language: \(facts.language.shares).",
    ]
    if let (largest, smallest) = facts.part.extremes {
      let ends = [smallest, largest].map {
        "\(NumberFormat.integer($0.documents)) (\(QuotedText.quote($0.label.bytes)))"
      }
      let spread =
        smallest.documents == largest.documents
        ? "\(NumberFormat.integer(largest.documents)) each" : "from \(ends[0]) to \(ends[1])"
      lines.insert("Documents per label: \(spread).", at: 2)
    }
    if facts.part.faults.count > 0 {
      let rows = NumberFormat.count(facts.part.faults.count, "unusable row", "unusable rows")
      lines.append("First fix or remove \(rows), which docket check lists.")
    }
    return lines.map(comment)
  }

  /// Returns a comment. Labels and paths are escaped so that they cannot end the comment.
  private func comment(_ text: String) -> String { "# " + QuotedText.escaped(text) }

  private var corpus: [String] {
    var lines = ["corpus:", "  train: \(paths.quoted(files.train))"]
    if let test = files.test {
      lines.append("  test: \(paths.quoted(test))")
    } else {
      lines += [
        "  # No test file was found: hold out this share of each label for testing.",
        "  testShare: \(defaults.testShare)",
      ]
    }
    if let validation = files.validation {
      lines +=
        (recipe.hasEpochs ? ["  # Selects the best epoch."] : []) + [
          "  validation: \(paths.quoted(validation))"
        ]
    } else {
      lines += [
        recipe.hasEpochs
          ? "  # Hold out this share of the training documents to select the best epoch."
          : "  # First train without this share of the documents to score them, then with all documents.",
        "  validation: \(defaults.validation)",
      ]
    }
    if let unlabelled {
      lines += [
        "  # Documents without labels, from which word vectors are learned too.",
        "  unlabelled: \(paths.quoted(unlabelled))",
      ]
    }
    return lines + ["  format: \(facts.part.format)"] + columns
  }

  /// The settings for reading the documents that differ from the defaults.
  private var columns: [String] {
    let section = facts.description.corpus
    let defaults = CorpusSection()
    let chosen = facts.part.sources[0].columns
    let label = chosen?.label ?? section.labelColumn
    let text = chosen?.text ?? section.textColumn
    func setting(_ name: String, _ value: String, _ standard: String?) -> [String] {
      let isStandard = standard?.utf8.elementsEqual(value.utf8) ?? false
      return isStandard ? [] : ["  \(name): \(ResolvedTextWriter.quoted(value))"]
    }
    return setting("labelColumn", label, defaults.labelColumn)
      + setting("textColumn", text, defaults.textColumn)
      + (section.encoding.map { setting("encoding", $0.name, nil) } ?? [])
  }

  private var language: [String] {
    var lines = [comment("Selects the stages \(facts.language.stages.joined(separator: ", ")).")]
    lines += facts.language.warnings.map(comment)
    let codes = facts.description.language?.languages?.map(\.rawValue) ?? []
    lines.append(
      "language: " + (codes.count == 1 ? codes[0] : "[\(codes.joined(separator: ", "))]"))
    if let coverage = facts.coverage, coverage.best != nil {
      lines += [
        comment("Prepares text as the vectors require: \(coverage.sentence)."), "normalize: auto",
      ]
    }
    return lines
  }

  private var embedding: [String] {
    if let encoder {
      return [
        "# The vectors of the model below; new words get random vectors.", "embedding:",
        "  stage: random.v1", "  dimensions: \(encoder.dimensions)",
      ]
    }
    guard let vectors else {
      let text =
        unlabelled == nil ? "the documents" : "all documents, labelled and unlabelled,"
      return [
        "# Vectors trained on a large amount of text often give better results: docket init "
          + "--vectors FILE.",
        "embedding:", "  stage: random.v1", "  dimensions: 100",
        "  # Train the vectors on \(text) before the classifier.",
        "  pretrain: \(defaults.pretrains)",
      ]
    }
    let covered = facts.coverage.map { [comment("The file covers \($0.phrase).")] } ?? []
    return covered + ["embedding:", "  stage: word2vec.v1", "  vectors: \(paths.quoted(vectors))"]
  }

  private var classifier: [String] {
    if let encoder {
      return [
        "# Starts from the layers and all word vectors of a trained model.", "classifier:",
        "  stage: \(encoder.classifier)",
      ]
        + encoder.settings.map { "  " + $0 }
        + ["  encoder: {from: \(paths.quoted(encoder.path)), words: all}"]
    }
    return [comment(recipe.comment), "classifier:", "  stage: \(recipe.classifier)"]
      + recipe.settings.map { "  " + $0 }
  }

  private var limits: [String] {
    let tokens = facts.description.limits.tokens
    guard facts.part.ampleLimit > tokens else { return [] }
    return [
      "limits:",
      "  # Longer documents are cut; "
        + "\(facts.part.ampleLimit) would cut at most 1 % of the documents.",
      "  tokens: \(tokens)",
    ]
  }

  private var training: [String] {
    [
      "training:", "  epochs: \(defaults.epochs)", "  batch: \(defaults.batch)",
      "  # Documents per thread; affects the result.", "  shard: \(defaults.shard)",
      "  learningRate: \(defaults.learningRate)",
      "  # Stop after this many epochs without improvement on the validation documents.",
      "  patience: \(defaults.patience)",
    ]
  }
}

/// Paths as they are written in the pipeline file.
private struct DraftPaths {
  private let prefix: String

  /// Creates paths for a pipeline file in `folder`, which is relative to the working directory.
  init(folder: String) {
    let parts = folder.split(separator: "/").filter { $0 != "." }
    // From a subfolder, paths start with one `..` per level. From anywhere else, only absolute
    // paths are safe.
    let isBelow = folder.utf8.first != UInt8(ascii: "/") && !parts.contains("..")
    prefix =
      isBelow ? String(repeating: "../", count: parts.count) : Folder.working + "/"
  }

  /// Returns the path in YAML double quotes.
  func quoted(_ path: String) -> String {
    ResolvedTextWriter.quoted(
      path.utf8.first == UInt8(ascii: "/") ? path : prefix + path)
  }
}
