import ArgumentParser
import Embeddings

/// `docket vectors convert`: the same vectors in another form.
struct VectorsConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Write word vectors in another form.",
    discussion: """
      Words and numbers stay the same bits: decimals are the shortest that read back as the same \
      number. Of rows with the same word the first is kept. The form follows from the name unless \
      --form says it: .bin, .txt (word2vec text), .glove, .vec (fastText), .safetensors; a name that \
      ends in .gz is packed.

      Every verb that reads vectors maps a .safetensors table in place of reading it: numbers come from \
      the disk as they are needed. Replace such a file only by renaming another one: a process that \
      uses it ends with SIGBUS if it is cut off. Python reads it with safetensors.numpy.load_file: \
      vectors, wordEnds and words.
      """)

  @OptionGroup var input: VectorFileOptions

  @Argument(help: "The file to write.")
  var output: String

  @Option(name: .long, help: "The form to write.")
  var form: VectorFileOutputFormat?

  @OptionGroup var work: WorkOptions

  func run() throws {
    guard let form = form ?? VectorFileOutputFormat(path: output) else {
      throw Failure.Usage(
        sentence: "the name \(output) does not say which form is meant; give --form text, binary, "
          + "glove, fasttext or safetensors")
    }
    try OutputFiles.prove([output], inputs: [input.file])
    let summary = try VectorFileSummary(reading: input.open(threads: work.threads, hashes: false))
    try VectorFileWriter.write(summary.vectors, format: form, to: output, threads: work.threads)
    ProgressDisplay(style: .plain, isQuiet: work.quiet)
      .note("\(summary.counts); wrote \(summary.vectors.count) words to \(output)")
  }
}
