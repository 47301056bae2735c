import PipelineCore

/// The distinct shingles (runs of three tokens) of a document, as hashes. Documents that differ in
/// only a few words share most of their shingles.
///
/// A document of one or two tokens has one shingle, the whole document; a document without tokens
/// has none. **Source:** Broder 1997, "On the resemblance and containment of documents".
struct ShingleSet: Sendable {
  /// The number of tokens in a shingle.
  private static let width = 3

  /// The hashes in ascending order, without duplicates.
  let hashes: [UInt64]

  /// Creates the shingles of a document from the hashes of its tokens.
  private init(_ tokens: [UInt64]) {
    guard tokens.count >= Self.width else {
      hashes = tokens.isEmpty ? [] : [tokens.reduce(0, ByteHash.combine)]
      return
    }
    var found = (0...tokens.count - Self.width).map { start in
      tokens[start..<start + Self.width].reduce(0, ByteHash.combine)
    }
    found.sort()
    var distinct: [UInt64] = []
    distinct.reserveCapacity(found.count)
    for hash in found where hash != distinct.last { distinct.append(hash) }
    hashes = distinct
  }

  /// The number of shingles.
  var count: Int { hashes.count }

  /// Returns the sizes of the intersection and the union of two sets of shingles. Their ratio is
  /// the Jaccard resemblance.
  func overlap(with other: ShingleSet) -> (shared: Int, union: Int) {
    var (i, j, shared) = (0, 0, 0)
    while i < count, j < other.count {
      if hashes[i] == other.hashes[j] {
        (i, j, shared) = (i + 1, j + 1, shared + 1)
      } else if hashes[i] < other.hashes[j] {
        i += 1
      } else {
        j += 1
      }
    }
    return (shared, count + other.count - shared)
  }

  /// Returns the shingles of each document, given the hashes of its tokens.
  static func sets(_ documents: [[UInt64]], threads: Int) -> [ShingleSet] {
    let blocks = Shards.ranges(of: documents.count, size: 256)
    return Shards.map(count: blocks.count, threads: threads) { number in
      blocks[number].map { ShingleSet(documents[$0]) }
    }.flatMap { $0 }
  }
}

/// An index that finds documents with a resemblance of at least 4/5 without comparing all pairs.
///
/// Fix an order of all shingles, such as rarest first. Two sets with resemblance `J >= t` have at
/// least one shingle in common among the first `|x| - ceil(t |x|) + 1` of each. Only these shingles
/// are looked up, and the documents found are compared exactly. No pair above the threshold is
/// missed unless a limit is reached. **Source:** Chaudhuri, Ganti, Kaushik 2006 (prefix filter);
/// Bayardo, Ma, Srikant 2007.
struct ResemblanceIndex: Sendable {
  /// The minimum resemblance of near duplicates, as a ratio of whole numbers so that rounding
  /// cannot change the result.
  private static let threshold = (numerator: 4, denominator: 5)
  /// The maximum number of look-ups for a document. Only documents constructed to share their
  /// rarest words come close to it.
  private static let visitLimit = 20_000

  private let sets: [ShingleSet]
  /// The rarest shingles of each document.
  private let prefixes: [[UInt64]]
  /// The prefixes of all documents, sorted by shingle and then by document.
  private let entries: [(shingle: UInt64, document: Int32)]

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

  /// Counts the shingles by the low bits of their hashes. Collisions are harmless: any order of the
  /// shingles is correct.
  private static func frequencies(of sets: [ShingleSet]) -> [UInt32] {
    var frequencies: [UInt32] = Array(repeating: 0, count: 1 << 20)
    for set in sets {
      for hash in set.hashes { frequencies[Int(hash & 0xF_FFFF)] &+= 1 }
    }
    return frequencies
  }

  /// Returns the minimum number of shingles that a set of `count` shingles must share with another
  /// set to be a near duplicate.
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

  /// The result of a search.
  struct SearchResult: Sendable {
    /// A document that resembles the given one, and the resemblance, which is `nil` for identical
    /// bytes.
    var match: (document: Int, resemblance: Double?)?
    /// Whether the search stopped at the limit.
    var isUnfinished = false
  }

  /// Returns the first document found in `range` that resembles `document`.
  ///
  /// - Parameter isWanted: returns whether a document counts as a match.
  func match(
    for document: Int, among range: Range<Int>, where isWanted: (Int) -> Bool = { _ in true }
  ) -> SearchResult {
    var result = SearchResult()
    let isFinished = search(for: document, among: range, where: isWanted) { other, resemblance in
      result.match = (other, resemblance)
      return false
    }
    result.isUnfinished = !isFinished
    return result
  }

  /// Returns all documents in `range` that resemble `document`, and whether the search stopped at
  /// the limit.
  func matches(
    for document: Int, among range: Range<Int>
  ) -> (documents: [Int], isUnfinished: Bool) {
    var found: [Int] = []
    let isFinished = search(for: document, among: range, where: { _ in true }) { other, _ in
      found.append(other)
      return true
    }
    return (found, !isFinished)
  }

  /// Calls `body` for the documents in `range` that resemble `document` until it returns `false`.
  ///
  /// - Returns: `false` if the limit stopped the search, otherwise `true`.
  private func search(
    for document: Int, among range: Range<Int>, where isWanted: (Int) -> Bool,
    _ body: (_ other: Int, _ resemblance: Double) -> Bool
  ) -> Bool {
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
        guard visits <= Self.visitLimit else { return false }
        let size = sets[Int(other)].count
        // Skip sets whose sizes differ too much to reach the threshold.
        guard other != document, size >= least, Self.leastOverlap(size) <= set.count,
          isWanted(Int(other)), seen.insert(other).inserted
        else { continue }
        let (shared, union) = set.overlap(with: sets[Int(other)])
        if shared * Self.threshold.denominator >= union * Self.threshold.numerator,
          !body(Int(other), Double(shared) / Double(union))
        {
          return true
        }
      }
    }
    return true
  }

  /// Returns the index of the first entry at or after this shingle and document.
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
