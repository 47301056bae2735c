import Docket
import PipelineFiles
import Models
import Corpora

extension PipelineDescription {
  /// The pipeline with everything decided that the corpus decides and its lists of words read, so that
  /// tokens are cut as they will be in training.
  ///
  /// - Throws: `Failure.Usage` when only a training corpus could tell and the pipeline names none.
  func settled(threads: Int) throws -> PipelineDescription {
    let isOpen = language?.isOpen == true || normalizesByVectors
    guard isOpen || needsWordLists else { return self }
    guard corpus.train.isEmpty else { return try decidingText(threads: threads).description }
    guard !isOpen else {
      throw Failure.Usage(
        sentence:
          "\(normalizesByVectors ? "normalize" : "language"): auto is decided by the training corpus, and the pipeline names none; "
          + "name it (--set corpus.train=FILE) or the language (--set language=fa)")
    }
    return try addingWordLists(from: [], threads: threads)
  }
}
