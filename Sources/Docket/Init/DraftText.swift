import Corpora
import FileAccess
import Messages
import PipelineCore
import PipelineFiles
import Tokenization

/// The text of a draft: facts about the data as comments, followed by the resulting settings.
struct DraftText {
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
        "  testShare: \(TrainingDefaults.testShare)",
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
          : "  # Hold out this share to score the classifier, then train it on all documents.",
        "  validation: \(defaults.validation)",
      ]
    }
    if let unlabelled {
      lines += [
        "  # Word vectors are also learned from these unlabelled documents.",
        "  unlabelled: \(paths.quoted(unlabelled))",
      ]
    }
    let isShared = facts.testFormat == nil || facts.testFormat == facts.part.format
    return lines + ["  format: \(isShared ? "\(facts.part.format)" : "auto")"] + columns
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

  /// The language, and the stages that differ from the ones that the language selects.
  private var language: [String] {
    let languages = facts.description.language?.languages ?? []
    let measured = facts.measurement.flatMap { $0.changes ? $0.best : nil }
    func own(_ stages: [any Stage], _ selected: [any Stage]) -> [String]? {
      let names = Self.shown(stages)
      return names == Self.shown(selected) ? nil : names
    }
    let normalizers = measured.flatMap {
      own($0.normalizers, LanguageProfile.normalizers(for: languages))
    }
    let tokenizer = measured.flatMap {
      own([$0.tokenizer], [LanguageProfile.tokenizer(for: languages)])
    }
    let stages = facts.language.stages
    let selected =
      (normalizers == nil ? stages.dropLast() : []) + (tokenizer == nil ? stages.suffix(1) : [])
    var lines =
      selected.isEmpty
      ? []
      : [
        comment(
          "Selects the \(selected.count == 1 ? "stage" : "stages") "
            + "\(selected.joined(separator: ", ")).")
      ]
    // If text preparations were measured, the question of markup is already decided.
    let isOpen = facts.measurement?.trials.isEmpty ?? true
    lines += facts.language.findings.filter { isOpen || $0.code != "markup" }
      .map { comment($0.description) }
    if !selected.isEmpty {
      let codes = languages.map(\.rawValue)
      lines.append(
        "language: " + (codes.count == 1 ? codes[0] : "[\(codes.joined(separator: ", "))]"))
    }
    if let coverage = facts.coverage, coverage.best != nil {
      lines.append(comment("Prepares the text to match the vectors: \(coverage.sentence)."))
      // With `normalize: auto`, training would search again, starting from the measured stages.
      if measured == nil { lines.append("normalize: auto") }
    }
    lines += (facts.measurement?.lines ?? []).map(comment)
    if let normalizers { lines += ["normalizers:"] + normalizers.map { "  - " + $0 } }
    if let tokenizer { lines += tokenizer.map { "tokenizer: " + $0 } }
    return lines
  }

  private static func shown(_ stages: [any Stage]) -> [String] {
    stages.map { ResolvedTextWriter.shown($0) }
  }

  private var embedding: [String] {
    if let encoder {
      return [
        "# The vectors of the model below; new words get random vectors.", "embedding:",
        "  stage: random.v1", "  dimensions: \(encoder.dimensions)",
      ]
    }
    let text =
      unlabelled == nil ? "the documents" : "all documents, labelled and unlabelled,"
    let learned = [
      "stage: random.v1", "dimensions: 100",
      "# Train the vectors on \(text) before the classifier.",
      "pretrain: \(defaults.pretrains)",
    ]
    guard let vectors else {
      return [
        "# Vectors trained on a large amount of text often give better results: docket init "
          + "--vectors FILE.",
        "embedding:",
      ] + learned.map { "  " + $0 }
    }
    let file = ["stage: word2vec.v1", "vectors: \(paths.quoted(vectors))"]
    let covered = facts.coverage.map { [comment("The file covers \($0.phrase).")] } ?? []
    guard combines else { return covered + ["embedding:"] + file.map { "  " + $0 } }
    let least = NumberFormat.whole(100 * Self.ampleCoverage)
    let reason =
      "# That is less than \(least) % of the tokens, so vectors learned from the documents are "
      + "used too."
    return covered + [reason, "embedding:"]
      + [file, learned].flatMap { part in
        part.enumerated().map { ($0 == 0 ? "  - " : "    ") + $1 }
      }
  }

  /// The share of tokens with a vector at or above which only the vectors of the file are used; see
  /// Benchmarks/recipe.md.
  private static let ampleCoverage = 0.8

  /// Whether vectors are learned from text in addition to those of the file.
  private var combines: Bool {
    let share = facts.coverage?.coverage(usesBest: true).tokens.share ?? 1
    return share < Self.ampleCoverage
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
      "  # Stop after this many epochs without improvement on the validation documents. Training also",
      "  # stops if the network does not improve on its linear part.",
      "  patience: \(defaults.patience)",
    ]
  }
}
