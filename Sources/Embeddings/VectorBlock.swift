/// Some rows of a vector file: words with their vectors, in the order of the file.
public struct VectorBlock: Sendable {
  /// The width of a vector: `D`.
  public let dimensions: Int
  /// All words one after the other, valid UTF-8.
  public private(set) var wordBytes: [UInt8] = []
  /// Where each word ends in `wordBytes`.
  public private(set) var wordEnds: [Int] = []
  /// The numbers, `[count, D]`, row-major, all finite.
  public internal(set) var values: [Float] = []

  /// A block without rows.
  init(dimensions: Int) { self.dimensions = dimensions }

  /// How many rows.
  public var count: Int { wordEnds.count }

  /// The bytes of the word of row `index`.
  public func word(_ index: Int) -> ArraySlice<UInt8> {
    wordBytes[(index == 0 ? 0 : wordEnds[index - 1])..<wordEnds[index]]
  }

  /// The numbers of row `index`.
  public func vector(_ index: Int) -> ArraySlice<Float> {
    values[index * dimensions..<(index + 1) * dimensions]
  }

  /// Adds a word, whose numbers go to `values`.
  mutating func append(_ word: UnsafeBufferPointer<UInt8>) {
    wordBytes.append(contentsOf: word)
    wordEnds.append(wordBytes.count)
  }
}
