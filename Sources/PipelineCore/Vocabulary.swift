/// The words that have a vector, each with its row number, keyed by UTF-8 bytes.
///
/// Not a `[String: Int]`: hashing a `String` normalizes it, which is slow, quadratic on runs of
/// combining marks, and would merge words that a vector file keeps apart.
public struct Vocabulary: Sendable, Equatable {
  /// All words one after the other.
  public private(set) var storage: [UInt8] = []
  /// Word `k` is `storage[offsets[k]..<offsets[k + 1]]`.
  public private(set) var offsets: [Int] = [0]
  /// Open addressing: word number + 1, or 0 for a free slot; the size is a power of two.
  private var slots: [Int32] = Array(repeating: 0, count: 16)

  /// A vocabulary without words.
  public init() {}

  /// How many words: `V`.
  public var count: Int { offsets.count - 1 }

  /// The bytes of word `index`.
  public subscript(index: Int) -> ArraySlice<UInt8> {
    storage[offsets[index]..<offsets[index + 1]]
  }

  /// Word `index` as a string, for people.
  public func string(_ index: Int) -> String { String(decoding: self[index], as: UTF8.self) }

  /// The number of the word with these bytes, or `nil`.
  public func index(of word: some Collection<UInt8>) -> Int? {
    index(of: word, hash: ByteHash.hash(word))
  }

  /// The same when the word's `ByteHash` is known already.
  public func index(of word: some Collection<UInt8>, hash: UInt64) -> Int? {
    withBytes(of: word) { bytes in
      let found = slots[slot(for: bytes, hash: hash)]
      return found == 0 ? nil : Int(found) - 1
    }
  }

  /// Adds a word unless it is there; its number, and whether it is new.
  @discardableResult
  public mutating func insert(_ word: some Collection<UInt8>) -> (index: Int, isNew: Bool) {
    word.withContiguousStorageIfAvailable { insert(bytes: $0) }
      ?? Array(word).withUnsafeBufferPointer { insert(bytes: $0) }
  }

  /// Adds words that lie one after the other, each up to its place in `ends`.
  ///
  /// - Returns: the places in `ends` of words that were there already.
  public mutating func insert(_ words: [UInt8], ends: [Int]) -> [Int] {
    words.withUnsafeBufferPointer { words in
      func word(_ place: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: words[(place == 0 ? 0 : ends[place - 1])..<ends[place]])
      }
      let hashes = ends.indices.map { ByteHash.hash(word($0)) }
      look(at: hashes)
      return ends.indices.filter { !insert(bytes: word($0), hash: hashes[$0]).isNew }
    }
  }

  /// Reads the slots that these hashes lead to, which changes nothing. Each lies somewhere else in
  /// memory: asked for all together they come several times as fast as one by one.
  private func look(at hashes: [UInt64]) {
    let mask = slots.count - 1
    let seen = hashes.reduce(0) { $0 | slots[Int(truncatingIfNeeded: $1) & mask] }
    precondition(seen >= 0, "slots hold numbers of words")
  }

  /// The same for bytes that lie in a row: no generic code, for this is done for every row of a file.
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

  /// The bytes of a word in a row: one conversion here, and no generic code in the search.
  private func withBytes<Result>(
    of word: some Collection<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    word.withContiguousStorageIfAvailable(body) ?? Array(word).withUnsafeBufferPointer(body)
  }

  /// The slot that holds `word`, or the free one where it would go.
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

  /// Two vocabularies are equal when they number the same words alike.
  public static func == (left: Vocabulary, right: Vocabulary) -> Bool {
    left.offsets == right.offsets && left.storage == right.storage
  }
}
