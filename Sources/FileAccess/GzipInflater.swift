import CZlib

/// Unpacks gzip data that comes piece by piece; members may follow one another.
final class GzipInflater {
  /// What one step did.
  struct Step {
    var consumed: Int
    var produced: Int
  }

  /// zlib's state keeps the address of its stream, so the stream must never move.
  private let stream: UnsafeMutablePointer<z_stream>
  /// How many members have begun.
  private var members = 0
  /// Whether the last member that began has not ended.
  private var isInsideMember = false

  /// What is wrong if the data ends here.
  var faultAtEnd: FileError.Fact? {
    guard isInsideMember else { return nil }
    // A single byte after a whole member: zlib waits for the second one of the magic.
    return members > 1 && stream.pointee.total_in < 2 ? .gzipTrailingBytes : .gzipTruncated
  }

  init() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 16 asks for the gzip wrapper, 15 for the largest window.
    let size = Int32(MemoryLayout<z_stream>.size)
    let ready = inflateInit2_(stream, 16 + 15, ZLIB_VERSION, size)
    precondition(ready == Z_OK, "zlib must be able to start")
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Unpacks what it can of `input` into `output`.
  ///
  /// - Returns: how far it came, and `gzipDamaged` or `gzipTrailingBytes` if it cannot go on.
  /// - Precondition: neither buffer is empty.
  func step(
    from input: UnsafeMutableBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
  ) -> (step: Step, fault: FileError.Fact?) {
    if !isInsideMember {
      inflateReset(stream)
      members += 1
      isInsideMember = true
    }
    let inputSize = UInt32(clamping: input.count)
    let outputSize = UInt32(clamping: output.count)
    stream.pointee.next_in = input.baseAddress
    stream.pointee.avail_in = inputSize
    stream.pointee.next_out = output.baseAddress
    stream.pointee.avail_out = outputSize
    let status = inflate(stream, Z_NO_FLUSH)
    let step = Step(
      consumed: Int(inputSize - stream.pointee.avail_in),
      produced: Int(outputSize - stream.pointee.avail_out))
    switch status {
    case Z_OK, Z_BUF_ERROR: return (step, nil)
    case Z_STREAM_END:
      isInsideMember = false
      return (step, nil)
    default:
      // A later member without its two magic bytes is no member at all.
      if members > 1 && stream.pointee.total_in <= 2 { return (step, .gzipTrailingBytes) }
      let reason = stream.pointee.msg.map { String(cString: $0) } ?? "zlib status \(status)"
      return (step, .gzipDamaged(reason))
    }
  }
}
