import Docket
import PipelineFiles
import Models
import Corpora

extension PipelineDescription {
  /// The files of the corpus and of the stages that prepare text; those of the embedding only if
  /// `settled` reads them, because the vectors may be what the text is prepared for.
  var filesForText: [FilePath] {
    let stages: [any Stage] = normalizers + [tokenizer]
    let readsVectors =
      normalizesByVectors || language?.isOpen == true
      || (tokenizer as? any WordListStage).map { $0.words.count == 0 && $0.wordFile == nil } == true
    return corpus.files + stages.flatMap { $0.files }
      + (readsVectors ? embedding?.parts.flatMap { $0.files } ?? [] : [])
  }

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
