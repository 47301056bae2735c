import ArgumentParser
import Docket
import FileAccess
import PipelineFiles

/// `docket audit`: finds training documents that are probably mislabelled.
struct AuditCommand: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Find training documents with labels that are probably wrong.",
    discussion: """
      Each training document is classified by a model that was not trained on it, as in \
      cross-validate. Prints likely label errors, duplicates under different labels, documents \
      that fit no label, and labels that overlap; writes a summary to audit.json and all findings, \
      the most certain first, to audit.jsonl. The corpus is not changed.
      """)

  @OptionGroup var options: PipelineOptions

  @OptionGroup var folds: FoldOptions

  @Flag(name: .long, help: "Leave the texts of the documents out of the results.")
  var noTexts = false

  @Flag(name: .long, help: "Print the summary as JSON.")
  var json = false

  var programAccess: ProgramAccess? { options.programs.access }

  func run(stages: StageRegistry) throws {
    let description = try options.load(stages: stages)
    let (folder, files) = try folds.outputs(CorpusAudit.fileNames, options, description)
    defer { files.release() }
    let (training, display) = try options.training(description)
    defer { display.close() }
    let audit = try training.namingCheckpoint {
      try training.audit(folds: folds.folds, repeats: folds.repeats)
    }
    display.show(.phase(PhaseRecord(.writing)))
    // A pipeline can turn off texts in all reports, for example for confidential documents.
    let withTexts = !noTexts && description.report.texts != .none
    try audit.write(description, to: folder, withTexts: withTexts)
    display.close()
    try json
      ? CheckedOutput.writeResult(audit.json(description))
      : CheckedOutput.writeResult(
        audit.text(description, title: options.name, withTexts: withTexts))
    if let note = files.replacementNote { display.note(note) }
    display.note("wrote \(CorpusAudit.fileNames.joined(separator: ", ")) to \(folder)")
  }
}
