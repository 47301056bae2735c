import ArgumentParser
import Docket
import FileAccess

/// `docket init`: looks at data and writes a pipeline file.
struct InitCommand: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Look at a corpus and write a commented pipeline file that docket run takes.",
    discussion: """
      The corpus is a file of labelled documents, a folder with a folder for each label, or a folder \
      that holds train and perhaps test and validation. Beside a file with train in its name those \
      with test and validation in its place are found. Without test documents a share of each label \
      is held out.
      """)

  @Argument(help: "The labelled documents.")
  var corpus: String

  @Option(
    name: .long,
    help: ArgumentHelp("Word vectors: word2vec, GloVe or fastText .vec.", valueName: "file"))
  var vectors: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The pipeline file to write, in place of standard output.", valueName: "file"))
  var output = "-"

  @Flag(name: .long, help: "Overwrite the output if it is there.")
  var force = false

  @OptionGroup var work: WorkOptions

  func run(stages: StageRegistry) throws {
    guard output != "-" else {
      let draft = try PipelineDraft(
        corpus: corpus, vectors: vectors, stages: stages, threads: work.threads)
      let result = CheckedOutput.standardOutput()
      try result.write(draft.text)
      try result.flush()
      return
    }
    guard force || !OutputFiles.exists(output) else {
      throw Failure.Usage(
        sentence: "\(QuotedText.quote(output)) is there already; write --force to replace it, or "
          + "name another --output")
    }
    try OutputFiles.prove([output], inputs: [corpus] + (vectors.map { [$0] } ?? []))
    let draft = try PipelineDraft(
      corpus: corpus, vectors: vectors, folder: Folder.split(output).folder, stages: stages,
      threads: work.threads)
    try AtomicFile.write(path: output, draft.text.utf8)
    let display = ProgressDisplay(style: .plain, isQuiet: work.quiet)
    display.note("wrote \(output); go on with docket check and docket run \(output)")
  }
}
