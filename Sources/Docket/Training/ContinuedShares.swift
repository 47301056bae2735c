import Corpora
import Messages
import PipelineCore

// Messages about the shares that a continued training run holds out of its new documents, and about
// documents that are both trained on and tested on.
extension ContinuedTraining {
  /// Returns how many of the new documents are held out, as a sentence; `nil` if none are.
  ///
  /// - Parameters:
  ///   - parts: the new documents, without the share for evaluation.
  ///   - validation: the number of documents in the share for validation.
  func heldOutSentence(_ parts: CorpusParts, validation: Int) -> String? {
    let section = description.corpus
    let training = parts.training
    var test = 0
    if section.testShare > 0 {
      // The test documents are only read if they are evaluated.
      let read = training.sources.reduce(0) { $0 + $1.documentCount }
      test = parts.test?.documents.count ?? max(0, read - training.documents.count)
    }
    var shares: [String] = []
    if test > 0 {
      shares.append(
        "\(NumberFormat.integer(test)) for evaluation (corpus.testShare: \(section.testShare))")
    }
    if validation > 0, case .share(let share) = section.validation {
      shares.append(
        "\(NumberFormat.integer(validation)) for validation (corpus.validation: \(share))")
    }
    guard !shares.isEmpty else { return nil }
    let count = training.documents.count + test
    return "held out of \(NumberFormat.count(count, "new document", "new documents")): "
      + shares.joined(separator: " and ")
  }

  /// Returns sentences about test documents that the model was trained on before, and about earlier
  /// test documents that it is trained on now.
  ///
  /// - Parameter tested: the earlier test documents.
  static func leaks(_ tested: [CorpusDocument], _ data: TrainingData) -> [String] {
    func overlap(_ test: [CorpusDocument], _ training: [CorpusDocument]) -> Int {
      test.isEmpty ? 0 : Corpus(test).overlap(with: Corpus(training)).count
    }
    var sentences: [String] = []
    let nowTrained = overlap(tested, data.training)
    if nowTrained > 0 {
      let documents = NumberFormat.count(
        tested.count, "earlier test document", "earlier test documents")
      sentences.append(
        "\(NumberFormat.integer(nowTrained)) of \(documents) \(nowTrained == 1 ? "is" : "are") now "
          + "among the training documents, so the scores on them are too high; remove them from "
          + "the new documents")
    }
    let before = overlap(data.test, (data.replay?.training ?? []) + (data.replay?.others ?? []))
    if before > 0 {
      let documents = NumberFormat.count(data.test.count, "test document", "test documents")
      sentences.append(
        "\(NumberFormat.integer(before)) of \(documents) \(before == 1 ? "was" : "were") among the "
          + "earlier training documents, so the scores are too high; remove them from the new "
          + "documents")
    }
    return sentences
  }
}

extension Corpus {
  /// Creates a corpus of documents that have been checked before.
  fileprivate init(_ documents: [CorpusDocument]) {
    self.init(documents: documents, sources: [], warnings: [], faults: RowFaults())
  }
}
