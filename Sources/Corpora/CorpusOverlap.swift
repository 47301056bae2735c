import Messages

extension Corpus {
  /// The numbers of the documents whose text also occurs in `other`, byte by byte.
  ///
  /// Documents of a test corpus that were learned from make its figures too good. Empty texts are
  /// left out: they are alike everywhere and nothing is learned from them.
  public func overlap(with other: Corpus) -> [Int] {
    let texts = Set(other.documents.lazy.map(\.text))
    return documents.indices.filter { number in
      let text = documents[number].text
      return !text.isEmpty && texts.contains(text)
    }
  }

  /// What to say when documents to learn from are among these, which the result is measured with;
  /// `nil` when none is.
  public func leakageWarning(from training: Corpus) -> String? {
    let shared = overlap(with: training)
    guard let first = shared.first else { return nil }
    return "\(documents[first].position): warning: "
      + NumberFormat.count(shared.count, "document has", "documents have")
      + " the text of one to learn from, so figures measured here are too good [leakage]"
  }
}
