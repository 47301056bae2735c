import ArgumentParser
import Docket
import FileAccess
import Glibc
import Models
import PipelineFiles

/// `docket tokenize`: documents in, tokens out.
struct TokenizeCommand: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize",
    abstract: "Cut documents from standard input into tokens, one line each.",
    discussion: """
      Tokens are separated by single spaces. A document that cannot be used gives an empty line and \
      a message on standard error, and the exit code is 1.
      """)

  @Argument(help: "A pipeline file or a model.")
  var source: String

  @Option(name: .long, help: "How the documents come in.")
  var format = DocumentFormat.lines

  @Option(
    name: .long, parsing: .singleValue,
    help: ArgumentHelp("Lay a setting over the pipeline file.", valueName: "key=value"))
  var set: [String] = []

  @Flag(
    name: .long,
    help: "Lines are label<TAB>text; the label is kept in front, with its spaces as underscores.")
  var labelled = false

  @OptionGroup var work: WorkOptions

  func run(stages: StageRegistry) throws {
    let isModel = source.hasSuffix(".docket")
    if isModel && !set.isEmpty {
      throw Failure.Usage(
        sentence: "--set changes a pipeline file; a model stays as it was trained")
    }
    let description =
      isModel
      ? try ModelArchive.read(source, stages: stages).description
      : try PipelineDescription.load(
        path: source, overrides: set, stages: stages, requireFiles: false)
    let preparation = TextPreparation(try description.settled(threads: work.threads))
    let output = CheckedOutput.standardOutput()
    let display = ProgressDisplay(style: .plain, isQuiet: work.quiet)
    var reader = DocumentReader(
      InputDescriptor(STDIN_FILENO, name: "standard input"), name: "standard input",
      format: format, limit: description.limits.documentBytes)
    var failed = 0
    while case let batch = try reader.nextBatch(most: 4096), !batch.isEmpty {
      let parts = batch.map { split((try? $0.text.get()) ?? []) }
      let results = preparation.prepare(parts.map(\.text), threads: work.threads)
      for ((document, part), result) in zip(zip(batch, parts), results) {
        try output.write(part.label)
        switch document.text.flatMap({ _ in result }) {
        case .success(let prepared):
          for index in 0..<prepared.tokens.count {
            if index > 0 { try output.write(" ") }
            try output.write(prepared.tokens.bytes(index))
          }
        case .failure(let error):
          failed += 1
          display.note("document \(document.id.text()): \(error.sentence) [\(error.code)]")
        }
        try output.write("\n")
      }
      try output.flush()
    }
    if failed > 0 { throw ExitCode(1) }
  }

  /// The label with its tab, and the text behind it.
  private func split(_ line: [UInt8]) -> (label: [UInt8], text: [UInt8]) {
    guard labelled, let tab = line.firstIndex(of: UInt8(ascii: "\t")) else { return ([], line) }
    let label = line[...tab].map { $0 == UInt8(ascii: " ") ? UInt8(ascii: "_") : $0 }
    return (label, Array(line[(tab + 1)...]))
  }
}
