import Corpora
import FileAccess
import Messages
import Models
public import PipelineCore
public import PipelineFiles
import Reports

/// A continuation of training from an existing model, with new documents.
///
/// The weights, the vocabulary and the labels of the model are kept and extended. Some of the
/// documents that it was trained on are used again (replayed), so that the model does not forget
/// them.
public struct ContinuedTraining: Sendable {
  /// The pipeline of the model, with the new corpus.
  public let description: PipelineDescription
  /// All corpora that the model was trained on, oldest first.
  let learned: [TrainingCorpus]
  private let model: TrainedPipeline
  private let path: String
  private let digest: String

  /// Reads the model at `path`.
  ///
  /// - Parameters:
  ///   - folder: the folder that relative paths in the recorded pipeline are resolved against.
  ///   - overrides: settings that specify the new corpus, and training settings.
  ///   - stages: the stages that the model may use.
  /// - Throws: `ModelError`, `FileError`; `ConfigurationErrors` for invalid settings;
  ///   `ContinuedTrainingError` for settings that change the pipeline.
  public init(
    of path: String, folder: String, overrides: [String], stages: StageRegistry
  ) throws {
    let bytes = try InputFile.readAll(path: path, limit: ModelArchive.sizeLimit)
    let model = try ModelArchive.decode(bytes, name: path, stages: stages)
    let record = model.record
    func parse(_ overrides: [String]) throws -> PipelineDescription {
      try PipelineDescription.parse(
        record.sourceText, name: "pipeline in \(path)", directory: folder, overrides: overrides,
        stages: stages, requireFiles: false)
    }
    let classifier = type(of: model.description.classifier)
    guard classifier.fitsInOnePass || classifier.startsFromWeights else {
      throw ContinuedTrainingError(
        .unsupported(classifier: classifier.stageName), at: .file(path))
    }
    let before = try parse(record.overrides)
    let all = record.overrides + overrides
    let after = try parse(all)
    let changes = Self.changes(from: before, to: after)
    guard changes.isEmpty else {
      throw ContinuedTrainingError(.otherPipeline(changes), at: .file(path))
    }
    // The stages of the model include the choices and the word lists made for the first corpus.
    let own = model.description
    var description = PipelineDescription(
      corpus: after.corpus, language: own.language, normalizesByVectors: own.normalizesByVectors,
      normalizers: own.normalizers, tokenizer: own.tokenizer, embedding: after.embedding,
      classifier: after.classifier, limits: own.limits, training: after.training,
      stages: stages, sourceText: record.sourceText, overrides: all)
    description.replacedSettings = after.replacedSettings
    description.report = after.report
    self.description = description
    learned =
      try record.earlierCorpora.map { try $0.found(in: folder) } + [
        TrainingCorpus(
          section: before.corpus, seed: before.training.seed, sha256: record.corpusFingerprint)
      ]
    (self.model, self.path) = (model, path)
    digest = SHA256Digest.hexadecimal(of: bytes)
  }

  /// Returns the differences between two pipelines outside the corpus and training sections.
  private static func changes(
    from before: PipelineDescription, to after: PipelineDescription
  ) -> [String] {
    func identity(_ description: PipelineDescription) -> TrainingIdentity {
      var description = description
      (description.corpus, description.training) = (CorpusSection(), TrainingSettings())
      return TrainingIdentity(
        pipeline: description.resolvedText, corpus: "", validation: "", vectors: "")
    }
    return identity(before).differences(to: identity(after))
  }
}

// MARK: - Starting point

extension ContinuedTraining {
  /// Returns the labels of the model, followed by those in `labels` that it does not have.
  func labels(with labels: LabelSet) -> (all: LabelSet, new: [Label]) {
    let new = labels.labels.filter { model.labels.number(of: $0) == nil }
    return (LabelSet(model.labels.labels + new), new)
  }

