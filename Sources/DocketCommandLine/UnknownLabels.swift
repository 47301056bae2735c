import Corpora
import Docket
import FileAccess

extension TrainedPipeline {
  /// The maximum number of labels that a warning lists.
  private static let shownLabels = 5

  /// Returns a warning if no document has a label of the model, so that every prediction is wrong;
  /// otherwise `nil`.
  func unknownLabelsWarning(_ corpus: Corpus) -> String? {
    let found = corpus.labels
    guard found.labels.allSatisfy({ labels.number(of: $0) == nil }) else { return nil }
    return
      "warning: no document has a label that the model knows, so the accuracy is 0: the documents "
      + "have \(Self.list(found)), the model has \(Self.list(labels)); check --label-field "
      + "[no-known-label]"
  }

  private static func list(_ labels: LabelSet) -> String {
    let names = labels.labels.prefix(shownLabels).map { QuotedText.quote($0.bytes) }
    return names.joined(separator: ", ") + (labels.count > shownLabels ? ", ..." : "")
  }
}
