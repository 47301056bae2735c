public import Corpora
import Messages
import Models
public import PipelineCore
public import Reports

/// The result of cross-validation: predictions for every training document, each by a model that
/// was not trained on it.
public struct CrossValidation: Sendable {
  /// One division of the documents into folds, with its predictions.
  public struct Repetition: Sendable {
    /// The fold of each document, from 0.
    public let folds: [Int]
    /// The probabilities of all documents, `[N, C]`, row-major.
    let probabilities: [Float]
  }

  /// The training documents.
  let corpus: Corpus
  /// The `C` labels.
  public let labels: LabelSet
  /// The number of groups of exact or near duplicates, each kept within one fold, and the number of
  /// documents in them.
  public let duplicates: (groups: Int, documents: Int)
  /// The repetitions, each with its own division into folds.
  public let repetitions: [Repetition]
  /// The scores of each fold, and their mean and spread.
  public let scores: FoldScores

  /// The documents, in the order of the corpus.
  public var documents: [CorpusDocument] { corpus.documents }

  /// Returns the out-of-fold probabilities of a document, in the order of `labels`. A label that
  /// the model was not trained on has probability 0.
  public func probabilities(of document: Int, repetition: Int = 0) -> ArraySlice<Float> {
    let start = document * labels.count
    return repetitions[repetition].probabilities[start..<start + labels.count]
  }

  /// Returns a sentence about the duplicates that were kept together.
  static func sentence(about duplicates: (groups: Int, documents: Int)) -> String {
    NumberFormat.count(duplicates.documents, "document is", "documents are") + " in "
      + NumberFormat.count(duplicates.groups, "group", "groups")
      + " of exact or near duplicates; each group is in one fold"
  }

  /// The mean of the probabilities over the repetitions, `[N, C]`, row-major.
  var meanProbabilities: [Float] {
    guard repetitions.count > 1 else { return repetitions[0].probabilities }
    return repetitions[0].probabilities.indices.map { place in
      let sum = repetitions.reduce(0.0) { $0 + Double($1.probabilities[place]) }
      return Float(sum / Double(repetitions.count))
    }
  }
}

// MARK: - Training and classifying

extension PipelineTraining {
  /// Divides the training documents into folds and, for each fold, trains a model on all other
  /// folds and classifies the documents of the fold with it.
  ///
  /// Everything learned from documents (the language, word lists, vectors, the best epoch and the
  /// weights) is learned without the held-out fold. Test documents are not read. The folds have
  /// nearly the same number of documents of each label. Exact and near duplicates are in the same
  /// fold. The first repetition uses the seed of the pipeline, for the folds and for training, and
  /// each later repetition uses the next seed.
  ///
  /// - Parameters:
  ///   - folds: the number of folds, at least 2.
  ///   - repeats: the number of repetitions, each with its own division into folds; at least 1.
  /// - Throws: the same errors as `run`; `CrossValidationError` if there are too few documents;
  ///   `MemoryError` if the predictions do not fit into memory.
  public func crossValidate(folds: Int = 5, repeats: Int = 1) throws -> CrossValidation {
    precondition(folds > 1 && repeats > 0, "cross-validation requires folds")
    try description.validate()
    for finding in description.replacedSettings + description.unusedSettings {
      note(finding.description)
    }
    let parts = try readParts(for: .training, PlanProblems(areCollected: false))
    for warning in parts.training.warnings { note("\(warning)") }
    try requireMemory(for: parts.training, repeats: repeats)
    let groups = try duplicateGroups(in: parts.training)
    var work = FoldWork(training: self, parts: parts)
    for repetition in 0..<repeats {
      let seed = description.training.seed &+ repetition
      let division = StratifiedFolds(
        of: parts.training.documents, groups: groups.numbers, labels: work.labels, count: folds,
        seed: seed)
      try work.check(division)
      let prefix = repeats > 1 ? "repeat \(repetition + 1) of \(repeats), " : ""
      try work.train(division, repetition: repetition, seed: seed, prefix: prefix)
    }
    return CrossValidation(
      corpus: parts.training, labels: work.labels, duplicates: groups.repeated,
      repetitions: work.repetitions,
      scores: FoldScores(labels: work.labels.labels, folds: work.folds))
  }

