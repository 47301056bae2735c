package import PipelineCore

/// A division of documents into folds with nearly the same number of documents of each label.
///
/// Documents of one group (exact and near duplicates) are in the same fold, whatever their labels,
/// so that no document is predicted by a model that was trained on a copy of it.
///
/// The groups are shuffled label by label and sorted by size, largest first. Each group goes to the
/// fold with the fewest documents of its label; if several folds qualify, to the one with the
/// fewest documents. **Source:** the greedy assignment of scikit-learn's `StratifiedGroupKFold`,
/// with the label of the first document as the label of a group.
package struct StratifiedFolds: Sendable {
  /// The number of folds.
  package let count: Int
  /// The fold of each document, from 0.
  package let numbers: [Int]
  /// The number of groups.
  package let groupCount: Int

  /// Divides `documents`, whose labels are `labels`, into `count` folds. With fewer groups than
  /// folds, some folds are empty.
  ///
  /// - Parameter groups: the group of each document, as an arbitrary number.
  package init(
    of documents: [CorpusDocument], groups numbers: [Int], labels: LabelSet, count: Int, seed: Int
  ) {
    precondition(numbers.count == documents.count, "one group per document")
    var groups: [[Int]] = []
    var places: [Int: Int] = [:]
    for (document, number) in numbers.enumerated() {
      if let place = places[number] {
        groups[place].append(document)
      } else {
        places[number] = groups.count
        groups.append([document])
      }
    }
    let classes = documents.map { labels.number(of: $0.label) ?? 0 }
    var members = Array(repeating: [Int](), count: labels.count)
    for (group, documents) in groups.enumerated() {
      members[classes[documents[0]]].append(group)
    }
    var numbers = Array(repeating: 0, count: documents.count)
    var (totals, counts) = (
      Array(repeating: 0, count: count),
      Array(repeating: Array(repeating: 0, count: labels.count), count: count)
    )
    for label in members.indices {
      // Use different random numbers from those of the split into training and validation sets.
      var generator = SeededGenerator(seed: UInt64(bitPattern: Int64(seed)), label, 0x666f_6c64)
      generator.shuffle(&members[label])
      // Sorting by size must keep the random order of groups with the same size.
      let order = members[label].indices.sorted { left, right in
        let sizes = [left, right].map { groups[members[label][$0]].count }
        return (sizes[1], left) < (sizes[0], right)
      }
      for place in order {
        let group = groups[members[label][place]]
        let fold = (0..<count).reduce(0) { best, fold in
          (counts[fold][label], totals[fold]) < (counts[best][label], totals[best]) ? fold : best
        }
        for number in group {
          numbers[number] = fold
          counts[fold][classes[number]] += 1
        }
        totals[fold] += group.count
      }
    }
    (self.count, self.numbers, groupCount) = (count, numbers, groups.count)
  }
}
