import ArgumentParser
import Docket
import FileAccess
import Platform
import Models
import PipelineFiles

/// `docket tokenize`: reads documents and writes the tokens of each on one line.
struct TokenizeCommand: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize",
    abstract: "Tokenize documents, one line each.",
    discussion: """
      Tokens are separated by single spaces; control characters within a token are written as \
      escapes such as \\t and \\u{1B}. A document that cannot be used results in an empty line and a \
      message on standard error; the exit code is then 1.
      """)

  @Argument(help: "A pipeline file or a model.")
  var source: String

  @OptionGroup var documents: DocumentOptions

  @Option(
    name: .long, parsing: .singleValue,
    help: ArgumentHelp(
      "Override a setting in the pipeline file; repeatable.", valueName: "key=value"))
  var set: [String] = []

  @Flag(
    name: .long,
    help: "Read label<TAB>text lines and print the label first, with underscores for spaces.")
  var labelled = false

  @OptionGroup var programs: ProgramOptions

  @OptionGroup var work: WorkOptions

  var programAccess: ProgramAccess? { programs.access }

  func run(stages: StageRegistry) throws {
    let output = try documents.makeOutput(inputs: [source])
    defer { output?.release() }
    let isModel = source.hasSuffix(".docket")
    if isModel && !set.isEmpty {
      throw Failure.Usage(
        sentence: "--set requires a pipeline file; the settings of a model cannot be changed")
    }
    let display = work.makeDisplay()
    let preparation: TextPreparation
    let corpus: CorpusSection
    if isModel {
      // A model is complete even if a word list is empty, so the corpus that it names is not read.
      let model = try CommandInput.model(source, stages: stages)
      for warning in model.warnings { display.note(warning) }
      (preparation, corpus) = (model.preparation, model.description.corpus)
    } else {
      let description = try CommandInput.pipeline(
        source, overrides: set, stages: stages, requireFiles: false)
      preparation = TextPreparation(try description.settled(threads: work.threads))
      corpus = description.corpus
    }
    work.startThreads(display)
    let stream = DocumentStream(
      options: documents,
      members: DocumentMembers(text: documents.textMember(corpus)),
      documentBytes: preparation.limits.documentBytes, batchSize: 4096,
      phase: .tokenizing, display: display)
    try stream.runWithSummary { batch in
      let parts = batch.map { split((try? $0.text.get()) ?? []) }
      let results = preparation.prepare(parts.map(\.text), threads: work.threads)
      return zip(zip(batch, parts), results).map { pair, result in
        let (document, part) = pair
        let prepared = document.text.flatMap { _ in result }
        if let error = prepared.error {
          display.note("document \(document.id.text()): \(error.sentence) [\(error.code)]")
        }
        return DocumentStream.Answer(
          record: part.label + line(prepared), error: prepared.error,
          warnings: (try? prepared.get())?.warnings ?? [])
      }
    }
  }

  /// Returns the tokens separated by spaces, followed by a line feed.
  private func line(_ prepared: Result<PreparedDocument, DocumentError>) -> [UInt8] {
    var line: [UInt8] = []
    if let tokens = try? prepared.get().tokens {
      for index in 0..<tokens.count {
        if index > 0 { line.append(UInt8(ascii: " ")) }
        line += QuotedText.field(tokens.string(index), keepsMarks: true).utf8
      }
    }
    line.append(UInt8(ascii: "\n"))
    return line
  }

  /// Splits a line into the label, including the tab that ends it, and the text.
  private func split(_ line: [UInt8]) -> (label: [UInt8], text: [UInt8]) {
    guard labelled, let tab = line.firstIndex(of: UInt8(ascii: "\t")) else { return ([], line) }
    let label = line[..<tab].map { $0 == UInt8(ascii: " ") ? UInt8(ascii: "_") : $0 }
    let field = QuotedText.field(String(decoding: label, as: UTF8.self), keepsMarks: true)
    return (Array("\(field)\t".utf8), Array(line[(tab + 1)...]))
  }
}

extension PipelineDescription {
  /// The files of the corpus and of the text stages. The files of the embedding are included only
  /// if the text preparation depends on the vectors, because only then does `settled` read them.
  var filesForText: [FilePath] {
    let stages: [any Stage] = normalizers + [tokenizer]
    let readsVectors =
      normalizesByVectors || language?.isOpen == true
      || (tokenizer as? any WordListStage).map { $0.words.count == 0 && $0.wordFile == nil } == true
    return corpus.files + stages.flatMap { $0.files }
      + (readsVectors ? embedding?.parts.flatMap { $0.files } ?? [] : [])
  }

  /// Returns the pipeline with all choices that depend on the corpus resolved and its word lists
  /// added, so that it produces the same tokens as in training.
  ///
  /// - Throws: `Failure.Usage` if this requires a training corpus and the pipeline does not name
  ///   one.
  func settled(threads: Int) throws -> PipelineDescription {
    let isOpen = language?.isOpen == true || normalizesByVectors
    guard isOpen || needsWordLists else { return self }
    guard corpus.train.isEmpty else { return try decidingText(threads: threads).description }
    guard !isOpen else {
      let key = normalizesByVectors ? "normalize" : "language"
      throw Failure.Usage(
        sentence: "\(key): auto requires a training corpus, and the pipeline has none; use "
          + "--set corpus.train=FILE or --set language=CODE")
    }
    return try addingWordLists(from: [], threads: threads)
  }
}
