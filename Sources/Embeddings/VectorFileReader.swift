import FileAccess
import PipelineCore

/// Reads a file of word vectors row by row: word2vec text and binary, GloVe, each also as gzip.
///
/// Every row is used, refused with its place, or passed over and counted; nothing is guessed. Only
/// one row is held at a time, whatever the header promises.
public struct VectorFileReader {
  /// What became of the rows so far.
  public struct Counts: Sendable, Equatable {
    /// All rows.
    public var read = 0
    /// Rows without a word.
    public var emptyWords = 0
    /// Rows whose word is not UTF-8.
    public var invalidUTF8 = 0
    /// Rows whose vector is not finite.
    public var nonFinite = 0

    /// Nothing read yet.
    public init() {}

    /// All rows that were passed over.
    public var skipped: Int { emptyWords + invalidUTF8 + nonFinite }
  }

  /// The path.
  public let path: String
  /// What the file turned out to be; never `auto`.
  public var format: VectorFileFormat { layout.format }
  /// The width of a vector: `D`.
  public var dimensions: Int { layout.dimensions }
  /// The number of words that the header promises, if there is one.
  public var declaredRows: Int? { layout.declaredRows }
  /// What became of the rows so far.
  public private(set) var counts = Counts()
  /// The SHA-256 of the file as it lies on disk; `nil` until its end was read.
  public var sha256: String? { file.sha256 }

  private let file: InputFile
  private let layout: VectorFileLayout
  private let headerMismatch: HeaderMismatch
  /// One of these two is there.
  private var text: TextVectorRows?
  private var binary: BinaryVectorRows?

  /// Opens a file and recognizes its layout.
  ///
  /// - Throws: `FileError`, or `VectorFileError` for a file that is something else.
  public init(
    path: String, format: VectorFileFormat = .auto, headerMismatch: HeaderMismatch = .error,
    nonFinite: NonFiniteNumbers = .error
  ) throws {
    self.path = path
    self.headerMismatch = headerMismatch
    file = try InputFile(path: path)
    var window = ByteWindow(file)
    layout = try VectorFileLayout(
      of: &window, format: format, size: file.isCompressed ? nil : file.size,
      checksSize: headerMismatch == .error)
    let skips = nonFinite == .skip
    if layout.format == .binary {
      binary = BinaryVectorRows(window, layout: layout, skipsNonFinite: skips)
    } else {
      text = TextVectorRows(window, layout: layout, skipsNonFinite: skips)
    }
  }

  /// Reads on to the next row that can be used.
  ///
  /// - Parameter vector: gets the numbers, `[D]`.
  /// - Returns: the word as it stands in the file, valid UTF-8; `nil` at the end.
  /// - Throws: `VectorFileError` with the line or byte, or `FileError`. Rows given before an error
  ///   must not be used: a damaged file is damaged from its beginning.
  /// - Precondition: `vector` has `dimensions` numbers.
  public mutating func next(into vector: inout [Float]) throws -> [UInt8]? {
    precondition(vector.count == dimensions, "the vector must have the width of the file")
    while let row = try nextRow(into: &vector) {
      counts.read += 1
      guard counts.read <= VectorFileLimits.rows else {
        throw VectorFileError(.tooManyRows(limit: VectorFileLimits.rows), at: .file(path))
      }
      switch row {
      case .word(let word): return word
      case .skipped(.emptyWord): counts.emptyWords += 1
      case .skipped(.invalidUTF8): counts.invalidUTF8 += 1
      case .skipped(.nonFinite): counts.nonFinite += 1
      }
    }
    if let declaredRows, declaredRows != counts.read, headerMismatch == .error {
      throw VectorFileError(
        .countMismatch(declared: declaredRows, found: counts.read), at: .line(path, 1, column: nil))
    }
    return nil
  }

  private mutating func nextRow(into vector: inout [Float]) throws -> VectorRow? {
    guard let offset = binary?.offset else { return try text?.next(into: &vector) }
    do { return try binary?.next(into: &vector) } catch let error as VectorFileError {
      // Past the promised rows it is no row that went wrong, but something that is none.
      guard let declaredRows, counts.read >= declaredRows else { throw error }
      throw VectorFileError(.trailingBytes(declared: declaredRows), at: .byte(path, offset))
    }
  }
}
