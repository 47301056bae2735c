import PipelineCore

/// Picks the vectors of a corpus's words out of all that a file has.
struct VectorSelection {
  private let counts: WordCounts
  private let dimensions: Int
  /// A row for unknown words, then the vectors that were kept, in the order of the file.
  private var values: [Float]
  /// For each word of the corpus the number of its vector in `values`, or -1.
  private var place: [Int32]
  /// For each vector the hash of the word as the file spells it.
  private var spellings: [UInt64] = []
  /// Words that came again in the same spelling.
  private var duplicates = 0
  /// Words that came again in another spelling of the same normalized form.
  private var collisions = 0
  /// Words that the corpus does not have.
  private var absent = 0
  /// Words that the corpus does not have and that are kept all the same, in the order of the file.
  private var others = Vocabulary()
  /// Their vectors.
  private var otherValues: [Float] = []
  /// The most of them.
  private let othersLimit: Int
  /// Words that the normalizers refused.
  private var refused = 0

  /// Nothing kept yet.
  ///
  /// - Parameters:
  ///   - rows: the most rows that can come, if it is known.
  ///   - othersLimit: how many words that the corpus does not have are kept.
  init(for counts: WordCounts, dimensions: Int, rows: Int = 0, othersLimit: Int = 0) {
    self.othersLimit = othersLimit
    self.counts = counts
    self.dimensions = dimensions
    values = Array(repeating: 0, count: dimensions)
    // Growing would hold the vectors twice; room that is never used takes no memory.
    values.reserveCapacity((min(rows, counts.vocabulary.count) + 1) * dimensions)
    place = Array(repeating: -1, count: counts.vocabulary.count)
  }

  /// How many words have a vector.
  var keptCount: Int { spellings.count }

  /// Keeps the vector of a word if the corpus has the word and it has no vector yet.
  mutating func add(
    _ word: [UInt8], _ vector: [Float], normalize: (AlignedText) throws -> AlignedText
  ) {
    guard let text = try? normalize(AlignedText(source: word)) else {
      refused += 1
      return
    }
    guard let index = counts.vocabulary.index(of: text.bytes) else {
      addOther(text.bytes, vector)
      return
    }
    let spelling = ByteHash.hash(word)
    if place[index] < 0 {
      place[index] = Int32(keptCount)
      spellings.append(spelling)
      values += vector
    } else if spellings[Int(place[index])] == spelling {
      duplicates += 1
    } else {
      collisions += 1
    }
  }

  /// Keeps the vector of a word that the corpus does not have, if there is room.
  private mutating func addOther(_ word: [UInt8], _ vector: [Float]) {
    if others.index(of: word) != nil {
      duplicates += 1
    } else if others.count < othersLimit, !word.isEmpty {
      others.insert(word)
      otherValues += vector
    } else {
      absent += 1
    }
  }

  /// The table, most frequent words first, then what the corpus does not have, with the mean of the
  /// corpus's vectors for unknown words; takes the vectors out of the selection.
  mutating func table(isTrainable: Bool, summary: String) -> EmbeddingTable {
    var vocabulary = Vocabulary()
    var order: [Int] = []
    for (word, place) in place.enumerated() where place >= 0 {
      vocabulary.insert(counts.vocabulary[word])
      order.append(Int(place))
    }
    var rows: [Float] = []
    swap(&rows, &values)
    rows.replaceSubrange(..<dimensions, with: mean(of: rows))
    arrange(&rows, order)
    for word in 0..<others.count { vocabulary.insert(others[word]) }
    rows += otherValues
    return EmbeddingTable(
      vocabulary: vocabulary, dimensions: dimensions, values: rows, isTrainable: isTrainable,
      summary: summary)
  }

  /// Moves vectors within `rows`, for a second table would take as much memory again: the vector of
  /// word `k`, in row `k + 1`, becomes what was the vector `order[k]`.
  private func arrange(_ rows: inout [Float], _ order: [Int]) {
    var isDone = [Bool](repeating: false, count: order.count)
    rows.withUnsafeMutableBufferPointer { rows in
      func row(_ place: Int) -> UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(
          rebasing: rows[(place + 1) * dimensions..<(place + 2) * dimensions])
      }
      for first in order.indices where !isDone[first] {
        // Vectors change places in rings; the first of a ring waits aside until the ring closes.
        let aside = Array(row(first))
        var place = first
        while order[place] != first {
          _ = row(place).update(from: row(order[place]))
          isDone[place] = true
          place = order[place]
        }
        _ = row(place).update(from: aside)
        isDone[place] = true
      }
    }
  }

  /// The mean of the vectors that were kept.
  private func mean(of rows: [Float]) -> [Float] {
    var sums = [Double](repeating: 0, count: dimensions)
    for start in stride(from: dimensions, to: rows.count, by: dimensions) {
      for column in 0..<dimensions { sums[column] += Double(rows[start + column]) }
    }
    return sums.map { Float($0 / Double(max(1, keptCount))) }
  }

  /// One line with counts that add up: read = kept + repeated + skipped + not in the corpus.
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
    let words = Share(keptCount, of: counts.vocabulary.count)
    let tokens = Share(covered, of: counts.total)
    line += "covers \(tokens) % of the corpus tokens and \(words) % of its words"
    if tokens.isBelow(percent: 20) {
      line += "; warning: most of the corpus has no vector; wrong language or normalization?"
    }
    if let declared = reader.declaredRows, declared != read.read {
      line += "; warning: the header says \(declared) words"
    }
    return line
  }
}

/// A part of a whole, in percent with one decimal.
private struct Share: CustomStringConvertible {
  private let part: Int
  private let whole: Int

  init(_ part: Int, of whole: Int) {
    self.part = part
    self.whole = whole
  }

  func isBelow(percent: Int) -> Bool { Double(part) * 100 < Double(whole) * Double(percent) }

  var description: String {
    let tenths = whole == 0 ? 0 : Int((Double(part) * 1000 / Double(whole)).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
