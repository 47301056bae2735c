public import ArgumentParser
import Docket
import FileAccess
import Glibc
import Models
import PipelineFiles

extension DocumentFormat: ExpressibleByArgument {}

/// `docket classify`: documents in, records out, same order, same count.
struct ClassifyCommand: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify",
    abstract: "Label documents from standard input, one record each.",
    discussion: """
      A record is label<TAB>probability, or error<TAB>reason for a document that cannot be used; \
      then the exit code is 1 and standard error says how many.
      """)

  @Argument(help: "The model file.")
  var model: String

  @Option(name: .long, help: "How the documents come in.")
  var format = DocumentFormat.lines

  @Option(name: .long, help: ArgumentHelp("Print this many labels a record.", valueName: "k"))
  var top = 1

  @Option(
    name: .long,
    help: ArgumentHelp("Print \"unknown\" for a label less likely than p.", valueName: "p"))
  var minConfidence = 0.0

  @Flag(name: .long, help: "Print a JSON object a line.")
  var json = false

  @OptionGroup var work: WorkOptions

  func validate() throws {
    guard top >= 1 else { throw ValidationError("--top must be at least 1.") }
    guard (0...1).contains(minConfidence) else {
      throw ValidationError("--min-confidence must be between 0 and 1.")
    }
  }

  func run(stages: StageRegistry) throws {
    let pipeline = try ModelArchive.read(model, stages: stages)
    let display = ProgressDisplay(style: .plain, isQuiet: work.quiet)
    if isatty(STDIN_FILENO) == 1 { display.note("reading documents, one a line; end with ^D") }
    let records = RecordFormat(isJSON: json, top: top, minimumConfidence: minConfidence)
    let output = CheckedOutput.standardOutput()
    var reader = DocumentReader(
      InputDescriptor(STDIN_FILENO, name: "standard input"), name: "standard input",
      format: format, limit: pipeline.description.limits.documentBytes)
    var (count, failed) = (0, 0)
    while case let batch = try reader.nextBatch(most: 512 * work.threads), !batch.isEmpty {
      for (document, result) in zip(batch, pipeline.predict(batch, threads: work.threads)) {
        if case .failure = result { failed += 1 }
        try output.write(records.record(document, result, labels: pipeline.labels))
      }
      count += batch.count
      try output.flush()
    }
    if failed > 0 {
      display.note("\(failed) of \(count) documents could not be used")
      throw ExitCode(1)
    }
  }
}

extension TrainedPipeline {
  /// Predictions for documents some of which did not even arrive whole.
  func predict(
    _ documents: [IncomingDocument], threads: Int
  ) -> [Result<Prediction, DocumentError>] {
    let texts = documents.map { (try? $0.text.get()) ?? [] }
    return zip(documents, predict(texts, threads: threads)).map { document, result in
      document.text.flatMap { _ in result }
    }
  }
}
