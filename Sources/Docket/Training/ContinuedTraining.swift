import Corpora
import FileAccess
import Messages
import Models
public import PipelineCore
public import PipelineFiles

/// A training that goes on from a model with new documents: its weights, vocabulary and labels are kept
/// and extended, and documents that it learned from before are replayed.
public struct ContinuedTraining: Sendable {
  /// The pipeline, with the new corpus.
  public let description: PipelineDescription
  /// What it goes on from.
  let model: TrainedPipeline
  /// The model's path.
  let path: String
  /// The model's SHA-256.
  let digest: String
  /// All that the model has learned from, first corpora first.
  let learned: [LearnedCorpus]

  /// Reads the model at `path`.
  ///
  /// - Parameters:
  ///   - folder: where the paths in the recorded pipeline count from.
  ///   - overrides: settings that name the new corpus, and settings of the training.
  /// - Throws: `ModelError`, `FileError`; `ConfigurationErrors` for settings that cannot be;
  ///   `ContinuedTrainingError` for settings that make another pipeline.
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
    let before = try parse(record.overrides)
    let all = record.overrides + overrides
    let after = try parse(all)
    let changes = Self.changes(from: before, to: after)
    guard changes.isEmpty else { throw ContinuedTrainingError(.otherPipeline(changes), file: path) }
    // The model's own stages know what the first corpus decided, and their lists of words.
    let own = model.description
    description = PipelineDescription(
      corpus: after.corpus, language: own.language, normalizesByVectors: own.normalizesByVectors,
      normalizers: own.normalizers, tokenizer: own.tokenizer, embedding: after.embedding,
      classifier: after.classifier, limits: own.limits, training: after.training,
      sourceText: record.sourceText, overrides: all)
    learned =
      record.learned.map { $0.found(in: folder) } + [
        LearnedCorpus(
          section: before.corpus, seed: before.training.seed, sha256: record.corpusFingerprint)
      ]
    (self.model, self.path) = (model, path)
    digest = SHA256Digest.hexadecimal(of: bytes)
  }

  /// What two pipelines differ in besides corpus and training.
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

  /// The labels of the model, and those among `labels` that it does not have.
  func labels(with labels: LabelSet) -> (all: LabelSet, new: [Label]) {
    let new = labels.labels.filter { model.labels.number(of: $0) == nil }
    return (LabelSet(model.labels.labels + new), new)
  }

  /// What the classifier starts from, for these labels.
  func start(for labels: LabelSet) -> TrainingStart {
    TrainingStart(
      tensors: TensorCollection(model.model.tensors),
      extent: .model(labels: labels.labels.map { model.labels.number(of: $0) }), file: path,
      sha256: digest)
  }

  /// The model's vectors, and behind them those of words that it does not have.
  ///
  /// - Parameter fresh: what the pipeline's embedding makes for the new documents.
  /// - Returns: the table, and how many of its words are new.
  /// - Throws: `ContinuedTrainingError` when a file of vectors has become another.
  func table(
    extendedBy fresh: EmbeddingTable?
  ) throws(ContinuedTrainingError) -> (table: EmbeddingTable, newWords: Int)? {
    guard var table = model.model.embedding, let fresh else { return nil }
    guard fresh.dimensions == table.dimensions else {
      let change = "vectors had \(table.dimensions) dimensions and have \(fresh.dimensions) now"
      throw ContinuedTrainingError(.otherPipeline([change]), file: path)
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
    table.summary =
      "vectors of \(path): \(NumberFormat.count(before, "word", "words")), and \(count) new ones"
    return (table, count)
  }
}
