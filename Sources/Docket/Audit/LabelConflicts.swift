import Corpora
import PipelineCore

/// Finds documents that repeat an earlier document, exactly or nearly, but have a different label.
///
/// Near duplicates share at least four fifths of their shingles (runs of three tokens), as in
/// `CorpusRepeats`.
struct LabelConflicts {
  /// A document and an earlier one with a different label.
  struct Pair {
    /// The document.
    var document: Int
    /// The earlier document.
    var earlier: Int
    /// The share of shingles (runs of three tokens) that the two documents have in common; `nil`
    /// for identical bytes.
    var resemblance: Double?
  }

  /// At most one pair for each document, in document order.
  let pairs: [Pair]
  /// The number of documents for which the search was stopped because too many others share their
  /// rarest words.
  let unfinished: Int

  /// Searches `documents`; `hashes` contains the token hashes of each document.
  init(in documents: [CorpusDocument], hashes: [[UInt64]], threads: Int) {
    let twins = Self.twins(in: documents)
    let index = ResemblanceIndex(ShingleSet.sets(hashes, threads: threads), threads: threads)
    let blocks = Shards.ranges(of: documents.count, size: 64)
    let results = Shards.map(count: blocks.count, threads: threads) { block in
      blocks[block].map { number in
        if let twin = twins[number] {
          return ResemblanceIndex.SearchResult(match: (twin, nil))
        }
        return index.match(for: number, among: 0..<number) {
          documents[$0].label != documents[number].label
        }
      }
    }.joined()
    pairs = results.enumerated().compactMap { number, result in
      result.match.map {
        Pair(document: number, earlier: $0.document, resemblance: $0.resemblance)
      }
    }
    unfinished = results.count { $0.isUnfinished }
  }

  /// Returns, for each document, the first earlier one with the same text but a different label.
  private static func twins(in documents: [CorpusDocument]) -> [Int?] {
    // For each text, the first document of each label, in order.
    var places: [[UInt8]: [Int]] = [:]
    return documents.enumerated().map { number, document in
      guard !document.text.isEmpty else { return nil }
      let earlier = places[document.text] ?? []
      if !earlier.contains(where: { documents[$0].label == document.label }) {
        places[document.text, default: []].append(number)
      }
      return earlier.first { documents[$0].label != document.label }
    }
  }
}
