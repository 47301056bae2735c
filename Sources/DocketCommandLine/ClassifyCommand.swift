import ArgumentParser
import Docket
import FileAccess
import Platform
import Models
import PipelineFiles

/// The number of labels in a record.
enum LabelCount: ExpressibleByArgument {
  case first(Int)
  case all

  init?(argument: String) {
    if argument == "all" {
      self = .all
    } else if let count = Int(argument) {
      self = .first(count)
    } else {
      return nil
    }
  }

  var defaultValueDescription: String {
    switch self {
    case .first(let count): "\(count)"
    case .all: "all"
    }
  }

  /// The number for a model with this many labels.
  func count(of labels: Int) -> Int {
    switch self {
    case .first(let count): min(count, labels)
    case .all: labels
    }
  }
}

/// The label of a document without tokens.
enum EmptyDocuments: String, CaseIterable, ExpressibleByArgument {
  case label, unknown
}

/// `docket classify`: reads documents and writes one record for each, in the same order.
struct ClassifyCommand: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify",
    abstract: "Classify documents, one record each.",
    discussion: """
      A record is label<TAB>probability, or error<TAB>reason for a document that cannot be used. \
      If there were any of these, the exit code is 1 and standard error reports their number.
      """)

  @Argument(help: "The model file.")
  var model: String

  @OptionGroup var documents: DocumentOptions

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The number of labels to print per document, or all.", valueName: "k"))
  var top = LabelCount.first(1)

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Print \"unknown\" instead of a label with a probability below p.", valueName: "p"))
  var minConfidence = 0.0

  @Option(
    name: .long,
    help: "What to print for a document without tokens: its most probable label, or \"unknown\".")
  var empty = EmptyDocuments.label

  @OptionGroup var record: RecordOptions

  @OptionGroup var programs: ProgramOptions

  @OptionGroup var work: WorkOptions

  func validate() throws {
    if case .first(..<1) = top { throw ValidationError("--top must be at least 1.") }
    guard (0...1).contains(minConfidence) else {
      throw ValidationError("--min-confidence must be between 0 and 1.")
    }
    try record.validate(with: documents)
  }

  var programAccess: ProgramAccess? { programs.access }

  func run(stages: StageRegistry) throws {
    let output = try documents.makeOutput(inputs: [model])
    defer { output?.release() }
    let pipeline = try CommandInput.model(model, stages: stages)
    let records = RecordFormat(
      isJSON: record.json, top: top.count(of: pipeline.labels.count),
      minimumConfidence: minConfidence, rejectsEmpty: empty == .unknown)
    let display = work.makeDisplay()
    for warning in pipeline.warnings { display.note(warning) }
    work.startThreads(display)
    let stream = DocumentStream(
      options: documents, members: record.members(documents, corpus: pipeline.description.corpus),
      documentBytes: pipeline.description.limits.documentBytes, batchSize: 512 * work.threads,
      display: display)
    try stream.runWithSummary { batch in
      zip(batch, pipeline.predict(batch, threads: work.threads)).map { document, result in
        let record = records.record(document, result, labels: pipeline.labels)
        return (Array(record.utf8), result.error)
      }
    }
  }
}
