/// Reads from a descriptor that is already open, such as standard input, and decompresses gzip.
///
/// Data that begins with gzip's magic bytes is decompressed, as in files. Other data is returned as
/// soon as it arrives, except that a first byte of 0x1F is held back until the second one arrives.
package final class StreamedInput: ByteSource {
  /// The name for messages.
  package let name: String
  private let source: InputDescriptor
  private var inflater: GzipInflater?
  private var hasBegun = false
  /// Bytes that were read; those in `waiting` have not been returned or decompressed.
  private var packed: [UInt8] = []
  private var waiting = 0..<0
  private var bytesRead = 0
  private var bytesReturned = 0

  /// Creates a reader of `descriptor`, which it does not close.
  package init(_ descriptor: Int32, name: String) {
    self.name = name
    source = InputDescriptor(descriptor, name: name)
  }

  /// Reads the next bytes, decompressed if the data is gzip.
  ///
  /// - Throws: `FileError`; after an error, nothing more may be read.
  package func next(into buffer: inout [UInt8]) throws -> Int {
    if !hasBegun { try begin() }
    if let inflater { return try unpack(with: inflater, into: &buffer) }
    guard !waiting.isEmpty else { return try source.next(into: &buffer) }
    let count = min(waiting.count, buffer.count)
    buffer.replaceSubrange(..<count, with: packed[waiting].prefix(count))
    waiting.removeFirst(count)
    return count
  }

  /// Reads the first bytes and recognizes gzip.
  private func begin() throws {
    hasBegun = true
    packed = Array(repeating: 0, count: 1 << 16)
    try refill()
    if waiting.count == 1, packed[0] == 0x1f {
      var second: [UInt8] = [0]
      if try source.next(into: &second) == 1 {
        (packed[1], waiting) = (second[0], 0..<2)
        bytesRead += 1
      }
    }
    if waiting.count >= 2, packed[0] == 0x1f, packed[1] == 0x8b { inflater = GzipInflater() }
  }

  /// Reads bytes into `packed`; none at the end.
  private func refill() throws {
    waiting = 0..<(try source.next(into: &packed))
    bytesRead += waiting.count
  }

  /// Reads and decompresses until at least one byte is available.
  private func unpack(with inflater: GzipInflater, into buffer: inout [UInt8]) throws -> Int {
    while true {
      if waiting.isEmpty {
        try refill()
        if waiting.isEmpty {
          if let fault = inflater.faultAtEnd { throw FileError(fault, in: name, byte: bytesRead) }
          return 0
        }
      }
      let (step, fault) = packed.withUnsafeMutableBufferPointer { packed in
        buffer.withUnsafeMutableBufferPointer {
          inflater.step(from: .init(rebasing: packed[waiting]), into: $0)
        }
      }
      waiting.removeFirst(step.consumed)
      if let fault { throw FileError(fault, in: name, byte: bytesRead - waiting.count) }
      bytesReturned += step.produced
      let limit = InputFile.outputLimit(afterReading: bytesRead - waiting.count)
      guard bytesReturned <= limit else {
        throw FileError(.gzipExpandsBeyond(limit: limit), in: name)
      }
      if step.produced > 0 { return step.produced }
    }
  }
}
