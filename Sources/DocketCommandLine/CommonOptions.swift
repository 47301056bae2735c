import ArgumentParser
import Docket
import Platform
import Models
import PipelineFiles
import Corpora

/// How progress is shown.
enum ProgressStyle: String, CaseIterable, ExpressibleByArgument {
  case auto, bar, plain, json, none
}

/// Options of every verb that works on documents.
struct WorkOptions: ParsableArguments {
  @Option(
    name: .long, help: ArgumentHelp("Threads; never changes a result.", valueName: "n"))
  var threads = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))

  @Flag(name: .long, help: "Say nothing but results and errors.")
  var quiet = false

  func validate() throws {
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads must be between 1 and 1024.")
    }
  }
}

/// Options of every verb that reads a pipeline file to train it.
struct PipelineOptions: ParsableArguments {
  @Argument(help: "The pipeline file.")
  var pipeline: String?

  @Option(
    name: .long, parsing: .singleValue,
    help: ArgumentHelp(
      "Lay a setting over the file, such as training.epochs=3; repeatable.",
      valueName: "key=value"))
  var set: [String] = []

  @Option(name: .long, help: ArgumentHelp("The same as --set training.seed=n.", valueName: "n"))
  var seed: Int?

  @Option(name: .long, help: "How progress is shown.")
  var progress = ProgressStyle.auto

  @OptionGroup var work: WorkOptions

  /// The pipeline, with everything that the command line lays over it.
  func load(stages: StageRegistry, requireFiles: Bool = true) throws -> PipelineDescription {
    for setting in set where !setting.contains("=") {
      throw Failure.Usage(sentence: "--set \(setting) has no \"=\"; write --set key=value")
    }
    guard let pipeline else { throw Failure.Usage(sentence: "name a pipeline file") }
    return try PipelineDescription.load(
      path: pipeline, overrides: overrides, stages: stages, requireFiles: requireFiles)
  }

  /// Whether the command line names documents to learn from.
  var namesCorpus: Bool { self.set.contains { $0.hasPrefix("corpus.train=") } }

  /// The settings of the command line.
  var overrides: [String] { self.set + (seed.map { ["training.seed=\($0)"] } ?? []) }

  /// What goes on from the model at `path` with the documents that the command line names.
  ///
  /// - Parameter folder: where the paths in the recorded pipeline count from.
  func continuedTraining(
    from path: String, folder: String, stages: StageRegistry
  ) throws -> ContinuedTraining {
    guard pipeline == nil else {
      throw Failure.Usage(
        sentence: "--from goes on with the model's own pipeline: leave the pipeline file out, and "
          + "name new documents by --set corpus.train=FILE")
    }
    return try ContinuedTraining(of: path, folder: folder, overrides: overrides, stages: stages)
  }

  /// The files that a run reads, as far as the pipeline file names them as its corpus.
  func inputs(of description: PipelineDescription) -> [String] {
    let corpus = description.corpus
    var paths = (corpus.train + corpus.test).map(\.resolved)
    if let pipeline { paths.append(pipeline) }
    if case .file(let file) = corpus.validation { paths.append(file.resolved) }
    if let file = description.encoderFile { paths.append(file.resolved) }
    return paths
  }

  /// The pipeline's training with progress on standard error, and with checkpoints beside `model` if
  /// there is to be one.
  func training(
    _ description: PipelineDescription, from continued: ContinuedTraining? = nil,
    model: String? = nil,
    resumes: Bool = false
  ) -> (PipelineTraining, ProgressDisplay) {
    let display = ProgressDisplay(style: work.quiet ? .none : progress, isQuiet: work.quiet)
    Interruption.listen()
    var training = PipelineTraining(
      description, threads: work.threads, note: display.note, report: display.show,
      shouldStop: { Interruption.isRequested })
    training.checkpoints = model.map { CheckpointFolder(forModel: $0) }
    training.resumes = resumes
    training.continued = continued
    return (training, display)
  }

  /// The file's name without folder and ending: what a run is called.
  var name: String {
    let pipeline = pipeline ?? ""
    let last = pipeline.split(separator: "/").last.map(String.init) ?? pipeline
    guard let dot = last.lastIndex(of: "."), dot != last.startIndex else { return last }
    return String(last[..<dot])
  }
}

/// Options of the verbs that train: what the training starts from.
struct StartOptions: ParsableArguments {
  @Flag(name: .long, help: "Resume from the last checkpoint of an interrupted training.")
  var resume = false

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Start from a model: continue with new documents (--set corpus.train=FILE), or, with train, "
        + "reproduce its training.", valueName: "model"))
  var from: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "With --from: the folder that relative paths in the recorded pipeline start from.",
      valueName: "folder"))
  var folder = "."
}
