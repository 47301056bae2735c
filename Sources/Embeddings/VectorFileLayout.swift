import FileAccess
import PipelineCore

/// What the beginning of a vector file says about the rest.
struct VectorFileLayout: Equatable {
  /// Text, binary or GloVe; never `auto`.
  var format: VectorFileFormat
  /// The number of words in the header, if there is one.
  var declaredRows: Int?
  /// The width of a vector: `D`.
  var dimensions: Int
  /// The length of the header with its line end, and a byte order mark before it.
  var headerBytes: Int

  /// The fewest bytes that a row takes in the (unpacked) file.
  var leastRowBytes: Int { format == .binary ? 4 * dimensions + 1 : 2 * dimensions }

  /// A table, which has its own header.
  init(of table: MappedVectors) {
    (format, declaredRows, dimensions) = (.safetensors, table.count, table.dimensions)
    headerBytes = 0
  }

  /// Looks at the beginning of a file.
  ///
  /// - Parameters:
  ///   - size: the bytes of the file, unless it is packed.
  ///   - checksSize: whether a header that the file cannot fulfil is refused at once.
  init(
    of beginning: FileHead, format: VectorFileFormat, size: Int?, checksSize: Bool
  ) throws {
    let (head, isWhole, path) = (beginning.bytes[...], beginning.isWhole, beginning.file.name)
    guard !head.isEmpty else { throw VectorFileError(.empty, at: .line(path, 1, column: nil)) }
    if let kind = LookAlike.recognize(head) {
      throw VectorFileError(.lookAlike(kind), at: .byte(path, 0))
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

  /// `-?[0-9]+`
  private static func isInteger(_ field: ArraySlice<UInt8>) -> Bool {
    let digits = field.first == UInt8(ascii: "-") ? field.dropFirst() : field
    return !digits.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// The two numbers of a header.
  private static func header(_ fields: [ArraySlice<UInt8>], path: String) throws -> (Int, Int) {
    let ranges = [("words", Int.max), ("dimensions", VectorFileLimits.dimensions)]
    let numbers = try zip(fields, ranges).map { field, range in
      let text = String(decoding: field, as: UTF8.self)
      guard let number = Int(text), number >= 1, number <= range.1 else {
        let shown = TextRow.shown(field)
        throw VectorFileError(
          .headerOutOfRange(what: range.0, found: shown, limit: range.1),
          at: .line(path, 1, column: nil))
      }
      return number
    }
    return (numbers[0], numbers[1])
  }

  /// The width that the first row of a file without a header shows.
  private static func dimensions(
    ofFirstRow fields: [ArraySlice<UInt8>], format: VectorFileFormat, path: String
  ) throws -> Int {
    let place = InputPosition.line(path, 1, column: nil)
    let isShort = fields.count <= 2 || (fields.count == 3 && fields.allSatisfy(isInteger))
    // Two fields may be a word of one dimension, but mostly they are a spoilt header.
    if format == .text || format == .binary || (format == .auto && isShort) {
      let found = TextRow.shown(fields.joined(separator: [0x20]))
      throw VectorFileError(.badHeader(found: found), at: place)
    }
    // The word may hold spaces, so the numbers are counted from the end.
    let numbers = fields.reversed().prefix { DecimalNumber.parse($0) != .malformed }.count
    let dimensions = min(numbers, fields.count - 1)
    if let last = fields.last, TextRow.isSparse(last) { throw VectorFileError(.sparse, at: place) }
    guard dimensions > (format == .auto ? 1 : 0) else {
      throw VectorFileError(.notVectors, at: place)
    }
    guard dimensions <= VectorFileLimits.dimensions else {
      throw VectorFileError(
        .headerOutOfRange(
          what: "dimensions", found: String(dimensions), limit: VectorFileLimits.dimensions),
        at: place)
    }
    return dimensions
  }

  /// Refuses a header that promises far more than the file can hold; a header that is wrong by a
  /// little is found by counting, which gives the better message.
  private func checkSize(_ size: Int?, checksSize: Bool, path: String) throws {
    guard let declaredRows else { return }
    let (least, overflow) = declaredRows.multipliedReportingOverflow(by: leastRowBytes)
    let place = InputPosition.line(path, 1, column: nil)
    guard checksSize || overflow else { return }
    if overflow || size.map({ least / 4 > max($0, 1024) }) == true {
      throw VectorFileError(
        .headerTooLarge(declared: declaredRows, dimensions: dimensions, size: size ?? 0), at: place)
    }
    if declaredRows > VectorFileLimits.rows {
      throw VectorFileError(.tooManyRows(limit: VectorFileLimits.rows), at: place)
    }
  }
}

/// The first bytes after a header, by which text and binary are told apart.
private struct BodySample {
  let format: VectorFileFormat

  init(_ body: ArraySlice<UInt8>, dimensions: Int, isWhole: Bool) {
    // A line that ends in D numbers is text: binary data does not look so by chance.
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
    // No good row: damaged text is still made of characters, vectors are not.
    let sample = body.prefix(1 << 16)
    let isControl: (UInt8) -> Bool = { $0 < 0x09 || (0x0b...0x1f).contains($0) && $0 != 0x0d }
    let invalid = UTF8Validation.firstInvalidByte(in: sample)
    let isInvalid = invalid.map { $0 < sample.count - 3 || isWhole } ?? false
    format = isInvalid || sample.contains(where: isControl) ? .binary : .text
  }
}
