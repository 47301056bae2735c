/// Cuts words into runs of characters, so that words that share them can share vectors.
///
/// A word is looked at between `<` and `>`, so that its beginning and end are seen. **Source:**
/// Bojanowski and others 2017; the numbers of n-grams are ours, not fastText's.
public struct CharacterNGrams: Sendable, Equatable {
  /// The shortest, in code points, `<` and `>` counted.
  public let shortest: Int
  /// The longest.
  public let longest: Int
  /// Into how many numbers they are hashed.
  public let buckets: Int

  /// N-grams of these lengths.
  public init(shortest: Int, longest: Int, buckets: Int) {
    self.shortest = shortest
    self.longest = longest
    self.buckets = buckets
  }

  /// Code points of a word that are looked at: no n-gram of a page without spaces is of use.
  static let longestWord = 64

  /// The numbers of a word's n-grams, each below `buckets`, in the order in which they begin.
  public func numbers(of word: some Collection<UInt8>) -> [Int32] {
    var bytes: [UInt8] = [UInt8(ascii: "<")]
    bytes += word
    bytes.append(UInt8(ascii: ">"))
    // Where each character begins: bytes that do not go on with one.
    var begins = bytes.indices.filter { bytes[$0] & 0xc0 != 0x80 }
    begins = Array(begins.prefix(Self.longestWord)) + [bytes.count]
    let count = begins.count - 1
    var numbers: [Int32] = []
    for first in 0..<count {
      for length in shortest...longest where first + length <= count {
        // The whole word has a row of its own.
        if length == count { continue }
        let hash = ByteHash.hash(bytes[begins[first]..<begins[first + length]])
        numbers.append(Int32(hash % UInt64(buckets)))
      }
    }
    return numbers
  }
}
