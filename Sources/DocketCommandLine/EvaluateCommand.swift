public import ArgumentParser
import Corpora
import Docket
import FileAccess
import Messages
import Models
import Reports
import PipelineFiles

extension CorpusFormat: ExpressibleByArgument {}

/// `docket evaluate`: reports the accuracy of a model.
struct EvaluateCommand: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Evaluate a model on labelled documents.")

  @Argument(help: "The model file.")
  var model: String

  @Argument(help: "Labelled documents: files or folders.")
  var corpus: [String]

  @Option(name: .long, help: "The format of the documents; detected by default.")
  var format: CorpusFormat?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The column or JSON member with the label; by default that of the training corpus.",
      valueName: "name"))
  var labelField: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The column or JSON member with the text; by default that of the training corpus.",
      valueName: "name"))
  var textField: String?

  @Option(
    name: .long,
    help: ArgumentHelp("Also write the report files to this folder.", valueName: "folder"))
  var output: String?

  @Flag(name: .long, help: "Leave the texts of documents out of the report files.")
  var noTexts = false

  @Option(
    name: .long,
    help: ArgumentHelp("Exit with 1 if the accuracy is below p, such as 0.9.", valueName: "p"))
  var minAccuracy: Double?

  @Flag(name: .long, help: "Print the report as JSON.")
  var json = false

  @OptionGroup var programs: ProgramOptions

  @OptionGroup var work: WorkOptions

  var programAccess: ProgramAccess? { programs.access }

  func run(stages: StageRegistry) throws {
    if let minAccuracy, !(0...1).contains(minAccuracy) {
      throw Failure.Usage(sentence: "--min-accuracy must be between 0 and 1, such as 0.9")
    }
    guard !noTexts || output != nil else {
      throw Failure.Usage(sentence: "--no-texts has no effect without --output")
    }
    guard !corpus.isEmpty else {
      throw Failure.Usage(sentence: "specify the labelled documents to evaluate on")
    }
    let display = work.makeDisplay()
    defer { display.close() }
    let pipeline = try CommandInput.model(model, stages: stages)
    let skips = pipeline.description.corpus.badRows == .skip
    var files: OutputFiles?
    if let output {
      guard !output.isEmpty else { throw Failure.Usage(sentence: "--output needs a folder") }
      let names = Report.fileNames + (skips ? [PipelineRun.skippedName] : [])
      files = try OutputFiles(names, in: output, inputs: [model] + corpus)
    } else {
      try OutputFiles.checkStreams(inputs: [model] + corpus)
    }
    defer { files?.release() }
    display.show(.phase(PhaseRecord(.reading)))
    let documents = try FileKind.expecting(.corpus, at: corpus[0]) {
      try pipeline.readCorpus(
        corpus, format: format, labelColumn: labelField, textColumn: textField)
    }
    for warning in pipeline.warnings { display.note(warning) }
    work.startThreads(display)
    for warning in documents.warnings { display.note("\(warning)") }
    let evaluation = try pipeline.evaluate(
      on: documents, threads: work.threads, report: display.show)
    display.close()
    var shown = pipeline.description.report
    if noTexts { shown.texts = .none }
    let report = Report(
      title: model, classifier: pipeline.classifierName, evaluation: evaluation,
      facts: facts(of: documents),
      pipeline: pipeline.description.resolvedText, seed: pipeline.description.training.seed,
      versions: pipeline.record.versions,
      documents: evaluation.reportedDocuments(in: documents, shown), threads: work.threads)
    let result = CheckedOutput.standardOutput()
    try result.write(json ? ReportJSON.render(report) : Array(ReportText.render(report).utf8))
    try result.flush()
    if let output {
      try report.write(to: output)
      if skips {
        let path = "\(output)/\(PipelineRun.skippedName)"
        try AtomicFile.write(path: path, documents.faults.list.utf8)
      }
    }
    if let minAccuracy, evaluation.accuracy < minAccuracy {
      display.note("accuracy \(evaluation.accuracy) is below --min-accuracy \(minAccuracy)")
      throw ExitCode(1)
    }
  }

  /// Returns the details listed in the report.
  private func facts(of documents: Corpus) -> [InfoItem] {
    let skipped = documents.faults.count
    let item = InfoItem("rows skipped", NumberFormat.integer(skipped))
    let paths = corpus.prefix(5).joined(separator: ", ")
    let others = corpus.count > 5 ? " and \(corpus.count - 5) more" : ""
    return [InfoItem("test documents", paths + others)] + (skipped > 0 ? [item] : [])
      + [InfoItem("test SHA-256", documents.sha256)]
  }
}
