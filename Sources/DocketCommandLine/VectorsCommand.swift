public import ArgumentParser
public import Embeddings
import FileAccess
import PipelineCore

/// `docket vectors`: inspects, converts and trains word vectors.
struct VectorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vectors", abstract: "Inspect, convert and train word vectors.",
    subcommands: [
      VectorsInfoCommand.self, VectorsConvertCommand.self, VectorsTrainCommand.self,
    ])
}

/// The options of the subcommands that read a vector file.
private struct VectorFileOptions: ParsableArguments {
  @Argument(help: "A vector file: word2vec text or binary, GloVe, fastText .vec; also .gz.")
  var file: String

  @Option(name: .long, help: "The format of the file.")
  var format = VectorFileFormat.auto

  @Option(
    name: .long, help: "What to do if the header declares a wrong number of words.")
  var headerMismatch = HeaderMismatch.error

  @Option(name: .long, help: "What to do with vectors that contain NaN or infinity.")
  var nonFinite = NonFiniteNumbers.error

  /// Opens the file.
  ///
  /// - Parameter hashes: whether to compute the SHA-256 of the file.
  func open(threads: Int, hashes: Bool = true) throws -> VectorFileReader {
    try VectorFileReader(
      path: file, format: format, headerMismatch: headerMismatch, nonFinite: nonFinite,
      threads: threads, hashes: hashes)
  }
}

extension VectorFileFormat: ExpressibleByArgument {}
extension HeaderMismatch: ExpressibleByArgument {}
extension NonFiniteNumbers: ExpressibleByArgument {}
extension VectorFileOutputFormat: ExpressibleByArgument {}

/// `docket vectors info`: describes a vector file.
private struct VectorsInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Describe a vector file and find similar words.")

  @OptionGroup var input: VectorFileOptions

  @Option(
    name: .long,
    help: ArgumentHelp("Also list the words most similar to this one.", valueName: "word"))
  var neighbours: String?

  @Option(
    name: .long, parsing: .upToNextOption,
    help: ArgumentHelp("Also list the words that are to c as b is to a.", valueName: "a b c"))
  var analogy: [String] = []

  @Option(name: .long, help: ArgumentHelp("The number of words to list.", valueName: "n"))
  var top = 10

  @Flag(name: .long, help: "Print JSON.")
  var json = false

  @OptionGroup var work: WorkOptions

  func validate() throws {
    guard analogy.isEmpty || analogy.count == 3 else {
      throw ValidationError("--analogy requires three words: a b c.")
    }
    guard (1...10_000).contains(top) else {
      throw ValidationError("--top must be between 1 and 10000.")
    }
  }

  func run() throws {
    try OutputFiles.checkStreams(inputs: [input.file])
    let display = work.makeDisplay()
    defer { display.close() }
    display.show(.phase(PhaseRecord(.vectors)))
    let summary = try VectorFileSummary(reading: input.open(threads: work.threads))
    let lists = try searches(in: summary.vectors)
    display.close()
    if json {
      let members =
        summary.json
        + lists.map { list in
          JSONMember(list.key, .array(list.found.map { json($0, of: summary.vectors) }))
        }
      return try CheckedOutput.writeResult(JSONValue.object(members))
    }
    let output = CheckedOutput.standardOutput()
    try output.write(summary.text)
    for list in lists {
      try output.write("\(list.title)\n")
      for neighbour in list.found {
        let word = QuotedText.field(summary.vectors.vocabulary.string(neighbour.word))
        try output.write("  \(word)\t\(neighbour.cosine)\n")
      }
    }
    try output.flush()
  }

  /// A list that was requested in addition to the summary.
  private typealias List = (key: String, title: String, found: [VectorNeighbours.Neighbour])

  private func searches(in vectors: WordVectors) throws -> [List] {
    var lists: [List] = []
    guard neighbours != nil || !analogy.isEmpty else { return [] }
    let search = VectorNeighbours(vectors)
    if let neighbours {
      let found = try search.neighbours(of: neighbours, count: top, threads: work.threads)
      lists.append(("neighbours", "nearest to \(QuotedText.quote(neighbours)):", found))
    }
    if analogy.count == 3 {
      let found = try search.analogy(
        analogy[0], analogy[1], analogy[2], count: top, threads: work.threads)
      let words = analogy.map { QuotedText.quote($0) }
      lists.append(
        ("analogy", "what is to \(words[2]) as \(words[1]) is to \(words[0]):", found))
    }
    return lists
  }

  private func json(
    _ neighbour: VectorNeighbours.Neighbour, of vectors: WordVectors
  ) -> JSONValue {
    .members([
      "word": .string(vectors.vocabulary.string(neighbour.word)),
      "cosine": .decimal(neighbour.cosine),
    ])
  }
}

/// `docket vectors convert`: writes word vectors in another format.
private struct VectorsConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Convert word vectors to another format.",
    discussion: """
      Words and numbers are preserved exactly: decimals have the fewest digits that read back as \
      the same number. Of several rows with the same word, the first is kept. The file name \
      determines the format unless --form is given: .bin, .txt (word2vec text), .glove, .vec \
      (fastText), .safetensors; a name that ends in .gz is compressed.

      A .safetensors table is mapped into memory instead of being read: numbers are loaded when \
      they are needed. Replace such a file only by renaming another one over it: if it is \
      truncated, a process that uses it is killed by SIGBUS. Python reads it with \
      safetensors.numpy.load_file, as the tensors vectors, wordEnds and words.
      """)

  @OptionGroup var input: VectorFileOptions

  @Argument(help: "The file to write.")
  var output: String

  @Option(name: .long, help: "The format to write; by default from the file name.")
  var form: VectorFileOutputFormat?

  @OptionGroup var work: WorkOptions

  func run() throws {
    guard let form = form ?? VectorFileOutputFormat(path: output) else {
      throw Failure.Usage(
        sentence:
          "cannot tell the format from the name \(QuotedText.quote(output)); use --form text, "
          + "binary, glove, fasttext or safetensors")
    }
    let files = try OutputFiles(output, inputs: [input.file])
    defer { files.release() }
    let display = work.makeDisplay()
    defer { display.close() }
    display.show(.phase(PhaseRecord(.vectors)))
    let summary = try VectorFileSummary(reading: input.open(threads: work.threads, hashes: false))
    display.show(.phase(PhaseRecord(.writing)))
    try VectorFileWriter.write(summary.vectors, format: form, to: output, threads: work.threads)
    display.note("\(summary.counts); wrote \(summary.vectors.count) words to \(output)")
  }
}