  /// Checks that the predictions fit into memory: the probabilities of all repetitions, of their
  /// mean and of one fold.
  private func requireMemory(for corpus: Corpus, repeats: Int) throws {
    let (documents, labels) = (corpus.documents.count, corpus.labels.count)
    let rows = Double(documents) * Double(labels)
    // Each prediction is also kept as an outcome and as two label numbers.
    let outcomes = Double(documents * (MemoryLayout<DocumentOutcome>.stride + 16))
    try MemoryLimit.require(
      4 * rows * Double(repeats + 2) + outcomes * Double(repeats),
      for: "the predictions of \(NumberFormat.count(documents, "document", "documents")) for "
        + "\(NumberFormat.count(labels, "label", "labels"))"
        + (repeats > 1 ? ", repeated \(repeats) times," : ""),
      at: corpus.sources.first.map { .file($0.path) })
  }

  /// Finds the exact and near duplicates among the documents, and reports how many there are.
  private func duplicateGroups(in corpus: Corpus) throws -> DuplicateGroups {
    let decision = try description.decidingText(on: corpus, threads: threads, report: report)
    report(.phase(PhaseRecord(.tokenizing)))
    let hashes = TextPreparation(decision.description)
      .prepare(corpus.documents.map(\.text), threads: threads)
      // Training rejects unusable documents and reports their positions.
      .map { (try? $0.get())?.encoded(by: nil).hashes ?? [] }
    guard !shouldStop() else { throw TrainingError.interrupted }
    report(.phase(PhaseRecord(.comparing)))
    let groups = DuplicateGroups(in: corpus.documents, hashes: hashes, threads: threads)
    if groups.repeated.groups > 0 {
      note(CrossValidation.sentence(about: groups.repeated))
    }
    if groups.unfinished > 0 {
      note(
        "warning: the search for duplicates of "
          + NumberFormat.count(groups.unfinished, "document", "documents")
          + " was cut short, because too many other documents share their rarest words; some "
          + "duplicates may be in different folds")
    }
    return groups
  }
}

/// The work of cross-validation: trains the models of the folds, one after the other.
///
/// Training and prediction already use all threads, and only one model is in memory at a time.
private struct FoldWork {
  let training: PipelineTraining
  let parts: CorpusParts
  let labels: LabelSet
  private(set) var repetitions: [CrossValidation.Repetition] = []
  private(set) var folds: [FoldScores.Fold] = []
  /// The warnings already shown. Most of them are the same in all folds.
  private var shown: Set<String> = []

  init(training: PipelineTraining, parts: CorpusParts) {
    (self.training, self.parts, labels) = (training, parts, parts.training.labels)
  }

  /// Checks that each model has at least two labels, and warns about labels that some models lack.
  mutating func check(_ division: StratifiedFolds) throws {
    guard division.groupCount >= division.count else {
      throw CrossValidationError(
        .fewDocuments(division.groupCount, folds: division.count),
        at: parts.training.sources.first.map { .file($0.path) })
    }
    let documents = parts.training.documents
    for fold in 0..<division.count {
      let rest = zip(documents, division.numbers).lazy.filter { $1 != fold }.map(\.0.label)
      let known = LabelSet(rest)
      if known.count == 1 {
        throw CrossValidationError(.oneLabel(known[0]), at: nil)
      }
      for label in labels.labels where known.number(of: label) == nil {
        warn(
          "warning: all documents with the label \(label) are in one fold, so the model that "
            + "classifies them is not trained on this label; add documents with this label")
      }
    }
  }

  private mutating func warn(_ sentence: String) {
    // The folds have nearly the same documents, so they have the same warnings with other figures.
    guard shown.insert(sentence.filter { !$0.isNumber }).inserted else { return }
    training.note(sentence)
  }

  /// Trains and applies the model of each fold.
  mutating func train(
    _ division: StratifiedFolds, repetition: Int, seed: Int, prefix: String
  ) throws {
    let documents = parts.training.documents
    var probabilities = [Float](repeating: 0, count: documents.count * labels.count)
    for fold in 0..<division.count {
      let name = "\(prefix)fold \(fold + 1) of \(division.count)"
      let held = documents.indices.filter { division.numbers[$0] == fold }
      let rest = documents.indices.filter { division.numbers[$0] != fold }.map { documents[$0] }
      let pipeline = try model(of: rest, seed: seed, name: name)
      let evaluation = try classify(held, by: pipeline, into: &probabilities)
      folds.append(
        FoldScores.Fold(
          repetition: repetition, number: fold, trainingDocuments: rest.count,
          evaluation: evaluation))
      training.note(
        "\(name): trained on \(rest.count) documents, accuracy "
          + "\(NumberFormat.percent(evaluation.accuracy)) on the other \(held.count)")
    }
    repetitions.append(
      CrossValidation.Repetition(folds: division.numbers, probabilities: probabilities))
  }

