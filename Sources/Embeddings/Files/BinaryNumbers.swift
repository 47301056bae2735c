import FileAccess
import PipelineCore

/// The encoding of the numbers in a binary vector file.
///
/// The format does not record the encoding. Numbers should be 32-bit little-endian floats, but
/// programs on other machines, or with other number types, write other encodings in the same
/// layout.
public struct BinaryNumbers: Sendable, Equatable, CustomStringConvertible {
  /// The size of a number in bits: 16, 32 or 64.
  public var bits: Int
  /// Whether the most significant byte comes first.
  public var isBigEndian: Bool

  /// Creates an encoding with this size and byte order.
  public init(bits: Int, isBigEndian: Bool) {
    self.bits = bits
    self.isBigEndian = isBigEndian
  }

  /// The encoding that the format prescribes.
  static let standard = BinaryNumbers(bits: 32, isBigEndian: false)
  /// The standard encoding with the bytes of each number reversed.
  static let swapped = BinaryNumbers(bits: 32, isBigEndian: true)

  /// The encoding for messages, such as `64-bit big-endian floats`.
  public var description: String {
    "\(bits)-bit \(isBigEndian ? "big" : "little")-endian floats"
  }

  /// Returns the number at `offset`, which may be infinite or NaN.
  fileprivate func number(at offset: Int, in bytes: UnsafeRawBufferPointer) -> Double {
    func load<Bits: FixedWidthInteger>(_ type: Bits.Type) -> Bits {
      let loaded = bytes.loadUnaligned(fromByteOffset: offset, as: type)
      return isBigEndian ? Bits(bigEndian: loaded) : Bits(littleEndian: loaded)
    }
    return switch bits {
    case 16: Double(Float16(bitPattern: load(UInt16.self)))
    case 64: Double(bitPattern: load(UInt64.self))
    default: Double(Float(bitPattern: load(UInt32.self)))
    }
  }
}

/// Checks whether the first rows of a binary file match its header.
///
/// Two checks distinguish a correct interpretation from a wrong one. Structure: each vector is
/// followed by a word that is text. Numbers: the numbers in real vectors are within a few powers of
/// two of 1, while numbers read from the wrong bytes have exponents all over the range.
struct BinaryProbe {
  /// The first bytes of the file after the header.
  let body: UnsafeRawBufferPointer
  /// Whether the file ends with `body`.
  let isWhole: Bool
  /// The number of words that the header declares.
  let declaredRows: Int
  /// The dimensions that the header declares.
  let dimensions: Int

  /// The maximum number of values to examine.
  static let sampleSize = 1 << 15
  /// The minimum number of distinct values required to determine the byte order.
  private static let leastEvidence = 4

  /// The problem with interpreting the file according to its header; `nil` if there is none, or if
  /// no other interpretation is better.
  var problem: VectorFileFact? {
    let rows = rows(dimensions, .standard)
    if rows.isValid {
      return Self.areBigEndian(body, vectors: rows.vectors, dimensions: dimensions)
        ? .otherNumbers(.swapped) : nil
    }
    for bits in [64, 16] {
      for isBigEndian in [false, true] {
        let numbers = BinaryNumbers(bits: bits, isBigEndian: isBigEndian)
        if isConvincing(dimensions, numbers, declared: declaredRows) {
          return .otherNumbers(numbers)
        }
      }
    }
    let isSwapped =
      declaredRows != dimensions && declaredRows <= VectorFileLimits.dimensions
      && isConvincing(declaredRows, .standard, declared: dimensions)
    return isSwapped ? .headerSwapped(words: dimensions, dimensions: declaredRows) : nil
  }

  /// The start of each row's vector, and whether `body` divides into such rows without errors.
  private struct Rows {
    var vectors: [Int] = []
    var isValid = true
  }

  /// Reads `body` as rows of `width` numbers.
  private func rows(_ width: Int, _ numbers: BinaryNumbers) -> Rows {
    var rows = Rows()
    var position = 0
    while rows.vectors.count * width < Self.sampleSize {
      while position < body.count, body[position] == 0x0a { position += 1 }
      let limit = min(body.count, position + VectorFileLimits.wordBytes + 1)
      var end = position
      while end < limit, body[end] > 0x20 { end += 1 }
      guard end < body.count else {
        rows.isValid = end == position || !isWhole && end - position <= VectorFileLimits.wordBytes
        return rows
      }
      guard end < limit, body[end] == 0x20 else {
        rows.isValid = false
        return rows
      }
      let next = end + 1 + width * numbers.bits / 8
      guard next <= body.count else {
        rows.isValid = !isWhole
        return rows
      }
      rows.vectors.append(end + 1)
      position = next
    }
    return rows
  }

  /// Returns whether reading the body with this width and encoding gives as many valid rows as
  /// declared, with plausible numbers.
  private func isConvincing(_ width: Int, _ numbers: BinaryNumbers, declared: Int) -> Bool {
    let rows = rows(width, numbers)
    // A single row can have any width.
    guard rows.isValid, rows.vectors.count >= 2 else { return false }
    let isComplete = rows.vectors.count * width < Self.sampleSize
    guard !isWhole || !isComplete || rows.vectors.count == declared else { return false }
    let counts = Self.plausibility(Self.values(body, rows.vectors, width, numbers))
    return counts.all >= 2 * Self.leastEvidence && counts.plausible * 10 >= counts.all * 9
  }

  /// Returns whether nearly all numbers are plausible in reverse byte order, while most are not in
  /// the standard byte order.
  ///
  /// - Parameter vectors: the offsets in `bytes` at which vectors of `dimensions` numbers start.
  static func areBigEndian(
    _ bytes: UnsafeRawBufferPointer, vectors: [Int], dimensions: Int
  ) -> Bool {
    let found = plausibility(values(bytes, vectors, dimensions, .standard))
    guard found.all >= leastEvidence, found.plausible * 2 <= found.all else { return false }
    let swapped = plausibility(values(bytes, vectors, dimensions, .swapped))
    return swapped.plausible * 10 >= swapped.all * 9
  }

  /// Returns the distinct nonzero values in the vectors that start at these offsets.
  private static func values(
    _ bytes: UnsafeRawBufferPointer, _ vectors: [Int], _ width: Int, _ numbers: BinaryNumbers
  ) -> Set<UInt64> {
    var values: Set<UInt64> = []
    for vector in vectors {
      for column in 0..<width {
        let value = numbers.number(at: vector + column * numbers.bits / 8, in: bytes)
        if value != 0 { values.insert(value.bitPattern) }
      }
    }
    return values
  }

  /// Returns the number of values, and the number of values with a magnitude from 2^-32 to 2^32.
  private static func plausibility(_ values: Set<UInt64>) -> (all: Int, plausible: Int) {
    let plausible = values.count { bits in
      (0x1p-32...0x1p32).contains(Double(bitPattern: bits).magnitude)
    }
    return (values.count, plausible)
  }
}
