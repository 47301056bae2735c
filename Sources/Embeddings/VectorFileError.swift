public import PipelineCore

/// What can be wrong in a file of word vectors, and where.
///
/// Lines count from 1. Bytes count from 0, in the unpacked data if the file is gzip.
public struct VectorFileError: DiagnosableError, Equatable {
  /// What is wrong.
  public enum Fact: Sendable, Equatable {
    /// There is nothing in it.
    case empty
    /// It is a file of another kind, which people take for this one.
    case lookAlike(LookAlike)
    /// The first line should be a header and is not.
    case badHeader(found: String)
    /// The header's number of words or dimensions is not in the range that we take.
    case headerOutOfRange(what: String, found: String, limit: Int)
    /// The header promises more than a file of `size` bytes can hold.
    case headerTooLarge(declared: Int, dimensions: Int, size: Int)
    /// The first line is neither a header nor a word with numbers.
    case notVectors
    /// The file has another layout than the setting `format` says.
    case wrongFormat(set: VectorFileFormat, found: VectorFileFormat)
    /// Values are written as `position:number`.
    case sparse
    /// A row has too many or too few numbers.
    case wrongValueCount(expected: Int, found: Int, mayBeHeaderless: Bool)
    /// An empty line among the rows.
    case blankLine
    /// A line is longer than any row of this many dimensions.
    case lineTooLong(bytes: Int, limit: Int)
    /// A word is longer than `limit` bytes.
    case wordTooLong(limit: Int)
    /// A field of a row is no decimal number.
    case notANumber(String)
    /// A number is infinite, no number, or beyond what 32 bits hold.
    case notFinite(String)
    /// A word of a binary file holds a control byte: words and vectors are out of step.
    case controlByteInWord(UInt8, row: Int)
    /// A word of a binary file holds a space, so that its row and the next are read wrongly.
    case spaceInWord(String, row: Int)
    /// A binary file ends within a row.
    case truncated(row: Int, word: String)
    /// Something that is no row follows the rows of a binary file.
    case trailingBytes(declared: Int)
    /// A table is shorter or longer than its head says.
    case tableSize(expected: Int, found: Int)
    /// A word of a table is empty, too long, no UTF-8, there already, or ends where it cannot.
    case tableWord(row: Int)
    /// The header gives another number of words than there are rows.
    case countMismatch(declared: Int, found: Int)
    /// There are more rows than we take.
    case tooManyRows(limit: Int)
    /// No word of the corpus has a vector in the file.
    case noCorpusWord(rows: Int)
  }

  /// What is wrong.
  public var fact: Fact
  /// Where.
  public var position: InputPosition?

  /// A fact at a place.
  public init(_ fact: Fact, at position: InputPosition) {
    self.fact = fact
    self.position = position
  }

  /// Something is wrong in the file.
  public var category: FailureCategory { .badInput }
}
