import ArgumentParser
import Docket
import FileAccess
import Platform
import Models
import PipelineFiles

/// `docket explain`: documents in, records with each token's share out, same order, same count.
struct ExplainCommand: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Label documents from standard input and say what each token contributed.",
    discussion: """
      A record is label<TAB>probability, then <TAB>token<TAB>share for each token in order, or \
      error<TAB>reason for a document that cannot be used; then the exit code is 1.

      A share is in nats and speaks for the label when it is positive. It counts towards the score \
      of the label: its logit less the mean of all logits. With ngrams.v1 shares are the addends of \
      the score and sum to "score" less "base", the score of a document without tokens (method \
      "linear"). With any other classifier a share is what the score loses when the token is left \
      out (method "removal"); of two tokens either of which is enough, neither has a large share. \
      In documents of more than \(TokenShares.removalLimit) tokens neighbours are left out together \
      and share the loss equally.

      "bytes" of --json is where the token stands in the document, from 0, the end not included.
      """)

  @Argument(help: "The model file.")
  var model: String

  @Option(name: .long, help: "How the documents come in.")
  var format = DocumentFormat.lines

  @Option(
    name: .long,
    help: ArgumentHelp("Explain this label in place of the likeliest.", valueName: "name"))
  var label: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Print the k tokens with the largest shares only, largest first.", valueName: "k"))
  var tokens: Int?

  @Flag(name: .long, help: "Print a JSON object a line.")
  var json = false

  @OptionGroup var work: WorkOptions

  func validate() throws {
    if let tokens, tokens < 1 { throw ValidationError("--tokens must be at least 1.") }
  }

  func run(stages: StageRegistry) throws {
    let pipeline = try ModelArchive.read(model, stages: stages)
    let number = try labelNumber(in: pipeline.labels)
    let records = ExplanationFormat(isJSON: json, tokenLimit: tokens)
    let stream = DocumentStream(
      format: format, documentBytes: pipeline.description.limits.documentBytes,
      batchSize: 16 * work.threads,
      display: ProgressDisplay(style: .plain, isQuiet: work.quiet))
    try stream.runWithSummary { batch in
      let results = pipeline.explain(batch, label: number, threads: work.threads)
      return zip(batch, results).map { document, result in
        let record = records.record(document, result, labels: pipeline.labels)
        return (Array(record.utf8), result.error)
      }
    }
  }

  private func labelNumber(in labels: LabelSet) throws -> Int? {
    guard let label else { return nil }
    guard let number = labels.number(of: Label(label)) else {
      let known = labels.labels.prefix(50).map(\.description)
      throw Failure.Usage(
        sentence: "the model has no label \(QuotedText.quote(label))"
          + Suggestion.clause(for: label, among: known))
    }
    return number
  }
}
