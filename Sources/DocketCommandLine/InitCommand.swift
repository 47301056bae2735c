import ArgumentParser
package import Docket
import FileAccess
import PipelineCore

extension DraftRecipe.Preset: ExpressibleByArgument {}

/// `docket init`: examines a corpus and writes a pipeline file.
struct InitCommand: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Examine a corpus and write a commented pipeline file for it.",
    discussion: """
      The corpus is a file of labelled documents, a folder with one folder per label, or a folder \
      that contains train and optionally test and validation. If the name of a file contains \
      train, files with test or validation in its place are used too. Without test documents, a \
      share of each label is held out.
      """)

  @Argument(help: "The labelled documents.")
  var corpus: String

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Labelled documents for evaluation, if they are not next to the training documents.",
      valueName: "path"))
  var test: String?

  @Option(
    name: .long,
    help: ArgumentHelp("A vector file: word2vec, GloVe or fastText .vec.", valueName: "file"))
  var vectors: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Documents without labels to learn word vectors from: text with one document per line, JSON "
        + "lines, or a folder of .txt files.", valueName: "path"))
  var unlabelled: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A model to start from, trained on other text in the same language: its layers and word "
        + "vectors are used.", valueName: "model"))
  var encoder: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The column or JSON member with the label, or the number of the column.", valueName: "name"))
  var labelColumn: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The column or JSON member with the text, or the number of the column.", valueName: "name"))
  var textColumn: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The character encoding of the documents, such as windows-1254; by default UTF-8.",
      valueName: "name"))
  var encoding: String?

  @Option(
    name: .long,
    help: """
      What to draft: a network, or a linear classifier over n-grams or over single words, which \
      classifies faster but is usually less accurate.
      """)
  var preset: DraftRecipe.Preset?

  @Flag(name: .long, help: "The same as --preset fast.")
  var fast = false

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Draft this classifier with its default settings, instead of a preset.", valueName: "stage"))
  var classifier: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The pipeline file to write; by default standard output.", valueName: "file"))
  var output = "-"

  @Flag(name: .long, help: "Overwrite the output if it exists.")
  var force = false

  @Flag(
    name: .customLong("no-measure"),
    help: "Do not compare text preparations by the accuracy of a simple classifier.")
  var skipsMeasuring = false

  @OptionGroup var work: WorkOptions

  func validate() throws {
    try CorpusReadingOptions.check(encoding)
    if let labelColumn, let textColumn, labelColumn.utf8.elementsEqual(textColumn.utf8) {
      throw ValidationError("--label-column and --text-column name the same column.")
    }
    if encoder != nil {
      let other = [
        preset.map { _ in "--preset" }, fast ? "--fast" : nil,
        classifier.map { _ in "--classifier" },
        vectors.map { _ in "--vectors" }, unlabelled.map { _ in "--unlabelled" },
      ].compactMap { $0 }.first
      if let other {
        throw ValidationError(
          "--encoder and \(other) cannot be combined: the model supplies the classifier and "
            + "vectors.")
      }
    }
    guard [preset != nil, fast, classifier != nil].count(where: { $0 }) <= 1 else {
      throw ValidationError("--preset, --fast and --classifier cannot be combined.")
    }
  }

  /// Returns the classifier to draft.
  private func recipe(stages: StageRegistry) throws -> DraftRecipe {
    var recipe = DraftRecipe(preset ?? (fast ? .fast : .accurate))
    if let classifier {
      guard let type = stages.classifier(named: classifier) else {
        let fact = ConfigurationFact.unknownStage(
          role: StageRole.classifier.rawValue, name: classifier,
          known: stages.names(of: .classifier),
          otherRole: stages.role(ofStage: classifier)?.rawValue)
        throw Failure.Usage(sentence: fact.sentence)
      }
      func required<C: Classifier>(_ type: C.Type) -> String? {
        C.Configuration.outline.first(where: \.isRequired)?.name
      }
      if let name = required(type) {
        throw Failure.Usage(
          sentence: "\(classifier) needs the setting \(QuotedText.quote(name)), which docket "
            + "init cannot choose for you")
      }
      recipe = DraftRecipe(of: type)
    }
    guard recipe.readsVectors || vectors == nil else {
      throw Failure.Usage(
        sentence: "--vectors has no effect: \(recipe.classifier) does not use word vectors")
    }
    guard recipe.readsVectors || unlabelled == nil else {
      throw Failure.Usage(
        sentence: "--unlabelled has no effect: \(recipe.classifier) does not use word vectors")
    }
    guard vectors == nil || unlabelled == nil else {
      throw Failure.Usage(
        sentence:
          "--unlabelled has no effect: with --vectors, vectors are learned only from the labelled "
          + "documents, if at all")
    }
    return recipe
  }

  /// The settings of the `corpus` section that were given as options.
  private var reading: [(setting: String, value: String)] {
    let given = [
      ("labelColumn", labelColumn), ("textColumn", textColumn), ("encoding", encoding),
    ]
    return given.compactMap { name, value in value.map { (name, $0) } }
  }

  func run(stages: StageRegistry) throws {
    let display = work.makeDisplay()
    defer { display.close() }
    for path in [corpus, test, vectors, unlabelled, encoder].compactMap({ $0 })
    where !OutputFiles.exists(path) {
      throw FileError(.missing, in: path)
    }
    let recipe = try recipe(stages: stages)
    let start = try encoder.map { path in
      guard let start = try DraftEncoder(model: path, stages: stages) else {
        throw Failure.Usage(
          sentence: "--encoder: \(QuotedText.quote(path)) has no recurrent layers; specify a model "
            + "with bilstm.v1 or recurrent.v1")
      }
      return start
    }
    let inputs =
      try PipelineDraft.files(of: corpus, test: test)
      + [vectors, unlabelled, encoder].compactMap { $0 }
    func draft(in folder: String) throws -> PipelineDraft {
      try FileKind.expecting(.corpus, at: corpus) {
        try PipelineDraft(
          corpus: corpus, test: test, vectors: vectors, unlabelled: unlabelled, encoder: start,
          reading: reading, recipe: recipe, measures: !skipsMeasuring, folder: folder,
          stages: stages, threads: work.threads, report: display.show)
      }
    }
    guard output != "-" else {
      try OutputFiles.checkStreams(inputs: inputs)
      let draft = try draft(in: ".")
      let estimate = estimate(of: draft, display)
      display.close()
      try CheckedOutput.writeResult(draft.text)
      if let estimate { display.note(estimate) }
      return
    }
    guard force || !OutputFiles.exists(output) else {
      throw Failure.Usage(
        sentence: "\(QuotedText.quote(output)) already exists; use --force to replace it, or "
          + "choose another --output")
    }
    let files = try OutputFiles(output, inputs: inputs)
    defer { files.release() }
    let draft = try draft(in: Folder.split(output).folder)
    try AtomicFile.write(path: output, draft.text.utf8)
    if let estimate = estimate(of: draft, display) { display.note(estimate) }
    display.note("wrote \(output); next: docket check \(output), docket run \(output)")
  }

  /// Returns a sentence about the time and memory that a run takes; `nil` if they are not known or
  /// not shown.
  private func estimate(of draft: PipelineDraft, _ display: ProgressDisplay) -> String? {
    guard !work.quiet else { return nil }
    return draft.estimate(threads: work.threads, report: display.show)?
      .sentence(threads: work.threads)
  }
}
