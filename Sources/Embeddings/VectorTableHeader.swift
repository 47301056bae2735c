import FileAccess

/// The head of a table of vectors that can be mapped: a safetensors file with three tensors, in this
/// order: `wordEnds`, 64-bit numbers, `[V]`, where each word ends in `words`; `vectors`, 32-bit floats,
/// `[V, D]`; `words`, bytes.
///
/// Eight bytes of length, a JSON text padded with spaces so that numbers begin at a cache line, then the
/// tensors without a gap. Python reads it with `safetensors.numpy.load_file`.
struct VectorTableHeader: Equatable {
  /// How many words: `V`.
  var count: Int
  /// The width of a vector: `D`.
  var dimensions: Int
  /// The bytes of all words.
  var wordBytes: Int
  /// Where the tensors begin.
  private(set) var dataStart: Int

  /// Where `wordEnds` begins.
  var endsStart: Int { dataStart }
  /// Where `vectors` begins.
  var numbersStart: Int { dataStart + 8 * count }
  /// Where `words` begins.
  var wordsStart: Int { numbersStart + 4 * count * dimensions }
  /// The size of the whole file.
  var fileSize: Int { wordsStart + wordBytes }

  /// The longest JSON text: three tensors and little else.
  private static let limit = 1 << 16

  /// The head of a table to be written.
  init(count: Int, dimensions: Int, wordBytes: Int) {
    self.count = count
    self.dimensions = dimensions
    self.wordBytes = wordBytes
    dataStart = 0
    dataStart = encoded.count
  }

  /// The head that `bytes` begin with; `nil` if they are no such table.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count > 8 else { return nil }
    let loaded = bytes.loadUnaligned(as: UInt64.self)
    guard let length = Int(exactly: UInt64(littleEndian: loaded)), length <= Self.limit,
      8 + length <= bytes.count,
      let json = try? JSONValue.parse(Array(bytes[8..<8 + length]), file: "", maximumCount: 1000),
      let shape = Self.shape(json, "vectors", "F32"), shape.count == 2,
      let ends = Self.shape(json, "wordEnds", "I64"), ends == [shape[0]],
      let words = Self.shape(json, "words", "U8"), words.count == 1,
      shape.allSatisfy({ $0 > 0 }), words[0] >= 0, shape[0] <= VectorFileLimits.rows,
      shape[1] <= VectorFileLimits.dimensions, words[0] <= Int.max / 2
    else { return nil }
    (count, dimensions, wordBytes, dataStart) = (shape[0], shape[1], words[0], 8 + length)
    // With the same tensors elsewhere the file is somebody else's.
    let places = [
      "wordEnds": endsStart..<numbersStart, "vectors": numbersStart..<wordsStart,
      "words": wordsStart..<fileSize,
    ]
    for (name, place) in places {
      let offsets = json[name]?["data_offsets"]?.array?.map(\.integer)
      guard offsets == [place.lowerBound - dataStart, place.upperBound - dataStart] else {
        return nil
      }
    }
  }

  private static func shape(_ json: JSONValue, _ name: String, _ type: String) -> [Int]? {
    guard let tensor = json[name], tensor["dtype"]?.string == type else { return nil }
    let shape = tensor["shape"]?.array?.compactMap(\.integer)
    return shape?.count == tensor["shape"]?.array?.count ? shape : nil
  }

  /// The bytes before the tensors.
  var encoded: [UInt8] {
    func tensor(_ type: String, _ shape: [Int], _ place: Range<Int>) -> JSONValue {
      .members([
        "dtype": .string(type), "shape": .array(shape.map { .integer($0) }),
        "data_offsets": .array([
          .integer(place.lowerBound - dataStart), .integer(place.upperBound - dataStart),
        ]),
      ])
    }
    var json = JSONValue.members([
      "wordEnds": tensor("I64", [count], endsStart..<numbersStart),
      "vectors": tensor("F32", [count, dimensions], numbersStart..<wordsStart),
      "words": tensor("U8", [wordBytes], wordsStart..<fileSize),
    ]).encoded()
    while (8 + json.count) % 64 != 0 { json.append(UInt8(ascii: " ")) }
    return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) } + json
  }
}