  /// Returns the weights that the classifier starts with, for these labels.
  func start(for labels: LabelSet) -> TrainingStart {
    TrainingStart(
      tensors: TensorCollection(model.model.tensors),
      extent: .model(labels: labels.labels.map { model.labels.number(of: $0) }), file: path,
      sha256: digest)
  }

  /// Returns the vectors of the model, followed by vectors for the words that it lacks.
  ///
  /// - Parameter fresh: the vectors that the embedding creates for the new documents.
  /// - Returns: the table and the number of new words; `nil` for a model without vectors.
  /// - Throws: `ContinuedTrainingError` if the width of the vectors differs from the model's.
  func table(
    extendedBy fresh: EmbeddingTable?
  ) throws(ContinuedTrainingError) -> (table: EmbeddingTable, newWords: Int)? {
    guard var table = model.model.embedding, let fresh else { return nil }
    guard fresh.dimensions == table.dimensions else {
      let change = "the vectors had \(table.dimensions) dimensions and now have \(fresh.dimensions)"
      throw ContinuedTrainingError(.otherPipeline([change]), at: .file(path))
    }
    let before = table.vocabulary.count
    for number in 0..<fresh.vocabulary.count {
      let word = fresh.vocabulary[number]
      guard table.vocabulary.insert(word).isNew else { continue }
      let own = (number + 1) * fresh.dimensions..<(number + 2) * fresh.dimensions
      table.values += table.newVector(of: word) ?? Array(fresh.values[own])
    }
    let count = table.vocabulary.count - before
    table.columns = fresh.columns
    table.precision = fresh.precision
    table.sourceSHA256 = fresh.sourceSHA256
    // The same model must give the same bytes, whatever its file is called.
    table.summary =
      "vectors of the model \(digest.prefix(12)): \(NumberFormat.count(before, "word", "words")), and \(count) new ones"
    return (table, count)
  }

  /// All files that training reads.
  public var files: [FilePath] { description.files + learned.flatMap { $0.section.files } }

  /// Adds earlier documents to the new ones.
  ///
  /// - Throws: `FileError` if reading fails. A corpus that is missing or has changed is skipped
  ///   with a note.
  func replay(
    into data: inout TrainingData, training: TrainingSettings, note: (String) -> Void
  ) throws {
    let count = Int((training.replay * Double(data.training.count)).rounded())
    let replay = try Replay(
      of: learned, count: count, seed: training.seed, new: data.identity.corpus)
    for sentence in replay.missing {
      note("warning: cannot replay an earlier corpus, so the model may forget it: \(sentence)")
    }
    note(
      "continuing from \(path) with \(data.training.count) new documents and "
        + "\(replay.training.count) of \(replay.available) earlier ones")
    data.training += replay.training
    // If there is a validation file, it alone selects the best epoch.
    if case .share = description.corpus.validation { data.validation += replay.validation }
    data.replay = replay
  }
}

// MARK: - Forgetting

extension ContinuedTraining {
  /// The test documents of all earlier corpora, and the scores of the model on them.
  struct EarlierTest {
    var corpus: Corpus
    var before: Evaluation
  }

  /// Evaluates the model on its earlier test documents, before training; returns `nil` if there are
  /// none. Warns about documents that are both trained on and tested on.
  ///
  /// - Throws: `DocumentError` for an unusable document.
  func measureEarlierTest(
    _ data: TrainingData, threads: Int, note: (String) -> Void
  ) throws -> EarlierTest? {
    let documents = try readEarlierTests(note: note)
    for leak in Self.leaks(documents, data) { note("warning: \(leak)") }
    guard !documents.isEmpty else { return nil }
    let corpus = Corpus(documents: documents, sources: [], warnings: [], faults: RowFaults())
    let before = try model.evaluate(on: corpus, threads: threads)
    if learned.count == 1, let recorded = model.record.metrics["testAccuracy"],
      (recorded - before.accuracy).magnitude > 1e-9
    {
      note(
        "warning: the earlier test documents have changed since \(path) was evaluated: accuracy "
          + "\(NumberFormat.percent(recorded)) then, \(NumberFormat.percent(before.accuracy)) now")
    }
    return EarlierTest(corpus: corpus, before: before)
  }

