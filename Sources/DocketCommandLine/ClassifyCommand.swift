import ArgumentParser
import Docket
import FileAccess
import Messages
import Platform
import Models
import PipelineFiles

/// The number of labels in a record.
enum LabelCount: ExpressibleByArgument {
  case first(Int)
  case all

  init?(argument: String) {
    if argument == "all" {
      self = .all
    } else if let count = Int(argument) {
      self = .first(count)
    } else {
      return nil
    }
  }

  var defaultValueDescription: String {
    switch self {
    case .first(let count): "\(count)"
    case .all: "all"
    }
  }

  /// Returns the number of labels to print for a model with `labels` labels.
  func count(of labels: Int) -> Int {
    switch self {
    case .first(let count): min(count, labels)
    case .all: labels
    }
  }
}

/// The minimum probability of a label that is printed.
enum MinimumConfidence: ExpressibleByArgument {
  case fixed(Double)
  /// The lowest threshold for which this share of the validation documents at or above it is
  /// labelled correctly.
  case accuracy(Double)

  init?(argument: String) {
    let text = argument.hasPrefix("auto:") ? String(argument.dropFirst(5)) : argument
    guard let value = Double(text) else { return nil }
    self = argument.hasPrefix("auto:") ? .accuracy(value) : .fixed(value)
  }

  /// The associated value.
  var share: Double {
    switch self {
    case .fixed(let value), .accuracy(let value): value
    }
  }

  var defaultValueDescription: String {
    switch self {
    case .fixed(let value): "\(value)"
    case .accuracy(let value): "auto:\(value)"
    }
  }
}

/// The output for a document without tokens.
enum EmptyDocuments: String, CaseIterable, ExpressibleByArgument {
  case label, unknown
}

