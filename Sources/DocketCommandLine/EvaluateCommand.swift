import ArgumentParser
import Corpora
import Docket
import FileAccess
import Messages
import Models
import Reports
import PipelineFiles

/// `docket evaluate`: reports the accuracy of a model.
struct EvaluateCommand: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Evaluate a model on labelled documents.",
    discussion: """
      Without a corpus, evaluates the model on the documents that training held out: corpus.test, \
      or the share corpus.testShare of the training documents.
      """)

  @Argument(
    help: ArgumentHelp(
      "The model file, then labelled documents: files or folders.", valueName: "model corpus"))
  var arguments: [String]

  @OptionGroup var reading: CorpusReadingOptions

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Without a corpus: the folder that relative paths in the recorded pipeline are relative to; by "
        + "default the working directory.", valueName: "folder"))
  var folder: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Evaluate these predictions instead of a model: one line per document, with a label, or "
        + "label<TAB>probability pairs. All arguments then name documents.", valueName: "file"))
  var predictions: String?

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
    let corpus = predictions == nil ? Array(arguments.dropFirst()) : arguments
    try checkHeldOutOptions(namesCorpus: !corpus.isEmpty)
    let display = work.makeDisplay()
    defer { display.close() }
    let pipeline =
      predictions == nil ? try CommandInput.model(arguments[0], stages: stages) : nil
    let heldOut = try pipeline.flatMap { pipeline in
      corpus.isEmpty
        ? try HeldOutTest(of: pipeline, at: arguments[0], folder: folder ?? ".") : nil
    }
    let section = heldOut?.section ?? pipeline?.description.corpus ?? CorpusSection()
    let skips = section.badRows == .skip
    let inputs =
      arguments + (predictions.map { [$0] } ?? []) + (heldOut?.files.map(\.resolved) ?? [])
    var files: OutputFiles?
    if let output {
      guard !output.isEmpty else { throw Failure.Usage(sentence: "--output requires a folder") }
      let names = Report.fileNames + (skips ? [PipelineRun.skippedName] : [])
      files = try OutputFiles(names, in: output, inputs: inputs)
    } else {
      try OutputFiles.checkStreams(inputs: inputs)
    }
    defer { files?.release() }
    display.show(.phase(PhaseRecord(.reading)))
    let documents =
      try heldOut?.read()
      ?? FileKind.expecting(.corpus, at: corpus[0]) { try reading.read(corpus, section) }
    if let heldOut {
      display.note("evaluating on the test documents of the model: \(heldOut.summary)")
    }
    for warning in pipeline?.warnings ?? [] { display.note(warning) }
    work.startThreads(display)
    for warning in documents.warnings { display.note("\(warning)") }
    for warning in reading.warnings(about: documents) { display.note(warning) }
    let trained = pipeline.flatMap {
      heldOut == nil ? $0.trainedOnWarning(documents, model: arguments[0]) : nil
    }
    if let trained { display.note("warning: \(trained)") }
    if let warning = pipeline?.unknownLabelsWarning(documents) {
      display.note("warning: \(warning) [no-known-label]")
    }
    var report = try report(
      pipeline, on: documents, heldOut?.summary ?? Self.list(corpus), warning: trained, display)
    let change = pipeline.flatMap {
      heldOut?.changeWarning($0, accuracy: report.evaluation.accuracy)
    }
    report.warnings += [change].compactMap { $0 }
    display.close()
    // Write the files first, because the reader of standard output may close the pipe.
    if let output {
      try report.write(to: output)
      if skips {
        let path = "\(output)/\(PipelineRun.skippedName)"
        try AtomicFile.write(path: path, documents.faults.list.utf8)
      }
      if let note = files?.replacementNote { display.note(note) }
    }
    let result = json ? ReportJSON.render(report) : Array(ReportText.render(report).utf8)
    try CheckedOutput.writeResult(result) {
      if let change { display.reason(change, code: "test-changed") }
      try checkAccuracy(report.evaluation, display)
      if change != nil { throw ExitCode(1) }
    }
  }

  /// Rejects options that have no effect: some apply only to the documents that training held out,
  /// others only to documents named on the command line.
  private func checkHeldOutOptions(namesCorpus: Bool) throws {
    guard !namesCorpus else {
      guard folder == nil else {
        throw Failure.Usage(
          sentence: "--folder has no effect with a corpus: it applies only to the test documents "
            + "that the model records")
      }
      return
    }
    let options = [
      ("--format", reading.format != nil), ("--label-field", reading.labelField != nil),
      ("--text-field", reading.textField != nil),
    ]
    if let option = options.first(where: { $0.1 })?.0 {
      throw Failure.Usage(
        sentence: "\(option) requires a corpus: without one, the recorded test documents are read "
          + "with the settings that the model was trained with")
    }
  }

  /// Checks that the accuracy is at least the minimum.
  ///
  /// - Throws: `ExitCode(1)` if the accuracy is below the minimum.
  private func checkAccuracy(_ evaluation: Evaluation, _ display: ProgressDisplay) throws {
    guard let minAccuracy, evaluation.accuracy < minAccuracy else { return }
    let right = NumberFormat.integer(evaluation.correct.count { $0 })
    display.reason(
      "accuracy \(NumberFormat.percent(evaluation.accuracy)), \(right) of "
        + "\(NumberFormat.count(evaluation.documents, "document", "documents")), is below "
        + "--min-accuracy \(minAccuracy)", code: "below-min-accuracy")
    throw ExitCode(1)
  }

  /// Evaluates the model, or the predictions of another program.
  private func report(
    _ pipeline: TrainedPipeline?, on documents: Corpus, _ paths: String, warning: String?,
    _ display: ProgressDisplay
  ) throws -> Report {
    if let pipeline {
      return try pipeline.report(
        on: documents, title: arguments[0], source: paths,
        texts: noTexts ? ReportSection.Texts.none : nil,
        threads: work.threads, warning: warning, progress: display.show)
    }
    var shown = ReportSection()
    if noTexts { shown.texts = .none }
    let file = predictions ?? ""
    let evaluation = try PredictionFile(path: file, for: documents)
      .evaluation(on: documents, threads: work.threads)
    return Report(
      title: file, classifier: "predictions", evaluation: evaluation,
      facts: documents.reportFacts(source: paths),
      documents: evaluation.reportedDocuments(in: documents, shown), threads: work.threads)
  }

  /// Returns the first paths and the number of further ones.
  private static func list(_ corpus: [String]) -> String {
    let others = corpus.count > 5 ? " and \(corpus.count - 5) more" : ""
    return corpus.prefix(5).joined(separator: ", ") + others
  }
}
