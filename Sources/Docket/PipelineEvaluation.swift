public import Corpora
public import Models
import PipelineCore
public import Reports
import PipelineFiles

extension TrainedPipeline {
  /// Classifies labelled documents and compares.
  ///
  /// - Parameter corpus: need not have all labels; labels that were never trained count as wrong.
  /// - Throws: `DocumentError` with its place for a document that cannot be used;
  ///   `EvaluationError` without documents.
  public func evaluate(on corpus: Corpus, threads: Int) throws -> Evaluation {
    let clock = ContinuousClock()
    let started = clock.now
    let results = predict(corpus.documents.map(\.text), threads: threads)
    let seconds = (clock.now - started).inSeconds
    let predictions = try zip(corpus.documents, results).map { document, result in
      switch result {
      case .success(let prediction): return prediction
      case .failure(var error):
        error.position = document.position
        throw error
      }
    }
    return try Evaluation(
      predictions: predictions, expected: corpus.documents.map(\.label), labels: labels,
      tokens: predictions.reduce(0) { $0 + $1.tokenCount }, seconds: seconds)
  }

  /// Reads the documents at `paths` in the way that the pipeline's corpus is written, or in the way
  /// they look.
  public func readCorpus(_ paths: [String], format: CorpusFormat? = nil) throws -> Corpus {
    var options = description.corpus.options
    options.purpose = .evaluation
    return try Corpus.read(paths, format: format, options: options)
  }
}
