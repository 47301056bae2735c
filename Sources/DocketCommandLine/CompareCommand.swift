import ArgumentParser
import Corpora
import Docket
import FileAccess
import Models
import PipelineCore
import PipelineFiles
import Reports

/// `docket compare`: reports the differences between models on the same documents.
struct CompareCommand: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare models, or the predictions of other programs, on the same documents.",
    discussion: """
      A candidate is a model, the output folder of a run, or a file with predictions: one line per \
      document of the corpus, in the same order, with a label, or label<TAB>probability pairs as \
      classify writes them. All others are compared with the first. Without --corpus, the test \
      documents of the first model are used, including those that corpus.testShare held out.
      """)

  @Argument(help: "The models, run folders or prediction files; at least two.")
  var candidates: [String]

  @Option(
    name: .long, parsing: .upToNextOption,
    help: ArgumentHelp("Labelled documents: files or folders.", valueName: "path"))
  var corpus: [String] = []

  @OptionGroup var reading: CorpusReadingOptions

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Also write comparison.json and changed.jsonl, the documents with different predictions, to "
        + "this folder.", valueName: "folder"))
  var output: String?

  @Flag(name: .long, help: "Leave the texts of documents out of changed.jsonl.")
  var noTexts = false

  @Flag(
    name: .long,
    help: "Exit with 1 if another candidate is significantly worse than the first (McNemar's test)."
  )
  var failIfWorse = false

  @Flag(name: .long, help: "Print the comparison as JSON.")
  var json = false

  @OptionGroup var programs: ProgramOptions

  @OptionGroup var work: WorkOptions

  var programAccess: ProgramAccess? { programs.access }

  private static let fileNames = ["comparison.json", "changed.jsonl"]

  func run(stages: StageRegistry) throws {
    guard candidates.count > 1 else {
      throw Failure.Usage(sentence: "specify at least two models or prediction files to compare")
    }
    guard !noTexts || output != nil else {
      throw Failure.Usage(sentence: "--no-texts has no effect without --output")
    }
    let display = work.makeDisplay()
    defer { display.close() }
    let models = try candidates.map { path in
      try Self.modelPath(path).map { try CommandInput.model($0, stages: stages) }
    }
    let first = models.compactMap { $0 }.first
    let section = first?.description.corpus ?? CorpusSection()
    let paths = corpus.isEmpty ? section.testFiles.map(\.resolved) : corpus
    guard !paths.isEmpty else {
      throw Failure.Usage(sentence: "specify the labelled documents with --corpus")
    }
    var files: OutputFiles?
    if let output {
      guard !output.isEmpty else { throw Failure.Usage(sentence: "--output requires a folder") }
      files = try OutputFiles(Self.fileNames, in: output, inputs: candidates + paths)
    } else {
      try OutputFiles.checkStreams(inputs: candidates + paths)
    }
    defer { files?.release() }
    display.show(.phase(PhaseRecord(.reading)))
    let documents = try FileKind.expecting(.corpus, at: paths[0]) {
      try corpus.isEmpty
        ? Self.testDocuments(of: first, section) : reading.read(paths, section)
    }
    for warning in documents.warnings { display.note("\(warning)") }
    for warning in reading.warnings(about: documents) { display.note(warning) }
    for model in models {
      if let warning = model?.unknownLabelsWarning(documents) {
        display.note("warning: \(warning) [no-known-label]")
      }
    }
    let warnings = trainedOnWarnings(models, documents, section)
    for warning in warnings { display.note("warning: \(warning)") }
    work.startThreads(display)
    let results = try zip(candidates, models).map { path, model in
      let evaluation =
        try model?.evaluate(on: documents, threads: work.threads, report: display.show)
        ?? PredictionFile(path: path, for: documents).evaluation(
          on: documents, threads: work.threads)
      return Comparison.Candidate(
        name: path, evaluation: evaluation, remarks: model?.model.facts.remarks ?? [])
    }
    display.show(.phase(PhaseRecord(.comparing)))
    var comparison = Comparison(results, threads: work.threads)
    comparison.warnings = warnings
    display.close()
    let bytes = comparison.json().encoded(.indented) + [0x0A]
    // Write the files first, because the reader of standard output may close the pipe.
    if let output {
      try AtomicFile.write(path: "\(output)/\(Self.fileNames[0])", bytes)
      let changed = comparison.changedDocuments.flatMap { number in
        let document = documents.documents[number]
        let line = comparison.changedLine(
          number, position: document.position, id: document.id,
          text: noTexts ? nil : document.text)
        return Array((line.text() + "\n").utf8)
      }
      try AtomicFile.write(path: "\(output)/\(Self.fileNames[1])", changed)
      if let note = files?.replacementNote { display.note(note) }
      display.note("wrote \(Self.fileNames.joined(separator: ", ")) to \(output)")
    }
    try CheckedOutput.writeResult(json ? bytes : Array(comparison.text().utf8)) {
      let worse = comparison.worseVerdicts
      guard failIfWorse, !(worse + warnings).isEmpty else { return }
      for warning in warnings {
        display.reason("--fail-if-worse: \(warning)", code: "trained-on-documents")
      }
      for verdict in worse {
        display.reason("--fail-if-worse: \(verdict)", code: "significantly-worse")
      }
      throw ExitCode(1)
    }
  }

  /// Returns a warning for each model that was trained on the documents.
  ///
  /// - Parameter section: the corpus settings of the first model.
  private func trainedOnWarnings(
    _ models: [TrainedPipeline?], _ documents: Corpus, _ section: CorpusSection
  ) -> [String] {
    zip(candidates, models).compactMap { path, model in
      guard let model else { return nil }
      let own = model.description.corpus
      // Models with the same share have held out the same documents of the same corpus.
      if corpus.isEmpty, section.test.isEmpty, own.test.isEmpty,
        own.testShare == section.testShare, model.record.corpusFingerprint == documents.sha256
      {
        return nil
      }
      return model.trainedOnSentence(documents, model: path).map { "\(path): \($0)" }
    }
  }

  /// Reads the test documents that the pipeline of a model names, or holds out from its training
  /// documents.
  ///
  /// - Throws: `Failure.Usage` if the held-out documents would not be the same as in training.
  private static func testDocuments(
    of model: TrainedPipeline?, _ section: CorpusSection
  ) throws -> Corpus {
    let documents = try section.readTest()
    if section.test.isEmpty, let model, model.record.corpusFingerprint != documents.sha256 {
      throw Failure.Usage(
        sentence: "the training documents have changed since the model was trained, so the "
          + "documents held out for evaluation cannot be determined; specify labelled documents "
          + "with --corpus")
    }
    return documents
  }

  /// Returns the model file at `path` or in the folder of a run; `nil` for a file with predictions.
  private static func modelPath(_ path: String) throws -> String? {
    if try Folder.isFolder(path) { return "\(path)/\(PipelineRun.modelName)" }
    // Otherwise, a pipeline file would be read as predictions, line by line.
    if FileKind(of: path) == .pipeline { return path }
    return ModelArchive.isModel(path) ? path : nil
  }
}
