package import PipelineCore

/// The key of an n-gram and the number of its occurrences in a document.
package typealias KeyCount = (key: UInt64, count: Int)

/// The n-grams of a document: every run of 1 to `words` consecutive tokens, and every run of 3 to
/// `characters` characters inside a token padded with a space on each side.
///
/// The key of an n-gram is 48 bits of its hash, which two floats in a model file represent exactly.
/// Among a million n-grams, the probability that any two have the same key is 1 in 500.
package struct NGramKeys: Sendable, Equatable {
  /// The maximum length of a run of tokens.
  package var words: Int
  /// The maximum length of a run of characters; 0 for no runs of characters.
  package var characters: Int

  /// Creates n-grams up to these lengths.
  package init(words: Int, characters: Int) {
    self.words = words
    self.characters = characters
  }

  /// The minimum length of a run of characters; pairs carry little information in any script.
  static let fewestCharacters = 3

  /// Returns the key of a single token with this hash.
  static func key(ofToken hash: UInt64) -> UInt64 { hash >> 16 }

  /// The kinds of n-grams. Each contributes the same share to the squared length of a document's
  /// vector.
  enum Part {
    case words, characters
  }

  /// The kinds that are enabled.
  var parts: [Part] { characters > 0 ? [.words, .characters] : [.words] }

  /// Returns the n-grams of tokens and, if enabled, of characters; each list is sorted by key.
  package func counts(_ document: EncodedDocument) -> [[KeyCount]] {
    parts.map { part in
      var keys: [KeyCount] = []
      append(part, of: document, to: &keys)
      return Self.summed(keys)
    }
  }

  /// Appends the n-grams of a document in any order; some can be repeated.
  func append(_ part: Part, of document: EncodedDocument, to keys: inout [KeyCount]) {
    switch part {
    case .words: appendWords(of: document, to: &keys)
    case .characters: appendCharacters(of: document, to: &keys)
    }
  }

  /// Calls `body` for each occurrence of each n-gram.
  ///
  /// - Parameter body: receives the key, the number of occurrences of the n-gram in these tokens,
  ///   and the tokens.
  func forEachOccurrence(
    in document: EncodedDocument,
    _ body: (_ key: UInt64, _ count: Int, _ tokens: Range<Int>) -> Void
  ) {
    let hashes = document.hashes
    for start in hashes.indices {
      var hash = hashes[start]
      for end in (start + 1)...min(start + words, hashes.count) {
        if end > start + 1 { hash = ByteHash.combine(hash, hashes[end - 1]) }
        body(hash >> 16, 1, start..<end)
      }
    }
    guard characters > 0 else { return }
    let tokens = document.text.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    for (token, bytes) in tokens.enumerated() where token < hashes.count {
      let word = EncodedDocument(rows: [], hashes: [hashes[token]], text: Array(bytes))
      var keys: [KeyCount] = []
      appendCharacters(of: word, to: &keys)
      for (key, count) in Self.summed(keys) { body(key, count, token..<token + 1) }
    }
  }

  /// Calls `body` for each position of each n-gram.
  ///
  /// - Parameter body: receives the key, the tokens, and, for a run of characters, its bytes in the
  ///   token padded with a space on each side; the first space has index 0.
  func forEachPlace(
    in document: EncodedDocument,
    _ body: (_ key: UInt64, _ tokens: Range<Int>, _ characters: Range<Int>?) -> Void
  ) {
    var words = self
    words.characters = 0
    words.forEachOccurrence(in: document) { key, _, tokens in body(key, tokens, nil) }
    guard characters > 0 else { return }
    var start = 0
    document.text.withUnsafeBufferPointer { text in
      for token in document.hashes.indices {
        let end = text[start...].firstIndex(of: UInt8(ascii: " ")) ?? text.count
        forEachRun(of: text[start..<end]) { key, bytes in body(key, token..<token + 1, bytes) }
        start = min(end + 1, text.count)
      }
    }
  }

  private func appendWords(of document: EncodedDocument, to keys: inout [KeyCount]) {
    document.hashes.withUnsafeBufferPointer { hashes in
      keys.reserveCapacity(keys.count + words * hashes.count)
      for start in hashes.indices {
        var hash = hashes[start]
        keys.append((hash >> 16, 1))
        for next in start + 1..<max(start + 1, min(start + words, hashes.count)) {
          hash = ByteHash.combine(hash, hashes[next])
          keys.append((hash >> 16, 1))
        }
      }
    }
  }

  private func appendCharacters(of document: EncodedDocument, to keys: inout [KeyCount]) {
    var start = 0
    var tokens: [(hash: UInt64, bytes: Range<Int>)] = []
    tokens.reserveCapacity(document.hashes.count)
    for hash in document.hashes {
      let end = document.text[start...].firstIndex(of: UInt8(ascii: " ")) ?? document.text.count
      tokens.append((hash, start..<end))
      start = min(end + 1, document.text.count)
    }
    // Process each distinct word only once: long documents repeat their words.
    tokens.sort { ($0.hash, $0.bytes.lowerBound) < ($1.hash, $1.bytes.lowerBound) }
    var first = 0
    document.text.withUnsafeBufferPointer { text in
      for index in tokens.indices
      where index + 1 == tokens.count || tokens[index + 1].hash != tokens[index].hash {
        appendRuns(of: text[tokens[index].bytes], count: index + 1 - first, to: &keys)
        first = index + 1
      }
    }
  }

  /// Appends the runs of characters in the word, with a space added on each side.
  private func appendRuns(
    of word: Slice<UnsafeBufferPointer<UInt8>>, count: Int, to keys: inout [KeyCount]
  ) {
    forEachRun(of: word) { key, _ in keys.append((key, count)) }
  }

  /// Calls `body` with the key and the bytes of each run of characters in ` word `, where each
  /// space counts as a character. The first space has index 0.
  @inline(__always)
  private func forEachRun(
    of word: Slice<UnsafeBufferPointer<UInt8>>, _ body: (UInt64, Range<Int>) -> Void
  ) {
    let end = word.endIndex
    // A single character is already a word n-gram, so text that is split into characters has no
    // runs.
    guard word.count(where: { $0 & 0xc0 != 0x80 }) > 1 else { return }
    // The positions just before and just after the word represent the spaces.
    var start = word.startIndex - 1
    while start < end {
      var hash: UInt64 = 0xcbf2_9ce4_8422_2325
      var (position, length) = (start, 0)
      while position <= end, length < characters {
        repeat {
          let isSpace = position < word.startIndex || position == end
          let byte = isSpace ? UInt8(ascii: " ") : word[position]
          hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
          position += 1
        } while position < end && word[position] & 0xc0 == 0x80
        length += 1
        if length >= Self.fewestCharacters {
          let first = word.startIndex - 1
          body(ByteHash.combine(hash, UInt64(length)) >> 16, start - first..<position - first)
        }
      }
      repeat { start += 1 } while start < end && word[start] & 0xc0 == 0x80
    }
  }

  /// Returns each key once, with the sum of its counts, sorted by key.
  private static func summed(_ keys: [KeyCount]) -> [KeyCount] {
    var sums: [KeyCount] = []
    for (key, count) in keys.sorted(by: { $0.key < $1.key }) {
      if sums.last?.key == key {
        sums[sums.count - 1].count += count
      } else {
        sums.append((key, count))
      }
    }
    return sums
  }
}
