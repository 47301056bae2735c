import Messages
import PipelineCore

/// Finds documents that resemble an earlier one, without comparing all with all.
///
/// Two sets with resemblance `J >= t` share one at least of the `|x| - ceil(t |x|) + 1` rarest
/// shingles of each, whatever order "rare" means as long as it is the same for all; so only these
/// are looked up, and what they lead to is compared exactly. Nothing above the threshold is missed
/// as long as no limit is reached. **Source:** Chaudhuri, Ganti, Kaushik 2006 (prefix filter);
/// Bayardo, Ma, Srikant 2007.
struct ResemblanceIndex: Sendable {
  /// From this resemblance on two documents are near duplicates: a ratio of whole numbers, so that
  /// no rounding decides.
  static let threshold = (numerator: 4, denominator: 5)
  /// So many look-ups are made for a document; one that needs more counts as unfinished. Only
  /// documents made to be alike in their rarest words come near.
  static let visitLimit = 20_000

  private let sets: [ShingleSet]
  /// The rarest shingles of each document.
  private let prefixes: [[UInt64]]
  /// All of these, sorted by shingle and then by document.
  private let entries: [(shingle: UInt64, document: Int32)]

  /// An index over documents.
  init(_ sets: [ShingleSet], threads: Int) {
    self.sets = sets
    let frequencies = Self.frequencies(of: sets)
    let blocks = Shards.ranges(of: sets.count, size: 256)
    prefixes = Shards.map(count: blocks.count, threads: threads) { number in
      blocks[number].map { Self.prefix(of: sets[$0], frequencies) }
    }.flatMap { $0 }
    entries = prefixes.enumerated().flatMap { document, prefix in
      prefix.map { (shingle: $0, document: Int32(document)) }
    }.sorted { ($0.shingle, $0.document) < ($1.shingle, $1.document) }
  }

  /// How often shingles occur, by the low bits of their hashes: the order need not be exact.
  private static func frequencies(of sets: [ShingleSet]) -> [UInt32] {
    var frequencies: [UInt32] = Array(repeating: 0, count: 1 << 20)
    for set in sets {
      for hash in set.hashes { frequencies[Int(hash & 0xF_FFFF)] &+= 1 }
    }
    return frequencies
  }

  /// How many shingles of `count` another set must have at least to resemble this one.
  private static func leastOverlap(_ count: Int) -> Int {
    (count * threshold.numerator + threshold.denominator - 1) / threshold.denominator
  }

  private static func prefix(of set: ShingleSet, _ frequencies: [UInt32]) -> [UInt64] {
    let least = leastOverlap(set.count)
    let ordered = set.hashes.sorted { left, right in
      (frequencies[Int(left & 0xF_FFFF)], left) < (frequencies[Int(right & 0xF_FFFF)], right)
    }
    return Array(ordered.prefix(set.count == 0 ? 0 : set.count - least + 1))
  }

  /// What a search found.
  package struct Finding: Sendable {
    /// A document that resembles the one in question, and by how much; `nil` for the same bytes.
    var match: (document: Int, resemblance: Double?)?
    /// Whether the search was broken off at the limit.
    var isUnfinished = false
  }

  /// Some document of `range` that resembles `document`: the first that the rarest shingles lead to.
  func match(of document: Int, in range: Range<Int>) -> Finding {
    let set = sets[document]
    let least = Self.leastOverlap(set.count)
    var (seen, visits) = (Set<Int32>(), 0)
    for shingle in prefixes[document] {
      var place = firstEntry(shingle, range.lowerBound)
      while place < entries.count, entries[place].shingle == shingle,
        entries[place].document < range.upperBound
      {
        let other = entries[place].document
        place += 1
        visits += 1
        guard visits <= Self.visitLimit else { return Finding(isUnfinished: true) }
        let size = sets[Int(other)].count
        // Sets of too different sizes cannot resemble each other enough.
        guard other != document, size >= least, Self.leastOverlap(size) <= set.count,
          seen.insert(other).inserted
        else { continue }
        let (shared, union) = set.overlap(with: sets[Int(other)])
        if shared * Self.threshold.denominator >= union * Self.threshold.numerator {
          return Finding(match: (Int(other), Double(shared) / Double(union)))
        }
      }
    }
    return Finding()
  }

  /// The place of the first entry that is not before this shingle in this document.
  private func firstEntry(_ shingle: UInt64, _ document: Int) -> Int {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if (entries[middle].shingle, Int(entries[middle].document)) < (shingle, document) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }
}