/// `docket classify`: reads documents and writes one record for each, in the same order.
struct ClassifyCommand: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify",
    abstract: "Classify documents and print a record for each.",
    discussion: """
      A record is label<TAB>probability, or error<TAB>reason for a document that cannot be used. \
      If there are error records, the exit code is 1 and standard error says how many.
      """)

  @Argument(help: "The model file.")
  var model: String

  @OptionGroup var documents: DocumentOptions

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The number of labels to print per document, or all.", valueName: "k"))
  var top = LabelCount.first(1)

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Print \"unknown\" instead of a label with a probability below p. With auto:0.95, p is the "
        + "lowest value at which 95 % of the labels printed for validation documents are correct.",
      valueName: "p"))
  var minConfidence = MinimumConfidence.fixed(0)

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Print every plausible label, so that the correct one is among them for this share of the "
        + "documents, such as 0.95; print \"unknown\" if no label is plausible.",
      valueName: "share"))
  var coverage: Double?

  @Flag(
    name: .long,
    help: ArgumentHelp(
      "Use only the linear part of a model with a network for documents where it is confident: "
        + "faster, with the same labels for nearly all documents."))
  var cascade = false

  @Option(
    name: .long,
    help: ArgumentHelp(
      "With --cascade, the share of validation documents that must get the label that the whole "
        + "model would give them.",
      valueName: "share"))
  var agreement = Cascade.defaultAgreement

  @Option(
    name: .long,
    help: "What to print for a document without tokens: its most probable label, or \"unknown\".")
  var empty = EmptyDocuments.label

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Compare the documents with the validation documents of the model, and write the differences "
        + "to this file, as JSON.", valueName: "file"))
  var monitor: String?

  @OptionGroup var record: RecordOptions

  @OptionGroup var programs: ProgramOptions

  @OptionGroup var work: WorkOptions

  func validate() throws {
    if case .first(..<1) = top { throw ValidationError("--top must be at least 1.") }
    guard (0...1).contains(minConfidence.share) else {
      throw ValidationError(
        "--min-confidence must be between 0 and 1, or auto: followed by an accuracy, such as "
          + "auto:0.95.")
    }
    if let coverage {
      guard coverage > 0, coverage < 1 else {
        throw ValidationError("--coverage must be between 0 and 1, such as 0.95.")
      }
      guard case .first(1) = top else {
        throw ValidationError("--coverage determines how many labels are printed; omit --top.")
      }
    }
    if cascade {
      guard agreement > 0, agreement <= 1 else {
        throw ValidationError("--agreement must be above 0 and at most 1, such as 0.995.")
      }
      // These options use the probabilities of the whole model.
      if coverage != nil {
        throw ValidationError("--coverage requires the whole model; omit --cascade.")
      }
      if monitor != nil {
        throw ValidationError("--monitor requires the whole model; omit --cascade.")
      }
      if case .accuracy = minConfidence {
        throw ValidationError("--min-confidence auto requires the whole model; omit --cascade.")
      }
    }
    try record.validate(with: documents)
  }

  var programAccess: ProgramAccess? { programs.access }

  func run(stages: StageRegistry) throws {
    let output = try documents.makeOutput(inputs: [model])
    defer { output?.release() }
    if monitor != nil, monitor == documents.output {
      throw Failure.Usage(sentence: "--monitor and --output name the same file")
    }
    let monitored = try monitor.map { try OutputFiles($0, inputs: [model, documents.input]) }
    defer { monitored?.release() }
    let pipeline = try CommandInput.openModel(model, stages: stages)
    let display = work.makeDisplay()
    let plan = cascade ? try chosenCascade(pipeline, display) : nil
    let records = RecordFormat(
      isJSON: record.json, top: top.count(of: pipeline.labels.count),
      minimumConfidence: try minimum(pipeline, display),
      setThreshold: try coverage.map {
        try Self.known(pipeline.validationConfidence, to: "choose a threshold with")
          .labelSetThreshold(coverage: $0)
      },
      rejectsEmpty: empty == .unknown)
    for warning in pipeline.warnings { display.note(warning) }
    if !record.json, documents.output.hasSuffix(".csv") {
      display.note("note: the records in \(documents.output) are separated by tabs, not by commas")
    }
    work.startThreads(display)
    let stream = DocumentStream(
      options: documents, members: record.members(documents, corpus: pipeline.description.corpus),
      documentBytes: pipeline.description.limits.documentBytes, batchSize: 512 * work.threads,
      idField: record.identity.idField, display: display)
    let before = try monitor.map { _ in
      try Self.known(pipeline.validationProfile, to: "compare with")
    }
    var profile = before.map { _ in DocumentProfile(labelCount: pipeline.labels.count) }
    let outcome = Result {
      try stream.runWithSummary { batch in
        let results = pipeline.predict(
          batch, cascade: plan, threads: work.threads, addingTo: &profile)
        try pipeline.checkFile()
        var answers = [DocumentStream.Answer](repeating: .init(), count: batch.count)
        Shards.forEach(&answers, threads: work.threads, chunk: 64) { number, answer in
          let record = records.record(batch[number], results[number], labels: pipeline.labels)
          answer.record = Array(record.utf8)
          switch results[number] {
          case .success(let prediction):
            answer.warnings = prediction.warnings
            answer.isRejected = records.rejects(prediction)
          case .failure(let error): answer.error = error
          }
        }
        return answers
      }
    }
    // Documents that could not be used do not prevent the comparison with the validation documents.
    if case .failure(let error) = outcome, !(error is ExitCode) {
      throw monitor.map { IncompleteOutput.replacing(error, missing: $0) } ?? error
    }
    if let monitor, let before, let profile {
      let drift = Drift(from: before, to: profile, labels: pipeline.labels)
      try AtomicFile.write(path: monitor, drift.json.encoded(.indented) + [0x0A])
      for sentence in drift.sentences { display.note(sentence, code: "drift") }
      display.note("wrote \(monitor)")
    }
    try outcome.get()
  }

  /// Returns the cascade, which determines which documents the linear part classifies alone.
  ///
  /// - Throws: `Failure.Usage` if the model does not support a cascade, or if no threshold is
  ///   possible.
  private func chosenCascade(
    _ pipeline: TrainedPipeline, _ display: ProgressDisplay
  ) throws -> Cascade {
    guard pipeline.linearAnswers != nil else {
      throw Failure.Usage(
        sentence:
          "--cascade requires a model that has a network, a linear part and validation documents, "
          + "and that was trained without thresholds by this or a later version of docket; "
          + "omit --cascade")
    }
    guard let cascade = pipeline.cascade(agreement: agreement) else {
      throw Failure.Usage(
        sentence: "no confidence threshold gives \(NumberFormat.percent(agreement)) of the "
          + "validation documents the same label as the whole model; choose an --agreement below "
          + "\(agreement)")
    }
    display.note(
      "cascade: the linear part alone labels \(NumberFormat.percent(cascade.coverage)) of the "
        + "validation documents, those with a confidence of \(cascade.confidence) or more; "
        + "\(NumberFormat.percent(cascade.agreement)) of all validation documents get the label "
        + "that the whole model would give them")
    return cascade
  }

  /// Returns the minimum probability of a label that is printed.
  ///
  /// - Throws: `Failure.Usage` if the validation documents do not determine a minimum.
  private func minimum(_ pipeline: TrainedPipeline, _ display: ProgressDisplay) throws -> Double {
    switch minConfidence {
    case .fixed(let value): return value
    case .accuracy(let accuracy):
      let confidence = try Self.known(
        pipeline.validationConfidence, to: "choose a threshold with")
      guard let threshold = confidence.threshold(accuracy: accuracy) else {
        throw Failure.Usage(
          sentence: "no minimum confidence gives \(NumberFormat.percent(accuracy)) accuracy on the "
            + "validation documents; choose an accuracy below \(accuracy)")
      }
      let interval = threshold.accuracyInterval
      let ends = [interval.lowerBound, interval.upperBound].map {
        NumberFormat.decimal($0 * 100, 2)
      }
      display.note(
        "minimum confidence \(threshold.confidence): \(NumberFormat.percent(threshold.coverage)) of "
          + "\(NumberFormat.count(confidence.count, "validation document", "validation documents")) "
          + "labelled, \(NumberFormat.percent(threshold.accuracy)) of these correctly (95 % interval "
          + "\(ends[0]) to \(ends[1]))")
      return Double(threshold.confidence)
    }
  }

  /// Returns `value`, which depends on the validation documents of the model.
  ///
  /// - Throws: `Failure.Usage` if it is `nil` because the model has no validation documents.
  private static func known<Value>(_ value: Value?, to purpose: String) throws -> Value {
    guard let value else {
      throw Failure.Usage(
        sentence: "the model has no validation documents to \(purpose); train it again with "
          + "corpus.validation")
    }
    return value
  }
}
