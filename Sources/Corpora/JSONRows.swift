import FileAccess
import PipelineCore

/// The records of a JSON file: one per line, or the elements of one array that spans any number of
/// lines.
struct JSONRows {
  /// A record as written.
  struct Row {
    /// The bytes. They are known to be valid UTF-8 only if the record is a line.
    var bytes: [UInt8]
    /// The file and line.
    var file: String
    var line: Int
    /// The number of characters before the record on its line.
    var column: Int

    /// The line.
    var place: InputPosition { .line(file, line, column: nil) }

    /// Parses the record.
    ///
    /// - Throws: `JSONError` with its position in the file.
    func value() throws -> JSONValue {
      do {
        return try JSONValue.parse(
          bytes, file: file, firstLine: line, maximumCount: JSONValue.rowCount)
      } catch {
        var error = error
        switch error.position {
        case .line(let file, self.line, let place?):
          error.position = .line(file, self.line, column: place + column)
        default: break
        }
        throw error
      }
    }
  }

  private var lines: CorpusLines?
  private var array: JSONArrayReader?

  /// Creates a reader for a file from which nothing has been read yet.
  init(_ file: DecodedFile, _ options: CorpusOptions) {
    if JSONArrayReader.isArray(file) {
      array = JSONArrayReader(file, limit: options.rowLimit)
    } else {
      lines = CorpusLines(file, limit: options.rowLimit)
    }
  }

  /// Returns whether the text of a file starts like an array of objects.
  static func isArray(_ file: DecodedFile) -> Bool { JSONArrayReader.isArray(file) }

  /// Returns the next record; `nil` at the end.
  mutating func next() throws -> Row? {
    if array != nil { return try array?.next() }
    let file = lines?.file ?? ""
    return try lines?.nextRow().map { Row(bytes: $0.bytes, file: file, line: $0.number, column: 0) }
  }
}

/// Splits an array into its elements without holding the file in memory.
private struct JSONArrayReader {
  private let file: DecodedFile
  private let limit: Int
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  private var waiting = 0..<0
  private var line = 1
  private var column = 0
  private var state = State.beforeArray

  private enum State { case beforeArray, beforeElement, afterElement, done }

  init(_ file: DecodedFile, limit: Int) {
    self.file = file
    self.limit = limit
  }

  /// Returns whether the text of a file starts like an array of objects.
  static func isArray(_ file: DecodedFile) -> Bool {
    guard let text = file.encoding.decode(Array(file.head.prefix(1 << 12))) else { return false }
    let start = text.drop { isSpace($0) || [0xEF, 0xBB, 0xBF].contains($0) }
    guard start.first == UInt8(ascii: "[") else { return false }
    let next = start.dropFirst().first { !isSpace($0) }
    return next == nil || next == UInt8(ascii: "{") || next == UInt8(ascii: "]")
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }

  /// Returns the next element; `nil` at the end.
  mutating func next() throws -> JSONRows.Row? {
    while let byte = try peek() {
      if Self.isSpace(byte) || state == .beforeArray && [0xEF, 0xBB, 0xBF].contains(byte) {
        advance(byte)
        continue
      }
      switch (state, byte) {
      case (.beforeArray, UInt8(ascii: "[")): state = .beforeElement
      case (.beforeElement, UInt8(ascii: "]")), (.afterElement, UInt8(ascii: "]")): state = .done
      case (.afterElement, UInt8(ascii: ",")): state = .beforeElement
      case (.beforeElement, _):
        state = .afterElement
        return try element()
      case (.afterElement, _):
        state = .done
        throw fault("expected a comma or a closing bracket")
      default:
        state = .done
        throw fault("text after the closing bracket")
      }
      advance(byte)
    }
    guard state == .done else {
      state = .done
      throw fault("the file ends")
    }
    return nil
  }

  /// Reads an element, up to the comma or bracket after it.
  private mutating func element() throws -> JSONRows.Row {
    var row = JSONRows.Row(bytes: [], file: file.name, line: line, column: column)
    var (depth, isString, isEscaped, count) = (0, false, false, 0)
    while let byte = try peek() {
      if isString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isString = false
        }
      } else {
        switch byte {
        case UInt8(ascii: "\""): isString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}") where depth > 0: depth -= 1
        case UInt8(ascii: "]") where depth > 0: depth -= 1
        case UInt8(ascii: ","), UInt8(ascii: "]"):
          if depth == 0 { return try whole(row, count) }
        default: break
        }
      }
      count += 1
      // The rest of an element that is too long is read but not kept.
      if count <= limit { row.bytes.append(byte) }
      advance(byte)
    }
    return try whole(row, count)
  }

  private func whole(_ row: JSONRows.Row, _ count: Int) throws -> JSONRows.Row {
    guard count <= limit else {
      throw CorpusError(.rowTooLong(limit: limit, isQuoted: false), at: row.place)
    }
    return row
  }

  private func fault(_ problem: String) -> CorpusError {
    CorpusError(.badArray(problem), at: .line(file.name, line, column: column + 1))
  }

  private mutating func peek() throws -> UInt8? {
    if waiting.isEmpty { waiting = 0..<(try file.next(into: &buffer)) }
    return waiting.isEmpty ? nil : buffer[waiting.lowerBound]
  }

  private mutating func advance(_ byte: UInt8) {
    waiting = (waiting.lowerBound + 1)..<waiting.upperBound
    if byte == 0x0A {
      (line, column) = (line + 1, 0)
    } else if byte & 0xC0 != 0x80 {
      column += 1
    }
  }
}
