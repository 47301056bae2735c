public import PipelineCore

import Platform

/// Finds words in texts without spaces: sequences of characters that occur together more often than
/// expected by chance and have many different neighbors.
///
///     cohesion(w) = min over splits w = ab of ln(count(w) * N / (count(a) * count(b)))
///     freedom(w)  = the smaller entropy of the characters to its left and to its right, in nats
///
/// A word has two to four characters, a cohesion of at least 2, and a freedom of at least 0.8.
///
/// - Source: Tanaka-Ishii 2005 (branching entropy), Sproat and Shih 1990 (cohesion).
public struct WordDiscovery {
  /// The minimum number of occurrences of a word.
  public var minCount: Int

  private static let longest = 4
  private static let cohesion = 2.0
  private static let freedom = 0.8

  /// Creates a search for words with at least `minCount` occurrences.
  public init(minCount: Int) { self.minCount = minCount }

  /// Returns the words of normalized texts, most frequent first.
  public func words(in texts: [AlignedText]) -> Vocabulary {
    let runs = texts.flatMap { text -> [CharacterRun] in
      let pieces = UnspacedPieces(text)
      return pieces.runs.filter { $0.count > 1 }.map { run in
        CharacterRun(bytes: text.bytes, pieces: Array(pieces.ranges[run]))
      }
    }
    // A sequence is counted only if both of its subsequences one character shorter are frequent. No
    // others can be frequent, and counting all sequences would take too much memory.
    var counts = [GramCounts(runs, length: 1, within: nil, minCount: 1)]
    for length in 2...Self.longest {
      counts.append(
        GramCounts(runs, length: length, within: counts.last, minCount: minCount))
    }
    let total = Double(max(1, counts[0].tally.reduce(0, +)))
    var found: [(gram: ArraySlice<UInt8>, count: Int)] = []
    for length in 2...Self.longest {
      let grams = counts[length - 1]
      let neighbors = NeighborEntropies(runs, grams: grams)
      for index in grams.tally.indices
      where grams.tally[index] >= minCount
        && neighbors.freedom(index, of: grams.tally[index]) >= Self.freedom
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

/// A run of characters without spaces.
private struct CharacterRun {
  let bytes: [UInt8]
  /// The range of each character.
  let pieces: [Range<Int>]

  /// Returns the bytes of `length` characters starting with character `first`.
  func gram(_ first: Int, _ length: Int) -> ArraySlice<UInt8> {
    bytes[pieces[first].lowerBound..<pieces[first + length - 1].upperBound]
  }
}

/// The number of occurrences of each sequence of a given length in a corpus.
private struct GramCounts {
  let length: Int
  /// The sequences, in order of their first occurrence.
  private(set) var grams = Vocabulary()
  /// The number of occurrences of each sequence.
  private(set) var tally: [Int] = []

  /// Counts sequences of `length` characters.
  ///
  /// - Parameter within: the counts of sequences one character shorter; a sequence is skipped if
  ///   either of the two that it contains occurs fewer than `minCount` times.
  init(_ runs: [CharacterRun], length: Int, within: GramCounts?, minCount: Int) {
    self.length = length
    for run in runs where run.pieces.count >= length {
      for first in 0...run.pieces.count - length {
        if let within,
          within.count(of: run.gram(first, length - 1)) < minCount
            || within.count(of: run.gram(first + 1, length - 1)) < minCount
        {
          continue
        }
        let (index, isNew) = grams.insert(run.gram(first, length))
        if isNew { tally.append(1) } else { tally[index] += 1 }
      }
    }
  }

  /// Returns the number of occurrences of `gram`.
  func count(of gram: ArraySlice<UInt8>) -> Int { grams.index(of: gram).map { tally[$0] } ?? 0 }
}

/// The entropies of the characters to the left and to the right of each sequence.
private struct NeighborEntropies {
  /// The sum of c ln c over the distinct neighbors of each sequence, to its left and to its right.
  private var left: [Double]
  private var right: [Double]

  init(_ runs: [CharacterRun], grams: GramCounts) {
    var characters = Vocabulary()
    var before: [UInt64] = []
    var after: [UInt64] = []
    for run in runs where run.pieces.count >= grams.length {
      let numbers = run.pieces.map { UInt64(characters.insert(run.bytes[$0]).index) }
      for first in 0...run.pieces.count - grams.length {
        guard let index = grams.grams.index(of: run.gram(first, grams.length)) else { continue }
        let last = first + grams.length - 1
        if first > 0 { before.append(UInt64(index) << 32 | numbers[first - 1]) }
        if last + 1 < numbers.count { after.append(UInt64(index) << 32 | numbers[last + 1]) }
      }
    }
    left = Self.sums(before, count: grams.tally.count)
    right = Self.sums(after, count: grams.tally.count)
  }

  private static func sums(_ pairs: [UInt64], count: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: count)
    let pairs = pairs.sorted()
    var start = 0
    while start < pairs.count {
      var end = start + 1
      while end < pairs.count, pairs[end] == pairs[start] { end += 1 }
      let repeats = Double(end - start)
      sums[Int(pairs[start] >> 32)] += repeats * log(repeats)
      start = end
    }
    return sums
  }

  /// Returns the smaller of the entropies to the left and to the right of a sequence that occurs
  /// `count` times, in nats. Each end of a run counts as a distinct neighbor.
  func freedom(_ index: Int, of count: Int) -> Double {
    log(Double(count)) - max(left[index], right[index]) / Double(count)
  }
}
