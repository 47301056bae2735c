public import Corpora
import Models
import PipelineCore
import PipelineFiles
import Reports

/// The corpora of a training run: those that a pipeline names, or documents in memory.
public struct CorpusParts: Sendable {
  /// The training documents, without those that `testShare` holds out.
  public var training: Corpus
  /// The documents used to select the best epoch; `nil` if they are a share of the training
  /// documents.
  public var validation: Corpus?
  /// The test documents; `nil` if there are none or they are not needed.
  public var test: Corpus?

  /// Creates the corpora of a training run.
  public init(training: Corpus, validation: Corpus? = nil, test: Corpus? = nil) {
    self.training = training
    self.validation = validation
    self.test = test
  }
}

extension CorpusParts {
  /// Returns the parts with only their usable documents, given by part name.
  func keeping(_ usable: [(name: String, documents: UsableDocuments)]) -> CorpusParts {
    func kept(_ name: String, of corpus: Corpus) -> Corpus {
      let documents = usable.first { $0.name == name }?.documents.documents
      return Corpus(
        documents: documents ?? [], sources: corpus.sources, warnings: [], faults: RowFaults())
    }
    return CorpusParts(
      training: kept("train", of: training),
      validation: validation.map { kept("validation", of: $0) },
      test: test.map { kept("test", of: $0) })
  }
}

/// Everything that training requires, read and verified.
///
/// `docket run` and `docket train` start with a plan, and `docket check` reports the problems of
/// the same plan, so a pipeline without problems can be trained.
struct TrainingPlan {
  /// The documents, the labels and the pipeline resolved for them.
  var data: TrainingData
  /// The input of the classifier.
  var task: TrainingTask
  /// The pipeline with the word lists that its stages take from the documents.
  var description: PipelineDescription
  /// The number of words that are new to the model that training continues from.
  var newWords: Int
  /// The finding about the unlabelled documents; `nil` if none are used.
  var unlabelled: UnlabelledFinding?
  /// A sentence about the reductions that `training.minutes` requires; `nil` if there is no limit.
  var budget: String?
}

/// The problems with a plan. Unless they are collected, the first one is thrown.
final class PlanProblems {
  private let areCollected: Bool
  /// The problems that were collected.
  private(set) var errors: [any DiagnosableError] = []

  init(areCollected: Bool) { self.areCollected = areCollected }

  /// Returns the result of `body`; `nil` if its error was collected.
  func attempt<Result>(_ body: () throws -> Result) throws -> Result? {
    guard areCollected else { return try body() }
    do {
      return try body()
    } catch let error as ConfigurationErrors {
      errors += error.errors as [any DiagnosableError]
    } catch let error as any DiagnosableError {
      errors.append(error)
    }
    return nil
  }
}

// MARK: - Reading

extension PipelineTraining {
  /// The purpose of a plan.
  enum Purpose {
    /// Training only: test documents are not read.
    case training
    /// Training and evaluation, which require test documents.
    case evaluation
  }

  /// Reads the corpora that the pipeline names.
  ///
  /// - Parameter options: the reading options; by default, the options of the pipeline.
  /// - Throws: `CorpusError`, `JSONError` or `FileError`, each with its position.
  func readParts(
    for purpose: Purpose, options: CorpusOptions? = nil, _ problems: PlanProblems
  ) throws -> CorpusParts {
    let section = description.corpus
    if let documents { return try checked(documents) }
    report(.phase(PhaseRecord(.reading)))
    // Read the test documents first, so that an error in them is reported immediately.
    let test = try purpose == .evaluation ? readTest(options, problems) : nil
    // New documents may all have the same label if the model knows others.
    let training = try section.readTraining(
      options, purpose: continued == nil ? .training : .evaluation)
    guard case .file(let file) = section.validation else {
      return CorpusParts(training: training, test: test)
    }
    let labels = continued?.labels(with: training.labels).all ?? training.labels
    let validation = try section.readValidation(file, labels: labels, options)
    return CorpusParts(training: training, validation: validation, test: test)
  }

