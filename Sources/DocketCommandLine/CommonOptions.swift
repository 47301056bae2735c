import ArgumentParser
import Docket
import FileAccess
import Models
import PipelineFiles
import Corpora

/// The ways to show progress.
enum ProgressStyle: String, CaseIterable, ExpressibleByArgument {
  case auto, bar, plain, json, none
}

/// The options of all subcommands that process documents.
struct WorkOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp("The number of threads; does not affect results.", valueName: "n"))
  var threads = min(ProcessorCount.available(), 1024)

  @Option(name: .long, help: "How to show progress.")
  var progress = ProgressStyle.auto

  @Flag(
    name: .long,
    help: """
      Print only results, errors, the reason for an exit code of 1, and messages of external programs.
      """)
  var quiet = false

  func validate() throws {
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads must be between 1 and 1024.")
    }
  }

  /// Creates a display of progress and notes. A command uses only one, because the display keeps
  /// track of what is on the screen.
  ///
  /// - Parameter group: the processes that work together; only the first shows anything.
  func makeDisplay(in group: (any ProcessGroup)? = nil) -> ProgressDisplay {
    ProgressDisplay(style: progress, isQuiet: quiet || (group?.rank ?? 0) > 0)
  }

  /// Starts the threads, and warns if the system permits fewer than requested.
  func startThreads(_ display: ProgressDisplay) {
    let count = Shards.start(threads: threads)
    guard count < threads else { return }
    display.note("warning: using \(count) of \(threads) threads; the system does not allow more")
  }
}

/// The options of the subcommands that read a pipeline file.
struct PipelineOptions: ParsableArguments {
  @Argument(help: "The pipeline file.")
  var pipeline: String?

  @Option(
    name: .long, parsing: .singleValue,
    help: ArgumentHelp(
      "Override a setting in the file, such as training.epochs=3; repeatable.",
      valueName: "key=value"))
  var set: [String] = []

  @Option(name: .long, help: ArgumentHelp("The same as --set training.seed=n.", valueName: "n"))
  var seed: Int?

  @OptionGroup var programs: ProgramOptions

  @OptionGroup var work: WorkOptions

  /// Reads the pipeline file with the overrides from the command line.
  func load(stages: StageRegistry, requireFiles: Bool = true) throws -> PipelineDescription {
    for setting in set where !setting.utf8.contains(UInt8(ascii: "=")) {
      throw Failure.Usage(
        sentence: "--set \(setting.excerpt(200)) has no \"=\"; write --set key=value")
    }
    guard let pipeline else { throw Failure.Usage(sentence: "specify a pipeline file") }
    return try CommandInput.pipeline(
      pipeline, overrides: overrides, stages: stages, requireFiles: requireFiles)
  }

  /// Whether the command line names training documents.
  var namesCorpus: Bool { self.set.contains { $0.utf8.starts(with: "corpus.train=".utf8) } }

  /// The overrides from the command line.
  var overrides: [String] { self.set + (seed.map { ["training.seed=\($0)"] } ?? []) }

  /// Returns the training run that continues from the model at `path` with the documents named on
  /// the command line.
  ///
  /// - Parameter folder: the folder that relative paths in the recorded pipeline are resolved
  ///   against.
  func continuedTraining(
    from path: String, folder: String, stages: StageRegistry
  ) throws -> ContinuedTraining {
    guard pipeline == nil else {
      throw Failure.Usage(
        sentence:
          "--from continues with the pipeline of the model: omit the pipeline file, and specify "
          + "the new documents with --set corpus.train=FILE")
    }
    return try ContinuedTraining(of: path, folder: folder, overrides: overrides, stages: stages)
  }

  /// Returns all files that training reads: those named in the settings, the pipeline file itself,
  /// and the model to continue from with its earlier corpora.
  func inputs(
    of description: PipelineDescription, from continued: ContinuedTraining? = nil,
    model: String? = nil
  ) -> [String] {
    let programs = description.programStages.flatMap { (try? $0.programFiles()) ?? [] }
    return (continued?.files ?? description.files).map(\.resolved) + programs.map(\.path)
      + [pipeline, model].compactMap { $0 }
  }

  /// Returns the training run of a pipeline, with progress on standard error and checkpoints next
  /// to `model`.
  func training(
    _ description: PipelineDescription, from continued: ContinuedTraining? = nil,
    model: String? = nil,
    resumes: Bool = false, in group: (any ProcessGroup)? = nil
  ) throws -> (PipelineTraining, ProgressDisplay) {
    let display = work.makeDisplay(in: group)
    work.startThreads(display)
    Interruption.listen()
    var training = PipelineTraining(
      description, threads: work.threads, note: display.note, report: display.show,
      shouldStop: { Interruption.isRequested })
    training.checkpoints = try model.map { try CheckpointFolder(forModel: $0) }
    training.resumes = resumes
    training.continued = continued
    training.group = group
    return (training, display)
  }

  /// Returns the folder for the results of the run: `runs` and the name of the run.
  ///
  /// - Throws: `Failure.Usage` if the name cannot be a folder name. For example, `...` without its
  ///   extension is `..`, the parent folder.
  func resultsFolder() throws -> String {
    guard !name.allSatisfy({ $0 == "." }) else {
      throw Failure.Usage(
        sentence:
          "cannot derive the name of the results folder from \(QuotedText.quote(pipeline ?? "")); "
          + "use --output FOLDER")
    }
    return "runs/\(name)"
  }

  /// The name of the run: the name of the pipeline file without its folder and extension.
  var name: String {
    let pipeline = pipeline ?? ""
    let last = pipeline.split(separator: "/").last.map(String.init) ?? pipeline
    guard let dot = last.lastIndex(of: "."), dot != last.startIndex else { return last }
    return String(last[..<dot])
  }
}

/// The options of the subcommands that train: where training starts.
struct StartOptions: ParsableArguments {
  @Flag(name: .long, help: "Resume from the last checkpoint of an interrupted training run.")
  var resume = false

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Start from a model: continue with new documents (--set corpus.train=FILE), or, with train, "
        + "reproduce its training run.", valueName: "model"))
  var from: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "With --from: the folder that relative paths in the recorded pipeline are relative to.",
      valueName: "folder"))
  var folder = "."
}
