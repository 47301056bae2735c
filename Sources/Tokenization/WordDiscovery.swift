public import PipelineCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Finds words in texts without spaces: characters that stand together more often than chance has
/// them, and beside many different neighbours.
///
///     cohesion(w) = min over cuts w = ab of ln(count(w) * N / (count(a) * count(b)))
///     freedom(w)  = the smaller entropy of the characters to its left and to its right, in nats
///
/// A word has a cohesion of 2 and a freedom of 0.8 at least. Two to four characters are looked at.
///
/// - Source: the branching entropy of Tanaka-Ishii 2005, the cohesion of Sproat, Shih 1990.
public struct WordDiscovery {
  /// How often a word must stand in the texts.
  public var minCount: Int

  private static let longest = 4
  private static let cohesion = 2.0
  private static let freedom = 0.8

  /// Words of at least so many places.
  public init(minCount: Int) { self.minCount = minCount }

  /// The words of normalized texts, most frequent first.
  public func words(in texts: [AlignedText]) -> Vocabulary {
    let runs = texts.flatMap { text -> [CharacterRun] in
      let pieces = UnspacedPieces(text)
      return pieces.runs.filter { $0.count > 1 }.map { run in
        CharacterRun(bytes: text.bytes, pieces: Array(pieces.ranges[run]))
      }
    }
    // Grams of each length, counted only where both shorter ones within are frequent enough: the
    // others cannot be, and would fill the memory.
    var counts = [GramCounts(runs, length: 1, within: nil, minCount: 1)]
    for length in 2...Self.longest {
      counts.append(
        GramCounts(runs, length: length, within: counts.last, minCount: minCount))
    }
    let total = Double(max(1, counts[0].tally.reduce(0, +)))
    var found: [(gram: ArraySlice<UInt8>, count: Int)] = []
    for length in 2...Self.longest {
      let grams = counts[length - 1]
      let neighbours = Neighbours(runs, grams: grams)
      for index in grams.tally.indices
      where grams.tally[index] >= minCount
        && neighbours.freedom(index, of: grams.tally[index]) >= Self.freedom
        && cohesion(of: index, length: length, counts, total: total) >= Self.cohesion
      {
        found.append((grams.grams[index], grams.tally[index]))
      }
    }
    let order = found.indices.sorted { (found[$1].count, $0) < (found[$0].count, $1) }
    var words = Vocabulary()
    for index in order { words.insert(found[index].gram) }
    return words
  }

  private func cohesion(
    of index: Int, length: Int, _ counts: [GramCounts], total: Double
  ) -> Double {
    let grams = counts[length - 1]
    let gram = grams.grams[index]
    let ends = UnspacedPieces(AlignedText(source: Array(gram))).ranges.map(\.upperBound)
    return (1..<length).map { cut in
      let middle = gram.startIndex + ends[cut - 1]
      let left = counts[cut - 1].count(of: gram[..<middle])
      let right = counts[length - cut - 1].count(of: gram[middle...])
      guard left > 0, right > 0 else { return 0 }
      return log(Double(grams.tally[index]) * total / (Double(left) * Double(right)))
    }.min() ?? 0
  }
}
