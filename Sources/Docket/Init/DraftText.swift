import Corpora
import FileAccess
import Messages
import PipelineCore
import Tokenization
import PipelineFiles

/// A drafted pipeline file: what was found as comments, what follows from it as settings.
struct DraftText {
  let facts: DraftFacts
  let files: CorpusFiles
  let vectors: String?
  let paths: DraftPaths

  private var recipe: TrainingDefaults { TrainingDefaults(documents: facts.part.documents) }

  /// The file.
  var text: String {
    let lines =
      heading + ["docket: 1"] + corpus + language + embedding
      + ["classifier:", "  stage: bilstm.v1", "  hidden: \(recipe.hidden)"] + limits + training
    return lines.joined(separator: "\n") + "\n"
  }

  private var heading: [String] {
    var lines = [
      "Drafted by docket init from the data; docket check says more about it.",
      "Corpus: \(NumberFormat.count(facts.part.documents, "document", "documents")) to learn from, "
        + "\(NumberFormat.count(facts.part.classes.count, "label", "labels")), \(facts.part.format).",
      "Tokens a document: \(facts.part.lengths.text).",
      "Language: \(facts.language.shares).",
    ]
    if let (largest, smallest) = facts.part.extremes {
      let ends = [smallest, largest].map {
        "\(NumberFormat.integer($0.documents)) (\(QuotedText.quote($0.label.bytes)))"
      }
      let spread =
        smallest.documents == largest.documents
        ? "\(NumberFormat.integer(largest.documents)) each" : "from \(ends[0]) to \(ends[1])"
      lines.insert("Documents a label: \(spread).", at: 2)
    }
    if facts.part.faults.count > 0 {
      let rows = NumberFormat.count(facts.part.faults.count, "row", "rows")
      lines.append("Mend first: \(rows) cannot be used; docket check names them.")
    }
    return lines.map(comment)
  }

  /// Labels and paths come from strangers: nothing of theirs may end the comment.
  private func comment(_ text: String) -> String { "# " + QuotedText.escaped(text) }

  private var corpus: [String] {
    var lines = ["corpus:", "  train: \(paths.quoted(files.train))"]
    if let test = files.test {
      lines.append("  test: \(paths.quoted(test))")
    } else {
      lines += [
        "  # No test file lies beside: this share of each label is held out to evaluate with.",
        "  testShare: \(recipe.testShare)",
      ]
    }
    if let validation = files.validation {
      lines += ["  # Chooses the best epoch.", "  validation: \(paths.quoted(validation))"]
    } else {
      lines += [
        "  # This share of the documents to learn from is held back, to choose the best epoch by.",
        "  validation: \(recipe.validation)",
      ]
    }
    return lines + ["  format: \(facts.part.format)"]
  }

  private var language: [String] {
    var lines = [comment("Brings \(facts.language.stages.joined(separator: ", ")).")]
    lines += facts.language.warnings.map(comment)
    let codes = facts.description.language?.languages?.map(\.rawValue) ?? []
    lines.append(
      "language: " + (codes.count == 1 ? codes[0] : "[\(codes.joined(separator: ", "))]"))
    if let coverage = facts.coverage, coverage.best != nil {
      lines += [
        comment("\(coverage.sentence): so let the vectors decide."), "normalize: auto",
      ]
    }
    return lines
  }

  private var embedding: [String] {
    guard let vectors else {
      return [
        "# Vectors made from much text of the language often do better: docket init --vectors FILE.",
        "embedding:", "  stage: random.v1", "  dimensions: 100",
        "  # The documents are gone through for the vectors first, and then to label them.",
        "  pretrain: \(recipe.pretrains)",
      ]
    }
    let covered = facts.coverage.map { [comment("The file covers \($0.inWords).")] } ?? []
    return covered + ["embedding:", "  stage: word2vec.v1", "  vectors: \(paths.quoted(vectors))"]
  }

  private var limits: [String] {
    let tokens = facts.description.limits.tokens
    guard facts.part.ampleLimit > tokens else { return [] }
    return [
      "limits:",
      "  # Longer documents are cut; one in a hundred has more than \(facts.part.ampleLimit) tokens.",
      "  tokens: \(tokens)",
    ]
  }

  private var training: [String] {
    [
      "training:", "  epochs: \(recipe.epochs)", "  batch: \(recipe.batch)",
      "  learningRate: \(recipe.learningRate)",
      "  # Ends when so many epochs in a row were no better on the documents held back.",
      "  patience: \(recipe.patience)",
    ]
  }
}
