import ArgumentParser
import Docket
import FileAccess
import Messages
import PipelineCore
import PipelineFiles

/// `docket tune`: searches for better settings of a pipeline.
struct TuneCommand: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "Search for better settings of a pipeline.",
    discussion: """
      Trains the pipeline with many other settings on few documents and with the best of them \
      on all documents, and compares the results on the validation documents. Test documents are \
      not read. Each result is added to trials.jsonl, and the same command continues a search that \
      was stopped. The best settings are written to NAME-tuned.yaml beside the pipeline file. \
      Without --minutes, the result depends only on the number of trials and the seed. Settings \
      given with --set are not varied.
      """)

  @OptionGroup var options: PipelineOptions

  @Option(
    name: .long,
    help: ArgumentHelp("The number of trials in addition to the pipeline itself.", valueName: "n"))
  var trials = 27

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Start no new trials after this time; the search can be continued.", valueName: "n"))
  var minutes: Double?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The folder for the results; by default runs/NAME-tuning.", valueName: "folder"))
  var output: String?

  @Flag(name: .long, help: "Print the results as JSON.")
  var json = false

  var programAccess: ProgramAccess? { options.programs.access }

  func validate() throws {
    guard (1...1000).contains(trials) else {
      throw ValidationError("--trials must be between 1 and 1000.")
    }
    if let minutes, !(minutes > 0 && minutes <= 1e6) {
      throw ValidationError("--minutes must be above 0 and at most 1000000.")
    }
  }

  func run(stages: StageRegistry) throws {
    let description = try options.load(stages: stages)
    let pinned = options.set.map { String($0.prefix { $0 != "=" }) }
    let space = SearchSpace(description, pinned: pinned)
    guard !space.dimensions.isEmpty else {
      throw TuningError(
        .noSettings(classifier: type(of: description.classifier).stageName),
        at: options.pipeline.map { .file($0) })
    }
    let folder = try output ?? "\(options.resultsFolder())-tuning"
    guard !folder.isEmpty else { throw Failure.Usage(sentence: "--output requires a folder") }
    let inputs = options.inputs(of: description)
    let tuned = try tunedFile()
    let files = try OutputFiles(PipelineTuning.Outcome.fileNames, in: folder, inputs: inputs)
    defer { files.release() }
    let tunedLock = try OutputFiles(tuned, inputs: inputs)
    defer { tunedLock.release() }
    let (training, display) = try options.training(description)
    defer { display.close() }
    let end = minutes.map { ContinuousClock.now + .seconds($0 * 60) }
    var tuning = PipelineTuning(
      training, trials: trials, log: TuningLog(path: "\(folder)/trials.jsonl"),
      hasTime: { end.map { ContinuousClock.now < $0 } ?? true },
      pipeline: { choices in
        try PipelineDescription.load(
          path: options.pipeline ?? "", overrides: options.overrides + choices.map(\.override),
          stages: stages, requireFiles: true)
      })
    let outcome = try training.namingCheckpoint { try tuning.run(space) }
    display.show(.phase(PhaseRecord(.writing)))
    try outcome.writeChart(to: folder)
    var written = PipelineTuning.Outcome.fileNames.map { "\(folder)/\($0)" }
    if let best = outcome.best, best.trial != 0 {
      let chosen = try tuning.pipeline(best.choices)
      try AtomicFile.write(path: tuned, outcome.pipelineText(chosen, name: options.name).utf8)
      written.append(tuned)
    }
    display.close()
    try json
      ? CheckedOutput.writeResult(outcome.json)
      : CheckedOutput.writeResult(outcome.text(title: options.name))
    display.note("wrote \(written.joined(separator: ", "))")
    if outcome.isUnfinished {
      display.note("to continue the search, run the same command with more --minutes")
    }
  }

  /// Returns the path of the pipeline file to write, in the folder of the original file, so that
  /// its relative paths stay valid.
  ///
  /// - Throws: `Failure.Usage` if another file has this name.
  private func tunedFile() throws -> String {
    let folder = Folder.split(options.pipeline ?? "").folder
    let path = (folder == "." ? "" : folder + "/") + "\(options.name)-tuned.yaml"
    guard OutputFiles.exists(path) else { return path }
    let start = try InputFile.readAll(path: path, limit: 64 << 20)
    guard start.starts(with: PipelineTuning.Outcome.heading.utf8) else {
      throw Failure.Usage(
        sentence: "\(QuotedText.quote(path)) exists and was not written by docket tune; rename it")
    }
    return path
  }
}