  /// Returns the test documents of each earlier corpus. Test documents that cannot be read are
  /// skipped with a note.
  ///
  /// - Throws: `FileError` if reading fails.
  private func readEarlierTests(note: (String) -> Void) throws -> [CorpusDocument] {
    var documents: [CorpusDocument] = []
    var seen: Set<String> = []
    for corpus in learned where !corpus.section.test.isEmpty || corpus.section.testShare > 0 {
      do {
        let test = try corpus.section.readTest()
        // A held-out share belongs to one version of the corpus.
        guard !corpus.section.test.isEmpty || test.sha256 == corpus.sha256 else {
          throw ContinuedTrainingError(
            .otherCorpus(recorded: corpus.sha256, found: test.sha256), at: .file(corpus.name))
        }
        // Several corpora often share one test file.
        if seen.insert("\(test.sha256) \(corpus.section.testShare)").inserted {
          documents += test.documents
        }
      } catch let error as FileError where error.category == .inputOutput {
        throw error
      } catch {
        let reason = (error as? any DiagnosableError)?.sentence ?? "\(error)"
        note("warning: cannot use the earlier test documents of \(corpus.name): \(reason)")
      }
    }
    return documents
  }

  /// Returns how much the trained pipeline has forgotten.
  func forgetting(
    of pipeline: TrainedPipeline, _ earlier: EarlierTest?, _ data: TrainingData, newWords: Int,
    threads: Int
  ) throws -> Forgetting {
    let replayed = data.replay?.training.count ?? 0
    var forgetting = Forgetting(
      model: path, sha256: digest, newDocuments: data.training.count - replayed,
      replayed: replayed, available: data.replay?.available ?? 0,
      newLabels: data.newLabels, newWords: newWords, missing: data.replay?.missing ?? [],
      scores: try earlier.map {
        (.init($0.before), .init(try pipeline.evaluate(on: $0.corpus, threads: threads)))
      })
    forgetting.leaks = Self.leaks(earlier?.corpus.documents ?? [], data)
    return forgetting
  }
}

// MARK: - Errors

/// The reason why training cannot continue from a model on new documents, with the model or corpus
/// at fault.
public typealias ContinuedTrainingError = LocatedError<ContinuedTrainingFact>

/// The reason why training cannot continue from a model on new documents.
public enum ContinuedTrainingFact: DiagnosableFact {
  /// Settings outside the corpus and training sections were changed; the value lists the changes,
  /// one clause each.
  case otherPipeline([String])
  /// The classifier cannot start training from the weights of a model.
  case unsupported(classifier: String)
  /// An earlier training corpus has changed.
  case otherCorpus(recorded: String, found: String)
  /// The model was itself continued from another model, with these settings, so it cannot be
  /// reproduced from its record.
  case notRepeatable(overrides: [String])

  /// The stable name of the fact.
  public var code: String {
    switch self {
    case .otherPipeline: "growth-other-pipeline"
    case .unsupported: "growth-unsupported"
    case .otherCorpus: "growth-other-corpus"
    case .notRepeatable: "growth-not-repeatable"
    }
  }

  /// The fact as a sentence.
  public var sentence: String {
    switch self {
    case .otherPipeline(let changes):
      "cannot change the pipeline when continuing from a model: "
        + "\(changes.joined(separator: "; ")); only corpus and training settings can be changed"
    case .unsupported(let classifier):
      "\(classifier) cannot continue from a model: it always trains from scratch; train it on all "
        + "documents instead"
    case .otherCorpus(let recorded, let found):
      "the corpus has changed since the model was trained on it: SHA-256 \(recorded) then, "
        + "\(found) now"
    case .notRepeatable(let overrides):
      "this model was trained from another model; to reproduce it, continue from that one: docket "
        + "train --from MODEL " + overrides.map { "--set \($0)" }.joined(separator: " ")
    }
  }
}
