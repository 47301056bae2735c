import ArgumentParser
import Docket
import FileAccess
import Models
import PipelineFiles

/// `docket suggest`: chooses the unlabelled documents that are most worth labelling.
struct SuggestCommand: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "suggest",
    abstract: "Choose the unlabelled documents that are most worth labelling.",
    discussion: """
      Prints a JSON object per document, starting with the documents whose two most probable \
      labels are closest in probability. Each predicted label gets an equal share of the \
      documents, and documents that resemble a chosen one are left out. "label" is the model's \
      prediction.
      """)

  @Argument(help: "The model file.")
  var model: String

  @OptionGroup var documents: DocumentOptions

  @Option(name: .long, help: ArgumentHelp("The number of documents to choose.", valueName: "n"))
  var count = 100

  @OptionGroup var identity: IdentityOptions

  @OptionGroup var programs: ProgramOptions

  @OptionGroup var work: WorkOptions

  func validate() throws {
    guard (1...100_000).contains(count) else {
      throw ValidationError("--count must be between 1 and 100000.")
    }
    try identity.validate(with: documents)
  }

  var programAccess: ProgramAccess? { programs.access }

  func run(stages: StageRegistry) throws {
    let output = try documents.makeOutput(inputs: [model])
    defer { output?.release() }
    let pipeline = try CommandInput.model(model, stages: stages)
    let display = work.makeDisplay()
    for warning in pipeline.warnings { display.note(warning) }
    work.startThreads(display)
    let members = DocumentMembers(
      text: documents.textField ?? pipeline.description.corpus.textColumn, id: identity.member)
    let stream = DocumentStream(
      options: documents, members: members,
      documentBytes: pipeline.description.limits.documentBytes, batchSize: 512 * work.threads,
      idField: identity.idField, display: display)
    var sample = UncertaintySample(count: count, labelCount: pipeline.labels.count)
    try stream.runWithSummary { batch in
      zip(batch, pipeline.predict(batch, threads: work.threads)).map { document, result in
        if case .success(let prediction) = result { sample.add(document, prediction) }
        let warnings = (try? result.get())?.warnings ?? []
        return DocumentStream.Answer(error: result.error, warnings: warnings)
      }
    } atEnd: {
      let chosen = sample.chosen(pipeline.preparation, threads: work.threads)
      if chosen.count < count {
        display.note(
          "chose \(chosen.count) documents; all others resemble one of them or are empty")
      }
      return chosen.flatMap { Array(record(of: $0, labels: pipeline.labels).utf8) }
    }
  }

  /// Returns a document as a line of JSON.
  private func record(of candidate: UncertaintySample.Candidate, labels: LabelSet) -> String {
    let text = JSONMember("text", .string(String(decoding: candidate.text, as: UTF8.self)))
    let members =
      [text] + candidate.idMembers + [
        JSONMember("label", .string("\(labels[candidate.labels.best])")),
        JSONMember("probability", .decimal(candidate.probability)),
        JSONMember("second", .string("\(labels[candidate.labels.second])")),
        JSONMember("margin", .decimal(candidate.margin)),
      ]
    return JSONValue.object(members).text() + "\n"
  }
}
