public import Corpora
public import PipelineFiles
public import Reports

extension Evaluation {
  /// Returns the documents that a report shows: misclassified documents and nearly misclassified
  /// ones.
  ///
  /// - Parameters:
  ///   - corpus: the documents of the evaluation.
  ///   - settings: how many documents to show, and whether to include their texts.
  /// - Precondition: the corpus is the one that was evaluated.
  public func reportedDocuments(
    in corpus: Corpus, _ settings: ReportSection = ReportSection()
  ) -> ReportedDocuments {
    precondition(corpus.documents.count == documents, "the corpus is the one that was evaluated")
    func entry(_ number: Int) -> ReportedDocument {
      let document = corpus.documents[number]
      return ReportedDocument(
        self, number: number, position: document.position, id: document.id,
        text: settings.texts == .none ? nil : document.text, isWhole: settings.texts == .whole)
    }
    let errors = errorsByConfidence
    var shown = ReportedDocuments()
    shown.errorCount = errors.count
    shown.errors = errors.prefix(settings.errors).map(entry)
    shown.uncertain = uncertain(ReportedDocuments.mostUncertain).map(entry)
    return shown
  }
}