  /// Checks the labels of documents in memory like the labels in files, and holds out `testShare`.
  ///
  /// - Throws: `CorpusError`; `TrainingDataError` if the share holds out no document.
  private func checked(_ documents: CorpusParts) throws -> CorpusParts {
    var parts = documents
    let labels = continued?.labels(with: parts.training.labels).all ?? parts.training.labels
    if labels.count == 1 { throw CorpusError(.oneLabel(labels[0]), at: nil) }
    for document in parts.validation?.documents ?? []
    where labels.number(of: document.label) == nil {
      throw CorpusError(.unknownLabel(document.label, known: labels), at: document.position)
    }
    if parts.test == nil, description.corpus.testShare > 0 {
      let (training, test) = parts.training.holdingOut(description.corpus.testShare)
      guard !test.documents.isEmpty else {
        throw TrainingDataError(.emptyTestShare(description.corpus.testShare), at: nil)
      }
      (parts.training, parts.test) = (training, test)
    }
    return parts
  }

  private func readTest(_ options: CorpusOptions?, _ problems: PlanProblems) throws -> Corpus? {
    let section = description.corpus
    guard !section.test.isEmpty || section.testShare > 0 else { return nil }
    let test = try section.readTest(options)
    try problems.attempt {
      if test.documents.isEmpty {
        let place = test.sources.first.map { InputPosition.file($0.path) }
        throw TrainingDataError(.emptyTestShare(section.testShare), at: place)
      }
    }
    for warning in test.warnings { note("\(warning)") }
    return test
  }
}

// MARK: - Verifying

extension PipelineTraining {
  /// Reads and verifies everything that training needs.
  ///
  /// - Throws: a `DiagnosableError` for the first problem.
  func plan(for purpose: Purpose) throws -> (plan: TrainingPlan, test: Corpus?) {
    let section = description.corpus
    let hasTest = documents?.test != nil || !section.test.isEmpty || section.testShare > 0
    guard purpose == .training || hasTest else { throw TrainingDataError(.noTest, at: nil) }
    try description.validate()
    for finding in description.replacedSettings + description.unusedSettings {
      note(finding.description)
    }
    let problems = PlanProblems(areCollected: false)
    let parts = try readParts(for: purpose, problems)
    // A corpus that a program has divided no longer has all documents of its files.
    let isWhole =
      documents == nil
      || parts.training.sources.reduce(0) { $0 + $1.documentCount }
        == parts.training.documents.count
    for source in parts.training.sources where isWhole {
      note("\(source.path): \(source.documentCount) documents, \(source.format)")
    }
    for warning in parts.training.warnings { note("\(warning)") }
    let decision = try description.decidingText(
      on: parts.training, threads: threads, note: note, report: report)
    if let leakage = parts.test?.leakageWarning(from: parts.training) { note(leakage) }
    let plan = try prepare(try data(of: parts, decision), problems)
    if let test = parts.test {
      _ = try prepare(test.documents, named: "test", TextPreparation(plan.description))
    }
    return (plan, parts.test)
  }

  /// Makes a plan for documents that have been read, without training vectors, and collects its
  /// problems.
  ///
  /// - Parameters:
  ///   - parts: the documents, all of which can be prepared.
  ///   - decision: the text preparation.
  func trial(
    _ parts: CorpusParts, _ decision: TextDecision, _ problems: PlanProblems
  ) throws -> TrainingPlan {
    var trial = self
    trial.isTrial = true
    return try trial.prepare(try trial.data(of: parts, decision), problems)
  }
}

extension PipelineTraining {
  /// Encodes documents whose text is prepared.
  func examples(
    _ prepared: [PreparedDocument], _ documents: [CorpusDocument], _ labels: LabelSet,
    _ table: EmbeddingTable?
  ) -> LabelledExamples {
    let blocks = Shards.ranges(of: prepared.count, size: 256)
    let encoded = Shards.map(count: blocks.count, threads: threads) { block in
      blocks[block].map { prepared[$0].encoded(by: table) }
    }.flatMap { $0 }
    // Every label is known: validation documents can have only training labels.
    return LabelledExamples(
      documents: encoded, labels: documents.map { labels.number(of: $0.label) ?? 0 },
      labelCount: labels.count)
  }
}
