import ArgumentParser
import Docket
import FileAccess
import PipelineFiles

/// `docket cross-validate`: scores a pipeline on folds of its training documents.
struct CrossValidateCommand: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "cross-validate",
    abstract: "Train and evaluate a pipeline on folds of its training documents.",
    discussion: """
      The training documents are divided into k folds with nearly the same label proportions; \
      exact and near duplicates stay together. Each fold is classified by a model that was \
      trained on the others. Prints the mean and the standard deviation of the scores, and writes \
      them to cross-validation.json and all predictions to predictions.jsonl. Test documents are \
      not read, and no model is kept.
      """)

  @OptionGroup var options: PipelineOptions

  @OptionGroup var folds: FoldOptions

  @Flag(name: .long, help: "Print the scores as JSON.")
  var json = false

  var programAccess: ProgramAccess? { options.programs.access }

  func run(stages: StageRegistry) throws {
    let description = try options.load(stages: stages)
    let (folder, files) = try folds.outputs(CrossValidation.fileNames, options, description)
    defer { files.release() }
    let (training, display) = try options.training(description)
    defer { display.close() }
    let result = try training.namingCheckpoint {
      try training.crossValidate(folds: folds.folds, repeats: folds.repeats)
    }
    display.show(.phase(PhaseRecord(.writing)))
    try result.write(description, to: folder)
    display.close()
    try json
      ? CheckedOutput.writeResult(result.json(description))
      : CheckedOutput.writeResult(result.text(description, title: options.name))
    if let note = files.replacementNote { display.note(note) }
    display.note("wrote \(CrossValidation.fileNames.joined(separator: ", ")) to \(folder)")
  }
}
