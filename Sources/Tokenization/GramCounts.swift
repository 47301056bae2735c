import PipelineCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A run of characters without spaces.
struct CharacterRun {
  let bytes: [UInt8]
  /// Where each character stands.
  let pieces: [Range<Int>]

  /// The bytes of `length` characters from number `first` on.
  func gram(_ first: Int, _ length: Int) -> ArraySlice<UInt8> {
    bytes[pieces[first].lowerBound..<pieces[first + length - 1].upperBound]
  }
}

/// How often each sequence of so many characters stands in a corpus.
struct GramCounts {
  let length: Int
  /// The sequences, in the order in which they were met.
  private(set) var grams = Vocabulary()
  /// How often each was met.
  private(set) var tally: [Int] = []

  /// Counts sequences of `length` characters.
  ///
  /// - Parameter within: the counts of sequences one shorter; where one of the two in a sequence is
  ///   rarer than `minCount`, the sequence is passed over.
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

  /// How often `gram` was met.
  func count(of gram: ArraySlice<UInt8>) -> Int { grams.index(of: gram).map { tally[$0] } ?? 0 }
}

/// Which characters stand to the left and to the right of sequences.
struct Neighbours {
  /// The sum of c ln c over the distinct neighbours of each sequence, to its left and to its right.
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

  /// The smaller of the entropies to the left and to the right of a sequence met `count` times, in
  /// nats. The end of a run is a neighbour like no other.
  func freedom(_ index: Int, of count: Int) -> Double {
    log(Double(count)) - max(left[index], right[index]) / Double(count)
  }
}
