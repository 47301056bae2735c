import PipelineCore

/// The distinct runs of three tokens in a document, by their hashes: what two documents that say the
/// same with small changes have in common.
///
/// A document of one or two tokens has one shingle, all of it; one without tokens has none.
/// **Source:** Broder 1997, "On the resemblance and containment of documents".
struct ShingleSet: Sendable {
  /// Tokens a shingle.
  static let width = 3

  /// The hashes in order, each once.
  let hashes: [UInt64]

  /// The shingles of a document whose tokens have these hashes.
  init(_ tokens: [UInt64]) {
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

  /// How many shingles.
  package var count: Int { hashes.count }

  /// Shingles in both, and in either: their ratio is the Jaccard resemblance.
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

  /// The sets of documents with these tokens.
  static func sets(_ documents: [[UInt64]], threads: Int) -> [ShingleSet] {
    let blocks = Shards.ranges(of: documents.count, size: 256)
    return Shards.map(count: blocks.count, threads: threads) { number in
      blocks[number].map { ShingleSet(documents[$0]) }
    }.flatMap { $0 }
  }
}
