import FileAccess
import PipelineCore

/// The layout of a vector file, detected from its first bytes.
struct VectorFileLayout: Equatable {
  /// The detected format; never `auto`.
  var format: VectorFileFormat
  /// The number of words that the header declares; `nil` if there is no header.
  var declaredRows: Int?
  /// The width of a vector: `D`.
  var dimensions: Int
  /// The length of the header in bytes, including its line ending and a byte order mark before it.
  var headerBytes: Int

  /// The minimum length of a row in the (decompressed) file, in bytes.
  var minimumRowBytes: Int { format == .binary ? 4 * dimensions + 1 : 2 * dimensions }

  /// Creates the layout of a mapped table.
  init(of table: MappedVectors) {
    (format, declaredRows, dimensions) = (.safetensors, table.count, table.dimensions)
    headerBytes = 0
  }

  /// Detects the layout of a file.
  ///
  /// - Parameters:
  ///   - format: the format that the settings require, or `auto`.
  ///   - size: the size of the file in bytes; `nil` if it is compressed.
  ///   - checksSize: whether to reject a header that declares more rows than fit in the file.
  /// - Throws: `VectorFileError`.
  init(
    of prefix: FilePrefix, format: VectorFileFormat, size: Int?, checksSize: Bool
  ) throws {
    let (head, isWhole, path) = (prefix.bytes[...], prefix.isWhole, prefix.file.name)
    guard !head.isEmpty else { throw VectorFileError(.empty, at: .line(path, 1, column: nil)) }
    if let foreign = ForeignFormat.detect(head) {
      throw VectorFileError(.foreignFormat(foreign), at: .byte(path, 0))
    }
    let mark: [UInt8] = [0xef, 0xbb, 0xbf]
    let start = head.startIndex + (head.starts(with: mark) ? mark.count : 0)
    let end = head[start...].firstIndex(of: 0x0a)
    guard let end = end ?? (isWhole ? head.endIndex : nil) else {
      throw VectorFileError(.notVectors, at: .line(path, 1, column: nil))
    }
    let fields = TextRow.fields(of: head[start..<end])
    if format != .glove, fields.count == 2, fields.allSatisfy(Self.isInteger) {
      let after = min(end + 1, head.endIndex)
      (declaredRows, dimensions) = try Self.header(fields, path: path)
      headerBytes = after - head.startIndex
      let found = BodySample(head[after...], dimensions: dimensions, isWhole: isWhole).format
      guard format == .auto || format == found else {
        throw VectorFileError(
          .wrongFormat(set: format, found: found), at: .line(path, 1, column: nil))
      }
      self.format = found
      try checkSize(size, checksSize: checksSize, path: path)
    } else {
      self.format = .glove
      guard format != .safetensors else {
        throw VectorFileError(
          .wrongFormat(set: format, found: .glove), at: .line(path, 1, column: nil))
      }
      declaredRows = nil
      headerBytes = start - head.startIndex
      dimensions = try Self.dimensions(ofFirstRow: fields, format: format, path: path)
    }
  }

