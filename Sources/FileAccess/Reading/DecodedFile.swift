import Platform

/// The contents of a text file as UTF-8.
///
/// A byte order mark determines the encoding; without one, the given encoding is used, UTF-8 by
/// default. Bytes that are invalid in the encoding become the byte 0xFF, which never occurs in
/// UTF-8, so validation of the text finds them and their line.
public final class DecodedFile: ByteSource {
  /// The path.
  public var name: String { file.name }
  /// The SHA-256 of the bytes on disk; `nil` until the end is reached.
  public var sha256: String? { file.sha256 }
  /// The encoding of the file.
  public let encoding: TextEncoding
  /// The first bytes of the file, at most `headSize`, before decoding.
  public let head: [UInt8]
  /// The maximum size of `head` in bytes.
  public static let headSize = 1 << 16

  /// Returns a suitable buffer size: the size of the file, but at most `most`. A corpus of many
  /// small files is read faster with small buffers.
  public func bufferSize(most: Int) -> Int {
    file.isCompressed ? most : min(most, max(64, file.size + 1))
  }

  private let file: InputFile
  private let decoder: TextDecoder?
  /// The number of bytes of `head` that have been used.
  private var headUsed = 0
  /// Encoded bytes; those in `pendingRange` have not been decoded.
  private var pending: [UInt8] = []
  private var pendingRange = 0..<0
  private var isAtEnd = false

  /// Reads the first bytes of a file.
  ///
  /// - Parameters:
  ///   - file: a file from which nothing has been read yet.
  ///   - encoding: the encoding of a file without a byte order mark; `nil` for UTF-8.
  /// - Throws: `FileError`, also for an encoding that the C library does not support.
  public init(_ file: InputFile, encoding: TextEncoding? = nil) throws {
    var head: [UInt8] = []
    let size = file.isCompressed ? Self.headSize : min(Self.headSize, file.size + 1)
    while head.count < Self.headSize,
      let chunk = try file.nextChunk(size: max(1, size - head.count))
    {
      head += chunk
    }
    self.file = file
    self.head = head
    let mark = Self.byteOrderMark(of: head)
    self.encoding = mark?.encoding ?? encoding ?? .utf8
    guard let systemName = self.encoding.systemName else {
      // `LineReader` drops the byte order mark of UTF-8.
      decoder = nil
      return
    }
    headUsed = mark?.length ?? 0
    guard let decoder = TextDecoder(systemName) else {
      throw FileError(.unknownEncoding(self.encoding.name), in: file.name)
    }
    self.decoder = decoder
  }

  /// Whether the first bytes are valid UTF-8 with characters outside ASCII. Text in another
  /// encoding is almost never valid UTF-8.
  public var looksLikeUTF8: Bool {
    // A character at the end may be incomplete.
    let whole = head.dropLast(head.count == Self.headSize ? 3 : 0)
    guard head.contains(where: { $0 >= 0x80 }) else { return false }
    guard let invalid = UTF8Validation.firstInvalidByte(in: whole) else { return true }
    return head.count == Self.headSize && invalid >= whole.count - 3
  }

  /// Reads the next bytes as UTF-8.
  ///
  /// - Precondition: `buffer` has at least 8 bytes.
  public func next(into buffer: inout [UInt8]) throws -> Int {
    guard let decoder else { return try nextEncoded(into: &buffer) }
    while true {
      if pendingRange.isEmpty || decoder.needsMore, !isAtEnd { try fill() }
      guard !pendingRange.isEmpty else { return 0 }
      let count = decoder.decode(pending, &pendingRange, into: &buffer, isLast: isAtEnd)
      if count > 0 { return count }
    }
  }

  /// Reads more encoded bytes and appends them to the remaining ones.
  private func fill() throws {
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    let count = try nextEncoded(into: &chunk)
    isAtEnd = count == 0
    pending = Array(pending[pendingRange]) + chunk[..<count]
    pendingRange = 0..<pending.count
  }

  private func nextEncoded(into buffer: inout [UInt8]) throws -> Int {
    guard headUsed < head.count else { return try file.next(into: &buffer) }
    let count = min(buffer.count, head.count - headUsed)
    buffer.replaceSubrange(..<count, with: head[headUsed..<headUsed + count])
    headUsed += count
    return count
  }

