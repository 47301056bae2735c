package import PipelineCore

/// An n-gram by its key, with how often a document has it.
package typealias KeyCount = (key: UInt64, count: Int)

/// The n-grams of a document: every run of 1 to `words` tokens that stand side by side, and every
/// run of 3 to `characters` characters inside a token and its edges.
///
/// An n-gram is known by a key of 48 bits of its hash, which two floats of a model file hold exactly.
/// Among a million n-grams the chance that any two have one key is 1 in 500.
package struct NGramKeys: Sendable, Equatable {
  /// The longest run of tokens.
  package var words: Int
  /// The longest run of characters; 0 for none.
  package var characters: Int

  /// These n-grams.
  package init(words: Int, characters: Int) {
    self.words = words
    self.characters = characters
  }

  /// The shortest run of characters: two say little in any script.
  static let fewestCharacters = 3

  /// The keys of the document, those of tokens and those of characters, each sorted by key.
  package func counts(_ document: EncodedDocument) -> [[KeyCount]] {
    characters > 0
      ? [wordCounts(document), characterCounts(document)] : [wordCounts(document)]
  }

  private func wordCounts(_ document: EncodedDocument) -> [KeyCount] {
    let hashes = document.hashes
    var keys: [KeyCount] = []
    keys.reserveCapacity(words * hashes.count)
    for start in hashes.indices {
      var hash = hashes[start]
      keys.append((hash >> 16, 1))
      for next in hashes[(start + 1)...].prefix(words - 1) {
        hash = ByteHash.combine(hash, next)
        keys.append((hash >> 16, 1))
      }
    }
    return Self.summed(keys)
  }

  private func characterCounts(_ document: EncodedDocument) -> [KeyCount] {
    var keys: [KeyCount] = []
    var start = 0
    var tokens: [(hash: UInt64, bytes: Range<Int>)] = []
    tokens.reserveCapacity(document.hashes.count)
    for hash in document.hashes {
      let end = document.text[start...].firstIndex(of: UInt8(ascii: " ")) ?? document.text.count
      tokens.append((hash, start..<end))
      start = min(end + 1, document.text.count)
    }
    // Each distinct word once: long documents repeat theirs.
    tokens.sort { ($0.hash, $0.bytes.lowerBound) < ($1.hash, $1.bytes.lowerBound) }
    var first = 0
    document.text.withUnsafeBufferPointer { text in
      for place in tokens.indices
      where place + 1 == tokens.count || tokens[place + 1].hash != tokens[place].hash {
        appendRuns(of: text[tokens[place].bytes], count: place + 1 - first, to: &keys)
        first = place + 1
      }
    }
    return Self.summed(keys)
  }

  /// The runs of characters of ` word `: its edges count as a character each.
  private func appendRuns(
    of word: Slice<UnsafeBufferPointer<UInt8>>, count: Int, to keys: inout [KeyCount]
  ) {
    let end = word.endIndex
    // A character alone is a word already: in texts cut into characters nothing is said twice.
    guard word.count(where: { $0 & 0xc0 != 0x80 }) > 1 else { return }
    // From one place before the word, which is its edge, as the place behind it is.
    var start = word.startIndex - 1
    while start < end {
      var hash: UInt64 = 0xcbf2_9ce4_8422_2325
      var (place, length) = (start, 0)
      while place <= end, length < characters {
        repeat {
          let byte = place < word.startIndex || place == end ? UInt8(ascii: " ") : word[place]
          hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
          place += 1
        } while place < end && word[place] & 0xc0 == 0x80
        length += 1
        if length >= Self.fewestCharacters {
          keys.append((ByteHash.combine(hash, UInt64(length)) >> 16, count))
        }
      }
      repeat { start += 1 } while start < end && word[start] & 0xc0 == 0x80
    }
  }

  /// Each key once, with the sum of its counts, sorted.
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
