public import ArgumentParser
import Docket
import FileAccess
import Platform
import Models
import PipelineFiles

extension DocumentFormat: ExpressibleByArgument {}

/// `docket classify`: reads documents and writes one record for each, in the same order.
struct ClassifyCommand: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify",
    abstract: "Classify documents from standard input, one record each.",
    discussion: """
      A record is label<TAB>probability, or error<TAB>reason for a document that cannot be used. \
      If there were any of these, the exit code is 1 and standard error reports their number.
      """)

  @Argument(help: "The model file.")
  var model: String

  @Option(name: .long, help: "The format of the documents.")
  var format = DocumentFormat.lines

  @Option(
    name: .long, help: ArgumentHelp("The number of labels to print per document.", valueName: "k"))
  var top = 1

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Print \"unknown\" instead of a label with a probability below p.", valueName: "p"))
  var minConfidence = 0.0

  @Flag(name: .long, help: "Print one JSON object per line.")
  var json = false

  @OptionGroup var work: WorkOptions

  func validate() throws {
    guard top >= 1 else { throw ValidationError("--top must be at least 1.") }
    guard (0...1).contains(minConfidence) else {
      throw ValidationError("--min-confidence must be between 0 and 1.")
    }
  }

  func run(stages: StageRegistry) throws {
    try OutputFiles.checkStreams(inputs: [model])
    let pipeline = try ModelArchive.read(model, stages: stages)
    let records = RecordFormat(isJSON: json, top: top, minimumConfidence: minConfidence)
    let display = work.display
    for warning in pipeline.warnings { display.note(warning) }
    work.startThreads(display)
    let stream = DocumentStream(
      format: format, documentBytes: pipeline.description.limits.documentBytes,
      batchSize: 512 * work.threads,
      display: display)
    try stream.runWithSummary { batch in
      zip(batch, pipeline.predict(batch, threads: work.threads)).map { document, result in
        let record = records.record(document, result, labels: pipeline.labels)
        return (Array(record.utf8), result.error)
      }
    }
  }
}
