public import PipelineCore

/// An error in a vector file, and its position.
///
/// Lines are numbered from 1. Bytes are numbered from 0, in the decompressed data if the file is
/// gzip.
public typealias VectorFileError = LocatedError<VectorFileFact>

/// What can be wrong in a vector file.
public enum VectorFileFact: DiagnosableFact {
  /// The file is empty.
  case empty
  /// The file has a format that users mistake for word vectors.
  case foreignFormat(ForeignFormat)
  /// The first line should be a header but is not.
  case badHeader(found: String)
  /// The number of words or dimensions is out of range.
  case headerOutOfRange(what: String, found: String, limit: Int)
  /// The header declares more than a file of `size` bytes can hold.
  case headerTooLarge(declared: Int, dimensions: Int, size: Int)
  /// The first line is neither a header nor a word with numbers.
  case notVectors
  /// The format of the file is not the one that the setting `format` requires.
  case wrongFormat(set: VectorFileFormat, found: VectorFileFormat)
  /// The values are written as `index:value`.
  case sparse
  /// A row has too many or too few numbers.
  case wrongValueCount(expected: Int, found: Int, mayBeHeaderless: Bool)
  /// A blank line between rows.
  case blankLine
  /// A line is longer than `limit` bytes, the maximum for a row of this width.
  case lineTooLong(bytes: Int, limit: Int)
  /// A word is longer than `limit` bytes.
  case wordTooLong(limit: Int)
  /// A field of a row is not a decimal number.
  case notANumber(String)
  /// A number is NaN, infinite, or outside the range of 32-bit floats.
  case notFinite(String)
  /// A word of a binary file contains a control byte, so words and vectors are misaligned.
  case controlByteInWord(UInt8, row: Int)
  /// A word of a binary file contains a space, so this row and the next would be misread.
  case spaceInWord(String, row: Int)
  /// The numbers in a binary file are plausible only in another encoding.
  case otherNumbers(BinaryNumbers)
  /// The header lists the dimensions before the words.
  case headerSwapped(words: Int, dimensions: Int)
  /// A binary file ends within a row.
  case truncated(row: Int, word: String)
  /// The rows of a binary file are followed by something that is not a row.
  case trailingBytes(declared: Int)
  /// The size of a table file does not match its header.
  case tableSize(expected: Int, found: Int)
  /// A word of a table is empty, repeated, too long, not UTF-8, or has invalid bounds.
  case tableWord(row: Int)
  /// The header declares a different number of words than the file has.
  case countMismatch(declared: Int, found: Int)
  /// A value of the transformed vectors is outside the range of 16-bit floats.
  case beyondFloat16(String)
  /// The file has more than `limit` rows.
  case tooManyRows(limit: Int)
  /// No word of the corpus has a vector in the file.
  case noCorpusWord(rows: Int)

  /// The stable name of the fact.
  public var code: String {
    switch self {
    case .empty: "vectors-empty"
    case .foreignFormat: "vectors-look-alike"
    case .badHeader: "vectors-bad-header"
    case .headerOutOfRange: "vectors-header-out-of-range"
    case .headerTooLarge: "vectors-header-too-large"
    case .notVectors: "vectors-not-recognized"
    case .wrongFormat: "vectors-wrong-format"
    case .sparse: "vectors-sparse"
    case .wrongValueCount: "vectors-value-count"
    case .blankLine: "vectors-blank-line"
    case .lineTooLong: "vectors-line-too-long"
    case .wordTooLong: "vectors-word-too-long"
    case .notANumber: "vectors-not-a-number"
    case .notFinite: "vectors-not-finite"
    case .controlByteInWord: "vectors-control-byte"
    case .spaceInWord: "vectors-space-in-word"
    case .otherNumbers(let numbers):
      numbers.bits == 32 ? "vectors-big-endian" : "vectors-number-format"
    case .headerSwapped: "vectors-header-swapped"
    case .truncated: "vectors-truncated"
    case .trailingBytes: "vectors-trailing-bytes"
    case .tableSize: "vectors-table-size"
    case .tableWord: "vectors-table-word"
    case .countMismatch: "vectors-count-mismatch"
    case .tooManyRows: "vectors-too-many-rows"
    case .beyondFloat16: "vectors-beyond-float16"
    case .noCorpusWord: "vectors-no-corpus-word"
    }
  }

