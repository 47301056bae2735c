import FileAccess

/// The beginning of a file, by which its layout is told, and the file that goes on behind it.
struct FileHead {
  /// The file, read as far as `bytes` goes.
  let file: InputFile
  /// The first bytes, unpacked if need be.
  private(set) var bytes: [UInt8]
  /// Whether these are all.
  private(set) var isWhole = false

  /// Reads the first `size` bytes of `file`, or all if it has less.
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
