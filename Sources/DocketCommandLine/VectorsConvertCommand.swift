import ArgumentParser
import Embeddings
import FileAccess

/// `docket vectors convert`: writes word vectors in another format.
struct VectorsConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Convert word vectors to another format.",
    discussion: """
      Words and numbers are preserved exactly: decimals are the shortest that read back as the same \
      number. Of several rows with the same word, the first is kept. The file name determines the \
      format unless --form is given: .bin, .txt (word2vec text), .glove, .vec (fastText), \
      .safetensors; a name that ends in .gz is compressed.

      A .safetensors table is mapped into memory instead of being read: numbers are loaded when they \
      are needed. Replace such a file only by renaming another one over it: a process that uses it \
      ends with SIGBUS if it is truncated. Python reads it with safetensors.numpy.load_file: \
      vectors, wordEnds and words.
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
    let summary = try VectorFileSummary(reading: input.open(threads: work.threads, hashes: false))
    try VectorFileWriter.write(summary.vectors, format: form, to: output, threads: work.threads)
    ProgressDisplay(style: .plain, isQuiet: work.quiet)
      .note("\(summary.counts); wrote \(summary.vectors.count) words to \(output)")
  }
}
