import FileAccess

/// Bytes in memory as a stream.
struct MemorySource: ByteSource {
  let name: String
  let bytes: [UInt8]
  private var position = 0

  init(name: String, bytes: [UInt8]) { (self.name, self.bytes) = (name, bytes) }

  mutating func next(into buffer: inout [UInt8]) throws -> Int {
    let count = min(buffer.count, bytes.count - position)
    buffer.replaceSubrange(..<count, with: bytes[position..<position + count])
    position += count
    return count
  }
}

/// The bytes of a mapped file as a stream.
struct MappedSource: ByteSource {
  let file: MappedFile
  private var position = 0

  init(_ file: MappedFile) { self.file = file }

  var name: String { file.name }

  mutating func next(into buffer: inout [UInt8]) throws -> Int {
    let count = min(buffer.count, file.size - position)
    file.withBytes { bytes in
      let chunk = UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
      buffer.withUnsafeMutableBytes { $0.copyMemory(from: chunk) }
    }
    position += count
    return count
  }

  /// Skips bytes without copying them.
  mutating func skip(_ count: Int) { position += count }
}