  private static func byteOrderMark(
    of head: [UInt8]
  ) -> (encoding: TextEncoding, length: Int)? {
    let marks: [(bytes: [UInt8], name: String)] = [
      ([0xEF, 0xBB, 0xBF], "utf-8"), ([0xFF, 0xFE, 0, 0], "utf-32le"),
      ([0, 0, 0xFE, 0xFF], "utf-32be"), ([0xFF, 0xFE], "utf-16le"), ([0xFE, 0xFF], "utf-16be"),
    ]
    guard let mark = marks.first(where: { head.starts(with: $0.bytes) }),
      let encoding = TextEncoding(named: mark.name)
    else { return nil }
    return (encoding, mark.bytes.count)
  }
}

/// Decodes bytes with `iconv` of the C library.
private final class TextDecoder {
  /// Whether the remaining bytes are the beginning of a character.
  private(set) var needsMore = false
  private let state: iconv_t
  /// The number of bytes to skip after an invalid sequence.
  private let unit: Int

  /// Creates a decoder; `nil` if the C library does not support the encoding.
  init?(_ systemName: String) {
    let state = iconv_open("UTF-8", systemName)
    guard let state, state != iconv_t(bitPattern: -1) else { return nil }
    self.state = state
    unit = systemName.hasPrefix("UTF-16") ? 2 : systemName.hasPrefix("UTF-32") ? 4 : 1
  }

  deinit { iconv_close(state) }

  /// Decodes bytes until `output` is full or a character is incomplete.
  ///
  /// - Parameters:
  ///   - range: the bytes of `input` to decode; on return, the bytes that remain.
  ///   - isLast: whether `input` holds the last bytes of the text.
  /// - Returns: the number of bytes written to `output`.
  func decode(
    _ input: [UInt8], _ range: inout Range<Int>, into output: inout [UInt8], isLast: Bool
  ) -> Int {
    needsMore = false
    var produced = 0
    while !range.isEmpty, produced < output.count {
      let fault = step(input, &range, &output, &produced)
      if fault == 0 { continue }
      if fault == E2BIG { return produced }
      if fault == EINVAL && !isLast {
        needsMore = true
        return produced
      }
      guard produced < output.count else { return produced }
      output[produced] = 0xFF
      produced += 1
      range = min(range.lowerBound + unit, range.upperBound)..<range.upperBound
      // Return to the initial state.
      iconv(state, nil, nil, nil, nil)
    }
    return produced
  }

  /// Calls `iconv` once and returns 0 or its error.
  private func step(
    _ input: [UInt8], _ range: inout Range<Int>, _ output: inout [UInt8], _ produced: inout Int
  ) -> Int32 {
    input.withUnsafeBytes { input in
      output.withUnsafeMutableBytes { output -> Int32 in
        guard let input = input.baseAddress, let start = output.baseAddress else { return E2BIG }
        // The parameter is not declared constant, although the input is only read.
        var from: UnsafeMutablePointer<CChar>? = UnsafeMutableRawPointer(
          mutating: input + range.lowerBound
        ).assumingMemoryBound(to: CChar.self)
        var to: UnsafeMutablePointer<CChar>? = (start + produced)
          .assumingMemoryBound(to: CChar.self)
        var left = range.count
        var room = output.count - produced
        let result = iconv(state, &from, &left, &to, &room)
        let fault = result == -1 ? errno : 0
        range = (range.upperBound - left)..<range.upperBound
        produced = output.count - room
        return fault
      }
    }
  }
}

extension TextEncoding {
  /// Decodes bytes to UTF-8, with 0xFF in place of bytes that are invalid in the encoding; `nil` if
  /// the C library does not support the encoding.
  public func decode(_ bytes: [UInt8]) -> [UInt8]? {
    guard let systemName else { return bytes }
    guard let decoder = TextDecoder(systemName) else { return nil }
    var decoded: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 12)
    var range = bytes.indices
    while !range.isEmpty {
      let count = decoder.decode(bytes, &range, into: &buffer, isLast: true)
      decoded += buffer[..<count]
    }
    return decoded
  }
}
