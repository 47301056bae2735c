import Docket
import PipelineFiles
import Models
import Corpora

extension PipelineDescription {
  /// The pipeline with everything chosen that depends on the corpus, and with its word lists, so that
  /// it produces the tokens of its training.
  ///
  /// - Throws: `Failure.Usage` if that requires a training corpus and the pipeline names none.
  func settled(threads: Int) throws -> PipelineDescription {
    let isOpen = language?.isOpen == true || normalizesByVectors
    guard isOpen || needsWordLists else { return self }
    guard corpus.train.isEmpty else { return try decidingText(threads: threads).description }
    guard !isOpen else {
      throw Failure.Usage(
        sentence:
          "\(normalizesByVectors ? "normalize" : "language"): auto requires a training corpus, and the "
          + "pipeline has none; use --set corpus.train=FILE or --set language=CODE")
    }
    return try addingWordLists(from: [], threads: threads)
  }
}
