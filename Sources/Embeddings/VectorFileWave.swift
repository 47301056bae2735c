import FileAccess

/// A stretch of a vector file in memory, filled from the file while the stretch before it is read.
struct VectorFileWave {
  /// The bytes, and room behind them that may be read but means nothing.
  private(set) var bytes: [UInt8] = []
  /// How many of the bytes are of the file.
  private(set) var count: Int
  /// Where they begin in the (unpacked) file.
  let offset: Int
  /// Whether the file ends with them.
  private(set) var isAtEnd = false
  /// Why the file could not be read on behind them.
  private(set) var failure: (any Error)?

  /// A wave of up to `size` bytes that begins with bytes that have been read already.
  ///
  /// - Parameter buffer: is taken and used again if it is large enough.
  init(_ start: ArraySlice<UInt8>, offset: Int, size: Int, reusing buffer: inout [UInt8]) {
    let room = max(size, start.count) + 1 + QuickDecimal.slack
    swap(&bytes, &buffer)
    if bytes.count < room { bytes = Array(repeating: 0, count: room) }
    count = start.count
    self.offset = offset
    bytes.withUnsafeMutableBufferPointer { bytes in
      start.withUnsafeBufferPointer { start in
        _ = UnsafeMutableBufferPointer(rebasing: bytes[..<start.count]).update(from: start)
      }
    }
  }

  /// The wave that begins with what is left of this one from byte `rest` on, to be filled.
  func following(from rest: Int, size: Int, reusing buffer: inout [UInt8]) -> VectorFileWave {
    var next = VectorFileWave(
      bytes[rest..<count], offset: offset + rest, size: size, reusing: &buffer)
    next.failure = failure
    return next
  }

  /// Reads until the wave is full or the file ends; an error is kept for whoever comes so far.
  mutating func fill(from file: InputFile) {
    guard failure == nil else { return }
    do {
      let full = bytes.count - 1 - QuickDecimal.slack
      try bytes.withUnsafeMutableBufferPointer { buffer in
        while count < full, !isAtEnd {
          let room = UnsafeMutableBufferPointer(rebasing: buffer[count..<full])
          let more = try file.next(into: room)
          count += more
          isAtEnd = more == 0
        }
      }
    } catch { failure = error }
  }

  /// Ends a last line that has no line end with one.
  mutating func endLastLine() {
    guard isAtEnd, count > 0, bytes[count - 1] != 0x0a else { return }
    bytes[count] = 0x0a
    count += 1
  }

  /// Where to cut the wave into shards of whole lines of about `size` bytes, and where the bytes
  /// begin that need more behind them.
  func cutLines(size: Int) -> (shards: [Range<Int>], rest: Int) {
    var shards: [Range<Int>] = []
    guard let last = bytes[..<count].lastIndex(of: 0x0a) else { return ([], 0) }
    var begin = 0
    while begin <= last {
      let end = bytes[min(begin + size, last)...last].firstIndex(of: 0x0a) ?? last
      shards.append(begin..<end + 1)
      begin = end + 1
    }
    return (shards, begin)
  }
}
