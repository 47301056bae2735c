package import PipelineCore

/// Subsets of increasing size, each of which contains the smaller ones.
///
/// The documents of each label are shuffled once with the seed. A subset takes the same share of
/// each label from the front, but at least one document per label. Two subsets therefore differ
/// only in the documents that the larger one adds.
package struct NestedSubsets {
  private let documents: [CorpusDocument]
  /// The document indices of each label, in the order in which subsets take them.
  private var members: [[Int]]

  /// Creates the subsets of `documents`, whose labels are `labels`.
  package init(of documents: [CorpusDocument], labels: LabelSet, seed: Int) {
    self.documents = documents
    members = Array(repeating: [], count: labels.count)
    for (number, document) in documents.enumerated() {
      if let label = labels.number(of: document.label) { members[label].append(number) }
    }
    for label in members.indices {
      // Use different random numbers from those of the split into training and validation sets.
      var generator = SeededGenerator(seed: UInt64(bitPattern: Int64(seed)), label, 0x6e657374)
      generator.shuffle(&members[label])
    }
  }

  /// Returns the subset with `share` (`0...1`) of each label, in the order of the corpus.
  package func part(_ share: Double) -> [CorpusDocument] {
    var isTaken = Array(repeating: false, count: documents.count)
    for label in members {
      let count = max(1, Int((Double(label.count) * share).rounded()))
      for number in label.prefix(count) { isTaken[number] = true }
    }
    return documents.indices.filter { isTaken[$0] }.map { documents[$0] }
  }
}
