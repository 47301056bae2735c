import PipelineCore

extension VectorFileError {
  /// The stable name of the fact.
  public var code: String {
    switch fact {
    case .empty: "vectors-empty"
    case .lookAlike: "vectors-look-alike"
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
    case .truncated: "vectors-truncated"
    case .trailingBytes: "vectors-trailing-bytes"
    case .tableSize: "vectors-table-size"
    case .tableWord: "vectors-table-word"
    case .countMismatch: "vectors-count-mismatch"
    case .tooManyRows: "vectors-too-many-rows"
    case .noCorpusWord: "vectors-no-corpus-word"
    }
  }

  /// The fact as a sentence.
  public var sentence: String {
    switch fact {
    case .empty: "the vector file is empty"
    case .lookAlike(let kind): "this is \(kind.name), not word2vec or GloVe vectors; \(kind.advice)"
    case .badHeader(let found):
      "expected a header of two whole numbers, words and dimensions, found \"\(found)\"; "
        + "if the file has no header, set format: glove"
    case .headerOutOfRange(let what, let found, let limit):
      "the header gives \(found) as the number of \(what); it must be between 1 and \(limit)"
    case .headerTooLarge(let declared, let dimensions, let size):
      "the header promises \(declared) words of \(dimensions) dimensions, "
        + "far more than \(size) bytes can hold; the file is cut off or not a vector file"
    case .notVectors:
      "expected a header or a word followed by numbers; is this a file of word vectors?"
    case .wrongFormat(let set, let found):
      "format is set to \(set.rawValue), but the file looks like \(found.rawValue); "
        + "leave format out to have it recognized"
    case .sparse:
      "sparse vectors (position:number) are not supported; use a file of dense vectors"
    case .wrongValueCount, .blankLine, .lineTooLong, .wordTooLong, .notANumber, .notFinite:
      rowSentence
    case .controlByteInWord, .spaceInWord, .truncated, .trailingBytes: binarySentence
    case .tableSize(let expected, let found):
      "the head of the table describes \(expected) bytes, but the file has \(found); "
        + "it was probably not copied to its end; convert the vectors again"
    case .tableWord(let row):
      "the word of row \(row) is empty, no UTF-8, there already, or ends in a wrong place; "
        + "the file is damaged; convert the vectors again"
    case .countMismatch(let declared, let found):
      "the header says \(declared) words, but there are \(found); the file may be incomplete; "
        + "set headerMismatch: warn if you know it is not"
    case .tooManyRows(let limit): "there are more than \(limit) rows, the most that are read"
    case .noCorpusWord(let rows):
      "no corpus word found among \(rows) rows; wrong language or normalization?"
    }
  }

  private var rowSentence: String {
    switch fact {
    case .wrongValueCount(let expected, let found, let mayBeHeaderless):
      "expected a word and \(expected) numbers, found \(found) numbers"
        + (mayBeHeaderless ? "; if the first line is no header, set format: glove" : "")
    case .blankLine: "an empty line stands among the rows; remove it"
    case .lineTooLong(let bytes, let limit):
      "the line has \(bytes) bytes, more than the \(limit) that any row here can have"
    case .wordTooLong(let limit): "the word has more than \(limit) bytes; the file is damaged"
    case .notANumber(let field):
      "expected a decimal number such as -0.25 or 1e-3, found \"\(field)\""
    case .notFinite(let field):
      "\(field) is not a finite 32-bit number; set nonFinite: skip to leave such words out"
    default: ""
    }
  }

  private var binarySentence: String {
    switch fact {
    case .controlByteInWord(let byte, let row):
      "the word of row \(row) holds the control byte \(byte); words and vectors are out of step: "
        + "the header gives wrong dimensions, or the file is damaged"
    case .spaceInWord(let word, let row):
      "row \(row) seems to have the word \"\(word)\", but in binary a space ends a word: "
        + "the vector of this row and the word of the next would be wrong; "
        + "write the words with _ in place of spaces, or write text"
    case .truncated(let row, let word):
      "the file ends within row \(row)" + (word.isEmpty ? "" : ", the word \"\(word)\"")
        + "; it was probably not copied to its end"
    case .trailingBytes(let declared):
      "after the \(declared) words that the header promises comes something that is no further word"
    default: ""
    }
  }
}
