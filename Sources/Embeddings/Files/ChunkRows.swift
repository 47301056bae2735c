import PipelineCore

/// Consecutive usable rows of a vector file: words and their vectors, in file order.
public struct VectorBlock: Sendable {
  /// The width of a vector: `D`.
  public let dimensions: Int
  /// All words concatenated, valid UTF-8.
  public private(set) var wordBytes: [UInt8] = []
  /// The end of each word in `wordBytes`.
  public private(set) var wordEnds: [Int] = []
  /// The vectors, `[count, D]`, row-major, all values finite.
  public internal(set) var values: [Float] = []

  /// Creates an empty block.
  init(dimensions: Int) { self.dimensions = dimensions }

  /// The number of rows.
  public var count: Int { wordEnds.count }

  /// Returns the bytes of the word in row `index`.
  public func word(_ index: Int) -> ArraySlice<UInt8> {
    wordBytes[(index == 0 ? 0 : wordEnds[index - 1])..<wordEnds[index]]
  }

  /// Returns the vector of row `index`.
  public func vector(_ index: Int) -> ArraySlice<Float> {
    values[index * dimensions..<(index + 1) * dimensions]
  }

  /// Adds a word; the caller adds its vector to `values`.
  mutating func append(_ word: UnsafeBufferPointer<UInt8>) {
    wordBytes.append(contentsOf: word)
    wordEnds.append(wordBytes.count)
  }
}

/// The rows parsed from one chunk: consecutive whole rows that one thread parses.
///
/// A chunk is parsed without knowledge of the chunks before it, so the line and row numbers of an
/// error are relative to the chunk until `VectorFileReader` adds the counts of earlier chunks.
struct ChunkRows {
  /// The usable rows, up to the first error if there is one.
  var block: VectorBlock
  /// The counts of parsed and skipped rows.
  var counts = VectorFileReader.Counts()
  /// The first error, with line and row numbers relative to the chunk.
  var error: VectorFileError?
  /// For the binary format: the byte offset in the file of the row with the error.
  var errorRowOffset = 0
  /// The number of lines in the chunk.
  var lines = 0
  /// Whether there is a line that is not blank.
  var hasContent = false
  /// The first of the trailing blank lines, if any. It is an error if a row follows.
  var blankLine: Int?

  /// Counts a row as skipped.
  mutating func skip(_ reason: SkippedRow) {
    counts.read += 1
    switch reason {
    case .emptyWord: counts.emptyWords += 1
    case .invalidUTF8: counts.invalidUTF8 += 1
    case .nonFinite: counts.nonFinite += 1
    }
  }
}

/// The reason for skipping a row.
enum SkippedRow: Equatable {
  /// The word is empty.
  case emptyWord
  /// The word is not UTF-8, so it cannot match any word of a corpus.
  case invalidUTF8
  /// The vector contains an infinity or NaN, and the settings say to skip it.
  case nonFinite
}

extension VectorFileError {
  /// Returns the same error, with its position moved by the lines and rows before the chunk.
  func offset(lines: Int, rows: Int) -> VectorFileError {
    var moved = self
    if case .line(let path, let line, let column) = position {
      moved.position = .line(path, line + lines, column: column)
    }
    switch fact {
    case .controlByteInWord(let byte, let row):
      moved.fact = .controlByteInWord(byte, row: row + rows)
    case .spaceInWord(let word, let row): moved.fact = .spaceInWord(word, row: row + rows)
    case .truncated(let row, let word): moved.fact = .truncated(row: row + rows, word: word)
    default: break
    }
    return moved
  }
}

extension VectorFileReader.Counts {
  /// Adds the counts of another part of the file.
  static func += (left: inout Self, right: Self) {
    left.read += right.read
    left.emptyWords += right.emptyWords
    left.invalidUTF8 += right.invalidUTF8
    left.nonFinite += right.nonFinite
  }
}
