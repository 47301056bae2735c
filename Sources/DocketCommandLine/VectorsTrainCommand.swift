import ArgumentParser
import Corpora
import Docket
import Embeddings
import FileAccess
import Models
import PipelineFiles

/// `docket vectors train`: trains word vectors on text.
struct VectorsTrainCommand: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train word vectors on text and write a word2vec file.",
    discussion: """
      The files are text with one document per line or, with --corpus, a labelled corpus whose \
      labels are ignored; plain or .gz. Training settings such as epochs, window, negatives, \
      method or subwords are given with --set; "docket stages" lists them under random.v1, \
      pretrain.
      """)

  @Argument(help: "Text files, or the files of a labelled corpus.")
  var files: [String]

  @Option(name: .long, help: ArgumentHelp("The file to write.", valueName: "file"))
  var output = "vectors.bin"

  @Flag(name: .long, help: "Read the files as a labelled corpus, in any format of corpora.")
  var corpus = false

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Use the normalizers and the tokenizer of this pipeline, and with --corpus its columns and "
        + "encoding; by default unicode.v1 and words.v1.",
      valueName: "file"))
  var pipeline: String?

  @Option(name: .long, help: ArgumentHelp("The number of dimensions of a vector.", valueName: "n"))
  var dimensions = 100

  @Option(
    name: .long, help: ArgumentHelp("Ignore words with fewer occurrences.", valueName: "n"))
  var minCount = 2

  @Option(
    name: .long, parsing: .singleValue,
    help: ArgumentHelp("A training setting; repeatable.", valueName: "key=value"))
  var set: [String] = []

  @Option(name: .long, help: ArgumentHelp("The seed for all random numbers.", valueName: "n"))
  var seed = 1

  @Flag(name: .long, help: "Write word2vec text instead of binary.")
  var text = false

  @OptionGroup var programs: ProgramOptions

  @OptionGroup var work: WorkOptions

  func validate() throws {
    guard !files.isEmpty else { throw ValidationError("Specify at least one text file.") }
    guard (1...VectorFileLimits.dimensions).contains(dimensions) else {
      throw ValidationError("--dimensions must be between 1 and \(VectorFileLimits.dimensions).")
    }
    guard minCount >= 1 else { throw ValidationError("--min-count must be at least 1.") }
    guard pipeline != nil || !programs.allowExternal else {
      throw ValidationError("--allow-external requires --pipeline.")
    }
    guard seed >= 0 else { throw ValidationError("--seed must not be negative.") }
  }

  var programAccess: ProgramAccess? { programs.access }

  func run(stages: StageRegistry) throws {
    let settings = try VectorTrainingSettings.parse(set)
    let description = try pipeline.map {
      try CommandInput.pipeline($0, stages: stages, requireFiles: false)
    }
    let outputs = try OutputFiles(
      output,
      inputs: files + settings.files.map(\.resolved) + [pipeline].compactMap { $0 }
        + (description?.filesForText.map(\.resolved) ?? []))
    defer { outputs.release() }
    let preparation =
      try description.map { TextPreparation(try $0.settled(threads: work.threads)) }
      ?? VectorsRun.standardPreparation(stages: stages)
    let display = work.makeDisplay()
    defer { display.close() }
    work.startThreads(display)
    Interruption.listen()
    var run = VectorsRun(preparation, settings: settings)
    run.dimensions = dimensions
    run.minCount = minCount
    run.seed = seed
    run.threads = work.threads
    run.note = display.note
    run.report = { display.show(.vectors($0)) }
    run.shouldStop = { Interruption.isRequested }
    if !corpus, let table = files.first(where: CommandInput.looksLikeTable) {
      display.note(
        "warning: every line of \(table) is read as one document, including all its columns; use "
          + "--corpus to read the texts of labelled documents")
    }
    try run.run(
      files, corpus: corpus ? description?.corpus ?? CorpusSection() : nil, output: output,
      isBinary: !text)
  }
}
