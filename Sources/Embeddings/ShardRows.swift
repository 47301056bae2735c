import PipelineCore

/// What a shard of a vector file gave: a run of whole rows that one thread reads.
///
/// A shard does not know what stands before it, so lines and rows in its error count from its own
/// beginning until `VectorFileReader` joins the shards.
struct ShardRows {
  /// The rows that can be used, up to the error if there is one.
  var block: VectorBlock
  /// What became of the rows.
  var counts = VectorFileReader.Counts()
  /// What is wrong, with lines and rows counted within the shard.
  var error: VectorFileError?
  /// Where the row with the error begins, in bytes of the file: for the binary layout.
  var errorRowOffset = 0
  /// How many lines the shard has.
  var lines = 0
  /// Whether any of the lines is not blank.
  var hasContent = false
  /// The first of the blank lines at the end, if there are such: an error if anything follows.
  var blankLine: Int?

  /// Counts a row as passed over.
  mutating func skip(_ reason: SkippedRow) {
    counts.read += 1
    switch reason {
    case .emptyWord: counts.emptyWords += 1
    case .invalidUTF8: counts.invalidUTF8 += 1
    case .nonFinite: counts.nonFinite += 1
    }
  }
}

/// Why a row was passed over.
enum SkippedRow: Equatable {
  /// It has no word.
  case emptyWord
  /// Its word is not UTF-8, so it never equals a word of a corpus.
  case invalidUTF8
  /// Its vector holds an infinity or a NaN, and the settings say to skip it.
  case nonFinite
}

extension VectorFileError {
  /// The same error in a file that has `lines` and `rows` before the shard.
  func moved(lines: Int, rows: Int) -> VectorFileError {
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
  /// The counts of two parts of a file.
  static func += (left: inout Self, right: Self) {
    left.read += right.read
    left.emptyWords += right.emptyWords
    left.invalidUTF8 += right.invalidUTF8
    left.nonFinite += right.nonFinite
  }
}
