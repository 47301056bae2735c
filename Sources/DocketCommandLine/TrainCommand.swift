import ArgumentParser
import Docket
import FileAccess
import Models
import PipelineFiles

/// `docket train`: trains a model without evaluating it.
struct TrainCommand: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a pipeline and write the model.",
    discussion: """
      With --from and no pipeline, the training run of a model is reproduced from what the model \
      records: the result is byte-identical, or the command reports what has changed. With --from \
      and --set corpus.train=FILE, training continues from the model with new documents: its words \
      and labels are kept and extended, and some of the earlier documents are trained on again.
      """)

  @OptionGroup var options: PipelineOptions

  @Option(name: .long, help: ArgumentHelp("The model file to write.", valueName: "file"))
  var output = "model.docket"

  @OptionGroup var start: StartOptions

  @Flag(
    name: .long,
    help: "Plot the loss against the learning rate and suggest a rate, instead of training.")
  var findRate = false

  @Flag(name: .long, help: "With --find-rate: print JSON.")
  var json = false

  func validate() throws {
    guard !json || findRate else { throw ValidationError("--json requires --find-rate.") }
  }

  var programAccess: ProgramAccess? { options.programs.access }

  func run(stages: StageRegistry) throws { try run(stages: stages, in: nil) }

  /// Trains together with other processes, if there are any. The first process writes the model and
  /// the checkpoints.
  func run(stages: StageRegistry, in group: (any ProcessGroup)?) throws {
    guard !findRate || group == nil else {
      throw Failure.Usage(
        sentence: "--find-rate does not run on several processes; run docket train --find-rate")
    }
    guard let from = start.from else { return try train(stages: stages, in: group) }
    if options.namesCorpus, !findRate {
      return try continueTraining(from: from, stages: stages, in: group)
    }
    guard options.pipeline == nil, options.set.isEmpty, options.seed == nil, !findRate else {
      throw Failure.Usage(
        sentence:
          "--from reproduces a training run without changes: omit the pipeline, --set, --seed and "
          + "--find-rate; to continue with new documents, use --set corpus.train=FILE")
    }
    let reproduction = try TrainingReproduction(of: from, folder: start.folder, stages: stages)
    try write(reproduction.description, model: from, in: group) { training, display in
      (try reproduction.train(training), { display.note(reproduction.verdict($0)) })
    }
  }

  private func continueTraining(
    from model: String, stages: StageRegistry, in group: (any ProcessGroup)?
  ) throws {
    let continued = try options.continuedTraining(from: model, folder: start.folder, stages: stages)
    try write(continued.description, from: continued, model: model, in: group) { training, _ in
      (try training.run(withBaseline: false).pipeline, { _ in })
    }
  }

  private func train(stages: StageRegistry, in group: (any ProcessGroup)?) throws {
    let description = try options.load(stages: stages)
    if findRate { return try plotRates(description) }
    try write(description, in: group) { training, _ in
      (try training.run(withBaseline: false).pipeline, { _ in })
    }
  }

  /// Trains with `body` and writes the model.
  ///
  /// - Parameter body: returns the trained pipeline, and a closure that receives the digest of its
  ///   file.
  private func write(
    _ description: PipelineDescription, from continued: ContinuedTraining? = nil,
    model: String? = nil, in group: (any ProcessGroup)?,
    _ body: (PipelineTraining, ProgressDisplay) throws -> (TrainedPipeline, (String) -> Void)
  ) throws {
    let writes = (group?.rank ?? 0) == 0
    let files =
      writes
      ? try OutputFiles(
        model: output, inputs: options.inputs(of: description, from: continued, model: model)) : nil
    defer { files?.release() }
    let (training, display) = try options.training(
      description, from: continued, model: output, resumes: start.resume, in: group)
    defer { display.close() }
    let (pipeline, whenWritten) = try training.namingCheckpoint { try body(training, display) }
    guard writes else { return }
    display.show(.phase(PhaseRecord(.writing)))
    let digest = try ModelArchive.write(pipeline, to: output)
    training.checkpoints?.remove()
    whenWritten(digest)
    display.note("wrote \(output), SHA-256 \(digest)")
  }

  /// Searches for a learning rate and prints the result.
  private func plotRates(_ description: PipelineDescription) throws {
    try OutputFiles.checkStreams(inputs: options.inputs(of: description))
    let (training, display) = try options.training(description)
    defer { display.close() }
    let curve = try training.namingCheckpoint { try training.findRate() }
    display.close()
    try json ? CheckedOutput.writeResult(curve.json) : CheckedOutput.writeResult(curve.text)
  }
}
