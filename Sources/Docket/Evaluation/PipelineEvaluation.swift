public import Corpora
import FileAccess
public import Models
public import PipelineCore
public import Reports
import PipelineFiles

extension TrainedPipeline {
  /// Classifies labelled documents and compares the predictions with their labels.
  ///
  /// - Parameters:
  ///   - corpus: the documents. Documents with labels that the model was not trained on count as
  ///     wrong.
  ///   - threads: the number of threads, which never affects the result; `nil` for one per
  ///     processor.
  ///   - report: receives the progress.
  /// - Throws: `DocumentError` with the position of an unusable document; `EvaluationError` for an
  ///   empty corpus.
  public func evaluate(
    on corpus: Corpus, threads: Int? = nil, report: (TrainingEvent) -> Void = { _ in }
  ) throws -> Evaluation {
    var none: DocumentProfile?
    return try evaluate(
      on: corpus, threads: threads, addingTo: &none, shouldStop: { false }, report: report)
  }

  /// Classifies labelled documents, and adds them to a profile.
  ///
  /// - Parameters:
  ///   - profile: the profile to which the documents are added, unless it is `nil`.
  ///   - shouldStop: called before each block of documents; if it returns `true`,
  ///     `CancellationError` is thrown.
  package func evaluate(
    on corpus: Corpus, threads: Int?, addingTo profile: inout DocumentProfile?,
    shouldStop: () -> Bool = { false }, report: (TrainingEvent) -> Void
  ) throws -> Evaluation {
    let threads = ProcessorCount.chosen(threads)
    let clock = ContinuousClock()
    let started = clock.now
    var outcomes: [DocumentOutcome] = []
    outcomes.reserveCapacity(corpus.documents.count)
    let keepsRows = corpus.documents.count <= RankingScores.mostScores / labels.count
    var rows: [Float] = []
    if keepsRows { rows.reserveCapacity(corpus.documents.count * labels.count) }
    var tokens = 0
    // Classify in blocks, because the results of millions of short documents, or of thousands of
    // labels, need more memory than the text.
    let size = max(64, min(1 << 10, (1 << 22) / labels.count))
    for block in Shards.ranges(of: corpus.documents.count, size: size) {
      guard !shouldStop() else { throw CancellationError() }
      let share = Double(block.lowerBound) / Double(corpus.documents.count)
      report(.phase(PhaseRecord(.evaluating, share: share)))
      let documents = corpus.documents[block]
      let results = predict(documents.map(\.text), threads: threads, addingTo: &profile)
      for (document, result) in zip(documents, results) {
        switch result {
        case .success(let prediction):
          tokens += prediction.tokenCount
          outcomes.append(
            DocumentOutcome(prediction, expected: document.label, labels: labels))
          if keepsRows { rows += prediction.probabilities }
        case .failure(var error):
          error.position = document.position
          throw error
        }
      }
    }
    let seconds = (clock.now - started).inSeconds
    return try Evaluation(
      outcomes: outcomes, rows: rows, expected: corpus.documents.map(\.label), labels: labels,
      tokens: tokens, seconds: seconds, threads: threads)
  }

  /// Reads the labelled documents at `paths` with the corpus settings of the pipeline.
  ///
  /// - Parameters:
  ///   - format: the format of the documents; `nil` to detect it.
  ///   - labelColumn: the column or JSON member with the label; `nil` for the pipeline's setting.
  ///   - textColumn: the column or JSON member with the text; `nil` for the pipeline's setting.
  /// - Throws: `CorpusError`, `JSONError` or `FileError`, each with its position.
  public func readCorpus(
    _ paths: [String], format: CorpusFormat? = nil, labelColumn: String? = nil,
    textColumn: String? = nil
  ) throws -> Corpus {
    let options = description.corpus.evaluationOptions(
      labelColumn: labelColumn, textColumn: textColumn)
    return try Corpus.read(paths, format: format, options: options)
  }
}