  private mutating func model(
    of documents: [CorpusDocument], seed: Int, name: String
  ) throws -> TrainedPipeline {
    guard !training.shouldStop() else { throw TrainingError.interrupted }
    var description = training.description
    // The documents that `testShare` holds out have already been removed.
    description.corpus.testShare = 0
    description.training.seed = seed
    var warnings: [String] = []
    let report = training.report
    report(.phase(PhaseRecord(.crossValidation, detail: name)))
    var fold = PipelineTraining(
      description, threads: training.threads,
      note: { if $0.hasPrefix("warning: ") { warnings.append($0) } },
      report: { report(.phase(PhaseRecord(.crossValidation, detail: name, share: $0.share))) },
      shouldStop: training.shouldStop)
    fold.documents = CorpusParts(
      training: parts.training.keeping(documents),
      validation: parts.validation.map { validation in
        // A rare label can be missing from the training documents of a fold.
        let known = LabelSet(documents.lazy.map(\.label))
        return validation.keeping(
          validation.documents.filter { known.number(of: $0.label) != nil })
      })
    defer { for warning in warnings { warn(warning) } }
    return try fold.run(withBaseline: false).pipeline
  }

  /// Classifies the documents at these indices and stores their probabilities.
  private func classify(
    _ numbers: [Int], by pipeline: TrainedPipeline, into probabilities: inout [Float]
  ) throws -> Evaluation {
    let documents = parts.training.documents
    let places = pipeline.labels.labels.compactMap(labels.number)
    var predictions: [Prediction] = []
    var tokens = 0
    for block in Shards.ranges(of: numbers.count, size: 1 << 12) {
      guard !training.shouldStop() else { throw TrainingError.interrupted }
      let texts = numbers[block].map { documents[$0].text }
      let results = pipeline.predict(texts, threads: training.threads)
      for (number, result) in zip(numbers[block], results) {
        switch result {
        case .success(var prediction):
          tokens += prediction.tokenCount
          var aligned = [Float](repeating: 0, count: labels.count)
          for (place, value) in zip(places, prediction.probabilities) { aligned[place] = value }
          prediction.probabilities = aligned
          let start = number * labels.count
          probabilities.replaceSubrange(start..<start + labels.count, with: aligned)
          predictions.append(prediction)
        case .failure(var error):
          error.position = documents[number].position
          throw error
        }
      }
    }
    return try Evaluation(
      predictions: predictions, expected: numbers.map { documents[$0].label }, labels: labels,
      tokens: tokens, seconds: 0)
  }
}

extension Corpus {
  /// Returns a corpus from the same sources with only these documents.
  fileprivate func keeping(_ documents: [CorpusDocument]) -> Corpus {
    Corpus(documents: documents, sources: sources, warnings: [], faults: RowFaults())
  }
}

/// The reason why documents cannot be cross-validated.
public typealias CrossValidationError = LocatedError<CrossValidationFact>

/// The reason why documents cannot be cross-validated.
public enum CrossValidationFact: DiagnosableFact {
  /// There are fewer distinct documents (the first number) than folds.
  case fewDocuments(Int, folds: Int)
  /// All documents outside one of the folds have this label.
  case oneLabel(Label)

  /// The stable name of the fact.
  public var code: String {
    switch self {
    case .fewDocuments: "too-few-documents"
    case .oneLabel: "fold-one-label"
    }
  }

  /// The fact as a sentence.
  public var sentence: String {
    switch self {
    case .fewDocuments(let count, let folds):
      "the corpus has \(count) different documents, too few for \(folds) folds; use fewer folds or "
        + "add documents"
    case .oneLabel(let label):
      "when one of the folds is left out, all remaining documents have the label \(label); "
        + "cross-validation requires at least two labels with two different documents each"
    }
  }
}
