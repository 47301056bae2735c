import Corpora
import PipelineCore

/// The groups of exact or near duplicates among documents.
///
/// Two documents are in the same group if they have the same text or share at least four fifths of
/// their shingles (runs of three tokens), or if a chain of such pairs connects them. A document
/// that has no duplicates is a group by itself, and so is each document without text.
struct DuplicateGroups: Sendable {
  /// The group of each document: the index of the first document in the group.
  private(set) var numbers: [Int]
  /// The number of documents for which the search was stopped because too many others share their
  /// rarest words. They may be missing from a group.
  let unfinished: Int

  /// Searches `documents`; `hashes` contains the token hashes of each document.
  init(in documents: [CorpusDocument], hashes: [[UInt64]], threads: Int) {
    var first: [[UInt8]: Int] = [:]
    let twins = documents.enumerated().map { number, document -> Int? in
      guard !document.text.isEmpty else { return nil }
      if let twin = first[document.text] { return twin }
      first[document.text] = number
      return nil
    }
    let index = ResemblanceIndex(ShingleSet.sets(hashes, threads: threads), threads: threads)
    let blocks = Shards.ranges(of: documents.count, size: 64)
    let results = Shards.map(count: blocks.count, threads: threads) { block in
      blocks[block].map { number -> (documents: [Int], isUnfinished: Bool) in
        // Documents that resemble the twin also resemble this document.
        if let twin = twins[number] { return ([twin], false) }
        return index.matches(for: number, among: 0..<number)
      }
    }.joined()
    numbers = Array(documents.indices)
    unfinished = results.count { $0.isUnfinished }
    for (number, result) in results.enumerated() {
      for other in result.documents { join(number, other) }
    }
    for number in numbers.indices { numbers[number] = root(of: number) }
  }

  /// The number of groups of two or more documents, and the number of documents in them.
  var repeated: (groups: Int, documents: Int) {
    var sizes: [Int: Int] = [:]
    for number in numbers { sizes[number, default: 0] += 1 }
    let large = sizes.values.filter { $0 > 1 }
    return (large.count, large.reduce(0, +))
  }

  /// Returns the first document of the group that a document belongs to.
  private func root(of number: Int) -> Int {
    var number = number
    while numbers[number] != number { number = numbers[number] }
    return number
  }

  private mutating func join(_ one: Int, _ other: Int) {
    let roots = (root(of: one), root(of: other))
    let least = min(roots.0, roots.1)
    (numbers[roots.0], numbers[roots.1]) = (least, least)
    // Shorten the path for later look-ups.
    numbers[one] = least
  }
}