  /// The fact as a sentence.
  public var sentence: String {
    switch self {
    case .empty: "the vector file is empty"
    case .foreignFormat(let format):
      "this is \(format.name), not word2vec or GloVe vectors; \(format.advice)"
    case .badHeader, .headerOutOfRange, .headerTooLarge, .notVectors, .wrongFormat, .headerSwapped:
      headerSentence
    case .sparse: "sparse vectors (index:value) are not supported; use a file of dense vectors"
    case .wrongValueCount, .blankLine, .lineTooLong, .wordTooLong, .notANumber, .notFinite:
      rowSentence
    case .controlByteInWord, .spaceInWord, .truncated, .trailingBytes, .otherNumbers:
      binarySentence
    case .tableSize(let expected, let found):
      "the file has \(found) bytes; expected \(expected) according to the table header; "
        + "the file may be truncated; convert the vectors again"
    case .tableWord(let row):
      "the word in row \(row) is empty, repeated, too long, not UTF-8, or has invalid bounds; "
        + "the file is damaged; convert the vectors again"
    case .countMismatch(let declared, let found):
      "the header declares \(declared) words, but the file has \(found); the file may be "
        + "truncated; if it is complete, set headerMismatch: warn"
    case .beyondFloat16(let number):
      "the vectors contain \(number), but 16-bit floats only go up to 65504; set precision: float32 "
        + "or unitNorm: true"
    case .tooManyRows(let limit): "the file has more than \(limit) rows, the maximum"
    case .noCorpusWord(let rows):
      "none of the words in the \(rows) rows occurs in the corpus; check the language and the normalizers"
    }
  }

  private var headerSentence: String {
    switch self {
    case .badHeader(let found):
      "expected a header with the number of words and the number of dimensions, found \"\(found)\"; "
        + "if the file has no header, set format: glove"
    case .headerOutOfRange(let what, let found, let limit):
      "the number of \(what) is \(found); expected 1 to \(limit)"
        + (what == "dimensions"
          ? "; a header has the number of words first, then the number of dimensions" : "")
    case .headerTooLarge(let declared, let dimensions, let size):
      "the header declares \(declared) words of \(dimensions) dimensions, far more than "
        + "\(size) bytes can hold; the file is truncated or is not a vector file"
    case .notVectors:
      "expected a header or a word followed by numbers; check that this is a vector file"
    case .wrongFormat(let set, let found):
      "format is set to \(set.rawValue), but the file appears to be \(found.rawValue); "
        + "omit format to have it detected"
    case .headerSwapped(let words, let dimensions):
      "the header declares \(dimensions) words of \(words) dimensions, but the rows fit \(words) "
        + "words of \(dimensions) dimensions; write the header as \"\(words) \(dimensions)\""
    default: ""
    }
  }

  private var rowSentence: String {
    switch self {
    case .wrongValueCount(let expected, let found, let mayBeHeaderless):
      "expected \(expected) numbers after the word, found \(found)"
        + (mayBeHeaderless ? "; if the first line is not a header, set format: glove" : "")
    case .blankLine: "blank line between rows; remove it"
    case .lineTooLong(let bytes, let limit):
      "the line is \(bytes) bytes long; a row of this file can have at most \(limit)"
    case .wordTooLong(let limit): "the word is longer than \(limit) bytes; the file is damaged"
    case .notANumber(let field):
      "expected a decimal number such as -0.25 or 1e-3, found \"\(field)\""
        + (TextRow.hasDecimalComma(field.utf8)
          ? "; write a decimal point in place of the comma" : "")
    case .notFinite(let field):
      "\(field) is not a finite 32-bit number; to skip such words, set nonFinite: skip"
    default: ""
    }
  }

  private var binarySentence: String {
    switch self {
    case .controlByteInWord(let byte, let row):
      "the word in row \(row) contains control byte \(byte); words and vectors are "
        + "misaligned: the header declares the wrong dimensions, or the file is damaged"
    case .spaceInWord(let word, let row):
      "row \(row) appears to have the word \"\(word)\", but a space ends a word in the binary "
        + "format: this vector and the next word would be misread; "
        + "replace the spaces with _, or use the text format"
    case .otherNumbers(let numbers):
      "the numbers make sense only as \(numbers), but the format requires 32-bit little-endian floats; "
        + "convert them, or save the vectors as text"
    case .truncated(let row, let word):
      "the file ends within row \(row)" + (word.isEmpty ? "" : ", word \"\(word)\"")
        + "; it is probably truncated"
    case .trailingBytes(let declared):
      "the \(declared) words declared by the header are followed by bytes that are not a row"
    default: ""
    }
  }
}
