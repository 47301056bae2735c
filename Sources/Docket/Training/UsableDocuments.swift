import Corpora
import Models
import PipelineCore

/// The usable documents of a part, with the hashes of their tokens.
struct UsableDocuments: Sendable {
  /// The documents.
  private(set) var documents: [CorpusDocument] = []
  /// The hashes of the tokens in each document, after truncation.
  private(set) var hashes: [[UInt64]] = []
  /// The number of tokens in each document, before truncation.
  private(set) var lengths: [Int] = []
  /// The number of documents that were truncated.
  private(set) var cutDocuments = 0
  /// The rows that can be read but whose text is unusable.
  private(set) var faults = RowFaults()

  /// Pairs the documents of a corpus with the results of preparing them.
  init(_ corpus: Corpus, _ results: [Result<PreparedDocument, DocumentError>]) {
    for (document, result) in zip(corpus.documents, results) {
      switch result {
      case .success(let prepared):
        let cut = prepared.warnings.first { $0.code == "tokens-cut" }?.count ?? 0
        documents.append(document)
        hashes.append(prepared.encoded(by: nil).hashes)
        lengths.append(prepared.tokens.count + cut)
        if cut > 0 { cutDocuments += 1 }
      case .failure(var error):
        error.position = document.position
        faults.note(error)
      }
    }
  }
}
