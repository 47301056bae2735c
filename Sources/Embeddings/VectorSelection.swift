import PipelineCore

/// Selects the vectors of a corpus's words from a vector file.
struct VectorSelection {
  private let counts: WordCounts
  private let dimensions: Int
  /// A row for unknown words, followed by the kept vectors in file order.
  private var values: [Float]
  /// For each word of the corpus, the index of its vector in `values`, or -1 if it has none.
  private var place: [Int32]
  /// The hash of each kept vector's word, as spelled in the file.
  private var spellings: [UInt64] = []
  /// The number of words repeated with the same spelling.
  private var duplicates = 0
  /// The number of words repeated with a different spelling but the same normalized form.
  private var collisions = 0
  /// The number of dropped words that are not in the corpus.
  private var absent = 0
  /// The kept words that are not in the corpus, in file order.
  private var others = Vocabulary()
  /// The vectors of `others`.
  private var otherValues: [Float] = []
  /// The maximum number of `others`.
  private let othersLimit: Int
  /// The number of words that the normalizers rejected.
  private var refused = 0

  /// Creates an empty selection.
  ///
  /// - Parameters:
  ///   - estimatedRows: an upper bound on the number of rows, or 0 if unknown.
  ///   - othersLimit: the maximum number of words to keep that are not in the corpus.
  init(for counts: WordCounts, dimensions: Int, estimatedRows: Int = 0, othersLimit: Int = 0) {
    self.othersLimit = othersLimit
    self.counts = counts
    self.dimensions = dimensions
    values = Array(repeating: 0, count: dimensions)
    // Growing the array would copy the vectors; reserved memory that is never used costs nothing.
    let rows = min(estimatedRows, counts.vocabulary.count) + 1
    if MemoryLimit.canHold(4 * Double(rows) * Double(dimensions)) {
      values.reserveCapacity(rows * dimensions)
    }
    place = Array(repeating: -1, count: counts.vocabulary.count)
  }

  /// The number of words that have a vector.
  var keptCount: Int { spellings.count }

  /// Keeps the vector of a word if the corpus contains the word and it has no vector yet.
  ///
  /// - Throws: `MemoryError`
  mutating func add(
    _ word: [UInt8], _ vector: [Float], normalize: (AlignedText) throws -> AlignedText
  ) throws(MemoryError) {
    guard let text = try? normalize(AlignedText(source: word)) else {
      refused += 1
      return
    }
    guard let index = counts.vocabulary.index(of: text.bytes) else {
      try addOther(text.bytes, vector)
      return
    }
    let spelling = ByteHash.hash(word)
    if place[index] < 0 {
      place[index] = Int32(keptCount)
      spellings.append(spelling)
      try values.append(vectors: vector)
    } else if spellings[Int(place[index])] == spelling {
      duplicates += 1
    } else {
      collisions += 1
    }
  }

  /// Keeps the vector of a word that is not in the corpus, up to the limit.
  private mutating func addOther(_ word: [UInt8], _ vector: [Float]) throws(MemoryError) {
    if others.index(of: word) != nil {
      duplicates += 1
    } else if others.count < othersLimit, !word.isEmpty {
      others.insert(word)
      try otherValues.append(vectors: vector)
    } else {
      absent += 1
    }
  }

  /// Moves the vectors into a table: the words of the corpus, most frequent first, then the others.
  /// The row of unknown words is the mean of the corpus's vectors.
  mutating func table(
    isTrainable: Bool, summary: String
  ) throws(MemoryError) -> EmbeddingTable {
    var vocabulary = Vocabulary()
    var order: [Int] = []
    for (word, place) in place.enumerated() where place >= 0 {
      vocabulary.insert(counts.vocabulary[word])
      order.append(Int(place))
    }
    var rows: [Float] = []
    swap(&rows, &values)
    let mean = rows[dimensions...].meanRow(width: dimensions)
    rows.replaceSubrange(..<dimensions, with: mean)
    permute(&rows, order)
    for word in 0..<others.count { vocabulary.insert(others[word]) }
    try rows.append(vectors: otherValues)
    return EmbeddingTable(
      vocabulary: vocabulary, dimensions: dimensions, values: rows, isTrainable: isTrainable,
      summary: summary)
  }

  /// Permutes the vectors in place, because a second table would double the memory. The vector of
  /// word `k`, in row `k + 1`, becomes vector `order[k]`.
  private func permute(_ rows: inout [Float], _ order: [Int]) {
    var isDone = [Bool](repeating: false, count: order.count)
    rows.withUnsafeMutableBufferPointer { rows in
      func row(_ place: Int) -> UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(
          rebasing: rows[(place + 1) * dimensions..<(place + 2) * dimensions])
      }
      for first in order.indices where !isDone[first] {
        // Follow the cycle from `first`; its vector is saved until the cycle closes.
        let saved = Array(row(first))
        var place = first
        while order[place] != first {
          _ = row(place).update(from: row(order[place]))
          isDone[place] = true
          place = order[place]
        }
        _ = row(place).update(from: saved)
        isDone[place] = true
      }
    }
  }

  /// Returns the row counts in one line: read = kept + repeated + skipped + not in the corpus.
  ///
  /// It is stored in models, so its text must not change.
  func summary(of reader: VectorFileReader) -> String {
    let read = reader.counts
    var line =
      "\(reader.format.rawValue), \(dimensions) dimensions; \(read.read) rows read: "
      + "\(keptCount) kept, " + (othersLimit > 0 ? "\(others.count) kept besides, " : "")
      + "\(absent) not in the corpus, \(duplicates) duplicates, "
      + "\(collisions) equal after normalization, \(read.skipped + refused) skipped "
      + "(\(read.emptyWords) empty, \(read.invalidUTF8) not UTF-8, \(read.nonFinite) not finite, "
      + "\(refused) refused by a normalizer); "
    let covered = place.indices.reduce(0) { $0 + (place[$1] < 0 ? 0 : counts.counts[$1]) }
    let words = Percentage(keptCount, of: counts.vocabulary.count)
    let tokens = Percentage(covered, of: counts.total)
    line += "covers \(tokens) % of the corpus tokens and \(words) % of its words"
    if tokens.isBelow(20) {
      line += "; warning: most of the corpus has no vector; wrong language or normalization?"
    }
    if let declared = reader.declaredRows, declared != read.read {
      line += "; warning: the header says \(declared) words"
    }
    return line
  }
}

/// A share as a percentage with one decimal.
private struct Percentage: CustomStringConvertible {
  private let part: Int
  private let whole: Int

  init(_ part: Int, of whole: Int) {
    self.part = part
    self.whole = whole
  }

  func isBelow(_ percent: Int) -> Bool { Double(part) * 100 < Double(whole) * Double(percent) }

  var description: String {
    let tenths = whole == 0 ? 0 : Int((Double(part) * 1000 / Double(whole)).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