  /// Returns whether a field matches `-?[0-9]+`.
  private static func isInteger(_ field: ArraySlice<UInt8>) -> Bool {
    let digits = field.first == UInt8(ascii: "-") ? field.dropFirst() : field
    return !digits.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// Parses the two numbers in a header.
  private static func header(_ fields: [ArraySlice<UInt8>], path: String) throws -> (Int, Int) {
    let ranges = [("words", Int.max), ("dimensions", VectorFileLimits.dimensions)]
    let numbers = try zip(fields, ranges).map { field, range in
      let text = String(decoding: field, as: UTF8.self)
      guard let number = Int(text), number >= 1, number <= range.1 else {
        throw VectorFileError(
          .headerOutOfRange(what: range.0, found: TextRow.excerpt(field), limit: range.1),
          at: .line(path, 1, column: nil))
      }
      return number
    }
    return (numbers[0], numbers[1])
  }

  /// Counts the numbers in the first row of a file without a header.
  private static func dimensions(
    ofFirstRow fields: [ArraySlice<UInt8>], format: VectorFileFormat, path: String
  ) throws -> Int {
    let position = InputPosition.line(path, 1, column: nil)
    let isShort = fields.count <= 2 || (fields.count == 3 && fields.allSatisfy(isInteger))
    // Two fields could be a word with one number, but are more likely a damaged header.
    if format == .text || format == .binary || (format == .auto && isShort) {
      let found = TextRow.excerpt(fields.joined(separator: [0x20]))
      throw VectorFileError(.badHeader(found: found), at: position)
    }
    // The word may contain spaces, so count the numbers from the end.
    let numbers = fields.reversed().prefix { DecimalNumber.parse($0) != .malformed }.count
    let dimensions = min(numbers, fields.count - 1)
    if let last = fields.last, TextRow.isSparse(last) {
      throw VectorFileError(.sparse, at: position)
    }
    // Otherwise `a 0,5 1 2` would be read as the word `a 0,5` with two numbers.
    if dimensions < fields.count - 1 {
      let field = fields[fields.count - 1 - dimensions]
      if TextRow.hasDecimalComma(field) {
        throw VectorFileError(.notANumber(TextRow.excerpt(field)), at: position)
      }
    }
    guard dimensions > (format == .auto ? 1 : 0) else {
      throw VectorFileError(.notVectors, at: position)
    }
    guard dimensions <= VectorFileLimits.dimensions else {
      throw VectorFileError(
        .headerOutOfRange(
          what: "dimensions", found: String(dimensions), limit: VectorFileLimits.dimensions),
        at: position)
    }
    return dimensions
  }

  /// Rejects a header that declares far more rows than the file can hold.
  ///
  /// A smaller discrepancy is found later by counting the rows, which gives a better message.
  private func checkSize(_ size: Int?, checksSize: Bool, path: String) throws {
    guard let declaredRows else { return }
    let (least, overflow) = declaredRows.multipliedReportingOverflow(by: minimumRowBytes)
    let position = InputPosition.line(path, 1, column: nil)
    guard checksSize || overflow else { return }
    if overflow || size.map({ least / 4 > max($0, 1024) }) == true {
      throw VectorFileError(
        .headerTooLarge(declared: declaredRows, dimensions: dimensions, size: size ?? 0),
        at: position)
    }
    if declaredRows > VectorFileLimits.rows {
      throw VectorFileError(.tooManyRows(limit: VectorFileLimits.rows), at: position)
    }
  }
}

/// The first bytes after a header, which distinguish text from binary.
private struct BodySample {
  let format: VectorFileFormat

  init(_ body: ArraySlice<UInt8>, dimensions: Int, isWhole: Bool) {
    // A line that ends in D numbers is text; binary data does not look like that by chance.
    var rest = body
    for _ in 0..<10 where !rest.isEmpty {
      let end = rest.firstIndex(of: 0x0a) ?? rest.endIndex
      let isComplete = end < rest.endIndex || isWhole
      if isComplete, TextRow.endsInNumbers(rest[..<end], count: dimensions) {
        format = .text
        return
      }
      rest = rest[min(end + 1, rest.endIndex)...]
    }
    // There is no valid row. Damaged text still consists of characters, whereas vectors do not.
    let sample = body.prefix(1 << 16)
    let isControl: (UInt8) -> Bool = { $0 < 0x09 || (0x0b...0x1f).contains($0) && $0 != 0x0d }
    let invalid = UTF8Validation.firstInvalidByte(in: sample)
    let isInvalid = invalid.map { $0 < sample.count - 3 || isWhole } ?? false
    format = isInvalid || sample.contains(where: isControl) ? .binary : .text
  }
}

/// The first bytes of a file, and the file positioned after them.
struct FilePrefix {
  /// The file, read up to the end of `bytes`.
  let file: InputFile
  /// The first bytes, decompressed.
  private(set) var bytes: [UInt8]
  /// Whether `bytes` is the whole file.
  private(set) var isWhole = false

  /// Reads the first `size` bytes of `file`, or all of it if it is shorter.
  init(_ file: InputFile, size: Int = 1 << 20) throws {
    self.file = file
    bytes = Array(repeating: 0, count: max(1, size))
    var count = 0
    try bytes.withUnsafeMutableBufferPointer { buffer in
      while count < buffer.count {
        let more = try file.next(into: UnsafeMutableBufferPointer(rebasing: buffer[count...]))
        if more == 0 { break }
        count += more
      }
    }
    isWhole = count < bytes.count
    bytes.removeLast(bytes.count - count)
  }
}
