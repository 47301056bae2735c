import ArgumentParser
import Docket
import Embeddings
import FileAccess
import Models
import PipelineFiles

/// `docket vectors train`: word vectors from running text.
struct VectorsTrainCommand: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Learn word vectors from running text and write a word2vec file.",
    discussion: """
      The files are text, a document a line, or with --corpus a labelled corpus whose labels are \
      left out; plain or .gz. Settings of the learning, such as epochs, window, negatives, method or \
      subwords, are given by --set and listed by "docket stages" under random.v1, pretrain.
      """)

  @Argument(help: "Files of text, or of a labelled corpus.")
  var files: [String]

  @Option(name: .long, help: ArgumentHelp("The file to write.", valueName: "file"))
  var output = "vectors.bin"

  @Flag(name: .long, help: "The files are a labelled corpus in any form that a pipeline reads.")
  var corpus = false

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Normalizers and tokenizer of this pipeline; else unicode.v1 and words.v1.",
      valueName: "file"))
  var pipeline: String?

  @Option(name: .long, help: ArgumentHelp("The width of a vector.", valueName: "n"))
  var dimensions = 100

  @Option(
    name: .long, help: ArgumentHelp("Leave out words seen less often.", valueName: "n"))
  var minCount = 2

  @Option(
    name: .long, parsing: .singleValue,
    help: ArgumentHelp("A setting of the learning; repeatable.", valueName: "key=value"))
  var set: [String] = []

  @Option(name: .long, help: ArgumentHelp("Where random numbers come from.", valueName: "n"))
  var seed = 1

  @Flag(name: .long, help: "Write decimal numbers in place of binary ones.")
  var text = false

  @Option(name: .long, help: "How progress is shown.")
  var progress = ProgressStyle.auto

  @OptionGroup var work: WorkOptions

  func validate() throws {
    guard !files.isEmpty else { throw ValidationError("Name a file of text.") }
    guard (1...65_536).contains(dimensions) else {
      throw ValidationError("--dimensions must be between 1 and 65536.")
    }
    guard minCount >= 1 else { throw ValidationError("--min-count must be at least 1.") }
    guard seed >= 0 else { throw ValidationError("--seed must not be negative.") }
  }

  func run(stages: StageRegistry) throws {
    let settings = try VectorTrainingSettings.parse(set)
    let preparation =
      if let pipeline {
        TextPreparation(
          try PipelineDescription.load(path: pipeline, stages: stages, requireFiles: false)
            .settled(threads: work.threads))
      } else {
        try VectorsRun.standardPreparation(stages: stages)
      }
    try OutputFiles.prove(
      [output], inputs: files + settings.text.map(\.resolved) + (pipeline.map { [$0] } ?? []))
    let display = ProgressDisplay(style: work.quiet ? .none : progress, isQuiet: work.quiet)
    Interruption.listen()
    var run = VectorsRun(preparation, settings: settings)
    run.dimensions = dimensions
    run.minCount = minCount
    run.seed = seed
    run.threads = work.threads
    run.note = display.note
    run.report = { display.show(.vectors($0)) }
    run.shouldStop = { Interruption.isRequested }
    try run.run(files, isCorpus: corpus, output: output, isBinary: !text)
  }
}
