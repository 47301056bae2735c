import ArgumentParser
import Docket
import FileAccess
import Platform
import Messages
import Models
import PipelineFiles
import Reports

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
      its logit minus the mean of all logits. With recurrent classifiers the shares are integrated \
      gradients over the word vectors, plus the exact terms of the linear part (method \
      "integrated-gradients"); with ngrams.v1 they are the terms of the score (method "linear"). \
      Both sum to "score" minus "base", the score of a document without tokens. With any other \
      classifier, and with --method removal, a share is the decrease in the score when the token \
      is removed (method "removal"); if either of two tokens is enough, neither has a large share. \
      In documents of more than \(TokenShares.removalLimit) tokens, adjacent tokens are removed \
      together and share the decrease equally.

      --gates shows what a recurrent network does at each token: the means of its gates and states \
      over all units, how much the last state depends on the token (influence), and the number of \
      units whose maximum, in max pooling, is at this token.

      "bytes" in --json is the byte range of the token in the document, counted from 0, end \
      excluded.
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

  @Option(
    name: .long,
    help: "How to compute the shares: by the method of the classifier, or by removal.")
  var method = ExplanationOptions.Method.auto

  @Flag(
    name: .long,
    help: "With --json: also compute the shares by removal, and the rank correlation of the two.")
  var check = false

  @Flag(name: .long, help: "Show the gates and states of a recurrent network at each token.")
  var gates = false

  @Option(
    name: .long,
    help: ArgumentHelp(
      "With --gates: the number of units to show, those with the largest effects on the score; by "
        + "default 3.", valueName: "n"))
  var units: Int?

  @Flag(
    name: .long,
    help: ArgumentHelp(
      "Print label<TAB>probability<TAB>text, with the tokens of the text marked by their shares: "
        + "in colour on a terminal, with brackets elsewhere."))
  var heatMap = false

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Also write an HTML page with the coloured texts and, with --gates, the gates.",
      valueName: "file"))
  var html: String?

  @OptionGroup var record: RecordOptions

  @OptionGroup var programs: ProgramOptions

  @OptionGroup var work: WorkOptions

  func validate() throws {
    if let tokens, tokens < 1 { throw ValidationError("--tokens must be at least 1.") }
    guard gates || units == nil else { throw ValidationError("--units requires --gates.") }
    if let units, units < 0 { throw ValidationError("--units must not be negative.") }
    guard record.json || !check else { throw ValidationError("--check requires --json.") }
    guard !record.json || !heatMap else {
      throw ValidationError("--heat-map applies only to text output; omit --json.")
    }
    try record.validate(with: documents)
  }

  var programAccess: ProgramAccess? { programs.access }

  func run(stages: StageRegistry) throws {
    let output = try documents.makeOutput(inputs: [model])
    defer { output?.release() }
    if html != nil, html == documents.output {
      throw Failure.Usage(sentence: "--html and --output name the same file")
    }
    let pageFile = try html.map { try OutputFiles($0, inputs: [model, documents.input]) }
    defer { pageFile?.release() }
    let pipeline = try CommandInput.model(model, stages: stages)
    let options = ExplanationOptions(
      label: try labelNumber(in: pipeline.labels), method: method, comparesRemoval: check,
      units: gates ? units ?? 3 : nil)
    let display = work.makeDisplay()
    for warning in pipeline.warnings { display.note(warning) }
    if gates {
      for remark in pipeline.model.facts.remarks {
        display.note(
          "warning: \(remark), so the gates do not affect the prediction; to see gates that do, "
            + "train with classifier.ngrams=0")
      }
    }
    work.startThreads(display)
    let stream = DocumentStream(
      options: documents, members: record.members(documents, corpus: pipeline.description.corpus),
      documentBytes: pipeline.description.limits.documentBytes, batchSize: 16 * work.threads,
      idField: record.identity.idField, display: display)
    var page = ExplanationPage(labels: pipeline.labels)
    var (doubtful, approximate) = (0, 0)
    let format = ExplanationFormat(isJSON: record.json, tokenLimit: tokens, hasGates: gates)
    let outcome = Result {
      try stream.runWithSummary { batch in
        let results = pipeline.explain(batch, options, threads: work.threads)
        return zip(batch, results).map { document, result in
          if html != nil { page.add(document, result) }
          if (try? result.get())?.leavesMostUnexplained == true { doubtful += 1 }
          if (try? result.get())?.isApproximate == true { approximate += 1 }
          return DocumentStream.Answer(
            record: record(document, result, format, pipeline.labels), error: result.error,
            warnings: (try? result.get())?.prediction.warnings ?? [])
        }
      }
    }
    if let html, case .failure(let error) = outcome, !(error is ExitCode) {
      throw IncompleteOutput.replacing(error, missing: html)
    }
    // The page is also written if some documents were unusable; the exit code reports them.
    if let html, outcome.isSuccessOrUnusableDocuments {
      try AtomicFile.write(path: html, page.html(title: "Explanations by \(model)").utf8)
      display.note("wrote \(html)")
    }
    if doubtful > 0 {
      let documents = NumberFormat.count(doubtful, "document", "documents")
      display.note(
        "warning: in \(documents), the words explain less than a quarter of the score; compare "
          + "with --method removal [neutral-decides]")
    }
    if approximate > 0 {
      let documents = NumberFormat.count(approximate, "document", "documents")
      display.note(
        "warning: in \(documents), the error of the shares is more than a tenth of the score; compare "
          + "with --method removal [approximate-shares]")
    }
    try outcome.get()
  }

  /// Returns the record of one document.
  private func record(
    _ document: IncomingDocument, _ result: Result<Explanation, DocumentError>,
    _ format: ExplanationFormat, _ labels: LabelSet
  ) -> [UInt8] {
    guard heatMap else { return Array(format.record(document, result, labels: labels).utf8) }
    let colours =
      documents.output == "-" && isatty(STDOUT_FILENO) == 1
      && (getenv("NO_COLOR").map { $0.pointee == 0 } ?? true)
    return Array(
      format.heatMap(document, result, labels: labels, hasColours: colours).utf8)
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

extension Result<Void, any Error> {
  /// Whether the loop over the documents reached its end.
  fileprivate var isSuccessOrUnusableDocuments: Bool {
    switch self {
    case .success: true
    case .failure(let error): error is ExitCode
    }
  }
}

/// The documents on a page of explanations.
private struct ExplanationPage {
  let labels: LabelSet
  private var documents: [ExplainedDocument] = []
  private var omitted = 0

  init(labels: LabelSet) { self.labels = labels }

  /// Adds a document unless it is unusable; if the page is full, only counts it.
  mutating func add(_ document: IncomingDocument, _ result: Result<Explanation, DocumentError>) {
    guard case .success(let explanation) = result, case .success(let bytes) = document.text else {
      return
    }
    guard documents.count < ExplanationHTML.documentLimit else { return omitted += 1 }
    documents.append(
      ExplainedDocument(
        id: document.id.string ?? document.id.text(), label: labels[explanation.label],
        probability: explanation.prediction.probabilities[explanation.label],
        scores: (explanation.score, explanation.base), shares: explanation.shares,
        tokens: explanation.tokens.strings, map: explanation.heatMap(of: bytes),
        gates: explanation.gates))
  }

  /// Returns the page as HTML.
  func html(title: String) -> String {
    ExplanationHTML.render(title: title, documents, omitted: omitted)
  }
}
