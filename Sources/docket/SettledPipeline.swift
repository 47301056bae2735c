import Docket

extension PipelineDescription {
  /// The pipeline with its language decided and its lists of words read, so that tokens are cut as they
  /// will be in training.
  ///
  /// - Throws: `Failure.Usage` when only a training corpus could tell and the pipeline names none.
  func settled(threads: Int) throws -> PipelineDescription {
    let isOpen = language?.isOpen == true
    guard isOpen || lacksWords else { return self }
    var documents: [CorpusDocument] = []
    if !corpus.train.isEmpty {
      documents = try readTrainingCorpus().documents
    } else if isOpen {
      throw Failure.Usage(
        sentence: "language: auto is decided by the training corpus, and the pipeline names none; "
          + "name it (--set corpus.train=FILE) or the language (--set language=fa)")
    }
    return try decidingLanguage(on: documents, threads: threads).description
      .gettingWords(from: documents, threads: threads)
  }
}
