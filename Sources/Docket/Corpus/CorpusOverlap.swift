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
}
