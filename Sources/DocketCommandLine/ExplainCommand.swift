import ArgumentParser
import Docket
import FileAccess
import Platform
import Models
import PipelineFiles

/// `docket explain`: reads documents and writes one record for each, with the share of each token,
/// in the same order.
struct ExplainCommand: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Classify documents and show the contribution of each token.",
    discussion: """
      A record is label<TAB>probability, then <TAB>token<TAB>share for each token in order, or \
      error<TAB>reason for a document that cannot be used; the exit code is then 1.

      A share is measured in nats; a positive share supports the label. The score of a label is \
      its logit minus the mean of all logits. With ngrams.v1 the shares are the terms of the \
      score: they sum to "score" minus "base", the score of a document without tokens (method \
      "linear"). With any other classifier a share is the decrease of the score when the token is \
      removed (method "removal"); if either of two tokens is enough, neither has a large share. In \
      documents of more than \(TokenShares.removalLimit) tokens, adjacent tokens are removed \
      together and share the decrease equally.

      "bytes" in --json is the range of the token in the document, from 0, end excluded.
      """)

  @Argument(help: "The model file.")
  var model: String

  @OptionGroup var documents: DocumentOptions

  @Option(
    name: .long,
    help: ArgumentHelp("The label to explain; by default the most probable one.", valueName: "name")
  )
  var label: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Print only the k tokens with the largest shares, largest first.", valueName: "k"))
  var tokens: Int?

  @OptionGroup var record: RecordOptions

  @OptionGroup var programs: ProgramOptions

  @OptionGroup var work: WorkOptions

  func validate() throws {
    if let tokens, tokens < 1 { throw ValidationError("--tokens must be at least 1.") }
    try record.validate(with: documents)
  }

  var programAccess: ProgramAccess? { programs.access }

  func run(stages: StageRegistry) throws {
    let output = try documents.makeOutput(inputs: [model])
    defer { output?.release() }
    let pipeline = try CommandInput.model(model, stages: stages)
    let number = try labelNumber(in: pipeline.labels)
    let records = ExplanationFormat(isJSON: record.json, tokenLimit: tokens)
    let display = work.makeDisplay()
    for warning in pipeline.warnings { display.note(warning) }
    work.startThreads(display)
    let stream = DocumentStream(
      options: documents, members: record.members(documents, corpus: pipeline.description.corpus),
      documentBytes: pipeline.description.limits.documentBytes, batchSize: 16 * work.threads,
      display: display)
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
