package import PipelineCore

/// Ever larger parts of some documents, each with all of the one before it.
///
/// Every label keeps its share: its documents are put in an order that only the seed decides, and each
/// part takes as many of them from the front as its share says, at least one. So parts differ by the
/// documents that are added and by nothing else.
package struct NestedSubsets {
  private let documents: [CorpusDocument]
  /// The documents of each label by number, in the order in which parts take them.
  private var members: [[Int]]

  /// Parts of `documents`, which have these labels.
  package init(of documents: [CorpusDocument], labels: LabelSet, seed: Int) {
    self.documents = documents
    members = Array(repeating: [], count: labels.count)
    for (number, document) in documents.enumerated() {
      if let label = labels.number(of: document.label) { members[label].append(number) }
    }
    for label in members.indices {
      // Another stream than that of the split into training and validation.
      var generator = SeededGenerator(seed: UInt64(bitPattern: Int64(seed)), label, 0x6e657374)
      generator.shuffle(&members[label])
    }
  }

  /// The part that holds `share` of each label, `0...1`, in the order of the corpus.
  package func part(_ share: Double) -> [CorpusDocument] {
    var isTaken = Array(repeating: false, count: documents.count)
    for label in members {
      let count = max(1, Int((Double(label.count) * share).rounded()))
      for number in label.prefix(count) { isTaken[number] = true }
    }
    return documents.indices.filter { isTaken[$0] }.map { documents[$0] }
  }
}
