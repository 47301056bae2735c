/// The words that have a vector, indexed from 0 and keyed by their UTF-8 bytes.
///
/// A `[String: Int]` does not work here: hashing a `String` normalizes it, which is slow (quadratic
/// on runs of combining marks) and would merge words that are distinct in a vector file.
public struct Vocabulary: Sendable, Equatable {
  /// The bytes of all words, concatenated.
  public private(set) var storage: [UInt8] = []
  /// Word `k` is `storage[offsets[k]..<offsets[k + 1]]`.
  public private(set) var offsets: [Int] = [0]
  /// The hash table, with open addressing: word index + 1, or 0 for a free slot. Its size is a
  /// power of two.
  private var slots: [Int32] = Array(repeating: 0, count: 16)

  /// Creates an empty vocabulary.
  public init() {}

  /// Creates a vocabulary in which word `k` is `storage[offsets[k]..<offsets[k + 1]]`; returns
  /// `nil` if a word is repeated.
  ///
  /// - Precondition: `offsets` begins with 0, ascends, and ends with the length of `storage`.
  package init?(storage: [UInt8], offsets: [Int]) {
    precondition(offsets.first == 0 && offsets.last == storage.count, "the offsets have all bytes")
    (self.storage, self.offsets) = (storage, offsets)
    var size = slots.count
    while count * 2 > size { size *= 2 }
    slots = Array(repeating: 0, count: size)
    let isDistinct = storage.withUnsafeBufferPointer { storage in
      for index in 0..<count {
        let word = UnsafeBufferPointer(rebasing: storage[offsets[index]..<offsets[index + 1]])
        let place = slot(for: word, hash: ByteHash.hash(word))
        if slots[place] != 0 { return false }
        slots[place] = Int32(index + 1)
      }
      return true
    }
    guard isDistinct else { return nil }
  }

  /// The number of words: `V`.
  public var count: Int { offsets.count - 1 }

  /// The bytes of word `index`.
  public subscript(index: Int) -> ArraySlice<UInt8> {
    storage[offsets[index]..<offsets[index + 1]]
  }

  /// Returns word `index` as a string, for display.
  public func string(_ index: Int) -> String { String(decoding: self[index], as: UTF8.self) }

  /// Returns the index of the word with these bytes, or `nil` if there is none.
  public func index(of word: some Collection<UInt8>) -> Int? {
    index(of: word, hash: ByteHash.hash(word))
  }

  /// Returns the index of the word with these bytes, given their `ByteHash`.
  public func index(of word: some Collection<UInt8>, hash: UInt64) -> Int? {
    withBytes(of: word) { bytes in
      let found = slots[slot(for: bytes, hash: hash)]
      return found == 0 ? nil : Int(found) - 1
    }
  }

  /// Adds a word unless it is present. Returns its index and whether it is new.
  @discardableResult
  public mutating func insert(_ word: some Collection<UInt8>) -> (index: Int, isNew: Bool) {
    word.withContiguousStorageIfAvailable { insert(bytes: $0) }
      ?? Array(word).withUnsafeBufferPointer { insert(bytes: $0) }
  }

  /// Adds the words that are concatenated in `words`; word `k` ends at offset `ends[k]`.
  ///
  /// - Returns: the indices in `ends` of the words that were already present.
  public mutating func insert(_ words: [UInt8], ends: [Int]) -> [Int] {
    words.withUnsafeBufferPointer { words in
      func word(_ place: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: words[(place == 0 ? 0 : ends[place - 1])..<ends[place]])
      }
      let hashes = ends.indices.map { ByteHash.hash(word($0)) }
      prefetchSlots(of: hashes)
      return ends.indices.filter { !insert(bytes: word($0), hash: hashes[$0]).isNew }
    }
  }

  /// Loads the slots of these hashes into the cache. Each load is a cache miss, but independent
  /// misses overlap, so loading all slots together takes a fraction of the time of reading them one
  /// by one.
  private func prefetchSlots(of hashes: [UInt64]) {
    let mask = slots.count - 1
    let seen = hashes.reduce(0) { $0 | slots[Int(truncatingIfNeeded: $1) & mask] }
    precondition(seen >= 0, "slots hold word numbers")
  }

  /// Adds a word in contiguous memory. This is not generic, because it is called for every row of a
  /// vector file.
  private mutating func insert(bytes: UnsafeBufferPointer<UInt8>) -> (index: Int, isNew: Bool) {
    insert(bytes: bytes, hash: ByteHash.hash(bytes))
  }

  private mutating func insert(
    bytes: UnsafeBufferPointer<UInt8>, hash: UInt64
  ) -> (index: Int, isNew: Bool) {
    let place = slot(for: bytes, hash: hash)
    if slots[place] != 0 { return (Int(slots[place]) - 1, false) }
    storage.append(contentsOf: bytes)
    offsets.append(storage.count)
    slots[place] = Int32(count)
    if count * 2 > slots.count { grow() }
    return (count - 1, true)
  }

  /// Calls `body` with the word in contiguous memory, so that the lookup itself is not generic.
  private func withBytes<Result>(
    of word: some Collection<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    word.withContiguousStorageIfAvailable(body) ?? Array(word).withUnsafeBufferPointer(body)
  }

  /// Returns the slot that holds `word`, or the free slot in which to insert it.
  private func slot(for word: UnsafeBufferPointer<UInt8>, hash: UInt64) -> Int {
    storage.withUnsafeBufferPointer { storage in
      let mask = slots.count - 1
      var place = Int(truncatingIfNeeded: hash) & mask
      while slots[place] != 0 {
        let number = Int(slots[place]) - 1
        let start = offsets[number]
        if offsets[number + 1] - start == word.count,
          word.indices.allSatisfy({ storage[start + $0] == word[$0] })
        {
          break
        }
        place = (place + 1) & mask
      }
      return place
    }
  }

  private mutating func grow() {
    slots = Array(repeating: 0, count: slots.count * 4)
    for index in 0..<count {
      let place = withBytes(of: self[index]) { slot(for: $0, hash: ByteHash.hash($0)) }
      slots[place] = Int32(index + 1)
    }
  }

  /// Two vocabularies are equal if they hold the same words in the same order.
  public static func == (left: Vocabulary, right: Vocabulary) -> Bool {
    left.offsets == right.offsets && left.storage == right.storage
  }
}

/// The words of a training corpus with their frequencies.
public struct WordCounts: Sendable {
  /// The distinct words, most frequent first; ties are in order of first appearance.
  public let vocabulary: Vocabulary
  /// The number of occurrences of each word of `vocabulary`, `[V]`.
  public let counts: [Int]

  /// Counts the tokens of `documents`.
  public init(_ documents: some Sequence<TokenSequence>) {
    var seen = Vocabulary()
    var tally: [Int] = []
    for document in documents {
      for index in 0..<document.count {
        let (number, isNew) = seen.insert(document.bytes(index))
        if isNew { tally.append(1) } else { tally[number] += 1 }
      }
    }
    let order = tally.indices.sorted { (tally[$1], $0) < (tally[$0], $1) }
    var sorted = Vocabulary()
    for number in order { sorted.insert(seen[number]) }
    self.vocabulary = sorted
    self.counts = order.map { tally[$0] }
  }

  /// The number of tokens in the corpus.
  public var total: Int { counts.reduce(0, +) }
}
