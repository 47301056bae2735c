import CZlib

/// Compresses bytes to one gzip member.
///
/// The member contains no file name or timestamp, so equal input gives equal output.
package final class GzipOutput {
  /// zlib's state points back to its stream, so the stream must never move.
  private let stream: UnsafeMutablePointer<z_stream>
  private let sink: ([UInt8]) throws -> Void
  private var packed = [UInt8](repeating: 0, count: 1 << 16)

  /// Creates a compressor that passes its output to `sink`.
  package init(to sink: @escaping ([UInt8]) throws -> Void) {
    self.sink = sink
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 16 selects the gzip format, 15 the maximum window size, 8 zlib's default memory level.
    let ready = deflateInit2_(
      stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    precondition(ready == Z_OK, "zlib failed to start compressing")
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  /// Adds bytes.
  ///
  /// - Throws: any error that the sink throws.
  package func write(_ bytes: some Sequence<UInt8>) throws {
    var bytes = Array(bytes)
    var start = 0
    // zlib counts in 32 bits.
    while start < bytes.count {
      let end = min(start + (1 << 30), bytes.count)
      try bytes.withUnsafeMutableBufferPointer {
        try pack(UnsafeMutableBufferPointer(rebasing: $0[start..<end]), Z_NO_FLUSH)
      }
      start = end
    }
  }

  /// Ends the member.
  ///
  /// - Throws: any error that the sink throws.
  package func finish() throws {
    try pack(UnsafeMutableBufferPointer(start: nil, count: 0), Z_FINISH)
  }

  private func pack(_ bytes: UnsafeMutableBufferPointer<UInt8>, _ flush: Int32) throws {
    stream.pointee.next_in = bytes.baseAddress
    stream.pointee.avail_in = UInt32(bytes.count)
    var isFull = true
    while isFull {
      let capacity = packed.count
      let status = packed.withUnsafeMutableBufferPointer { packed in
        stream.pointee.next_out = packed.baseAddress
        stream.pointee.avail_out = UInt32(capacity)
        return deflate(stream, flush)
      }
      precondition(status != Z_STREAM_ERROR, "zlib failed to compress")
      let count = capacity - Int(stream.pointee.avail_out)
      if count > 0 { try sink(Array(packed[..<count])) }
      isFull = stream.pointee.avail_out == 0
    }
  }
}

/// Decompresses gzip data chunk by chunk; the data may have several members.
final class GzipInflater {
  /// The progress of one step, in bytes.
  struct Step {
    var consumed: Int
    var produced: Int
  }

  /// zlib's state points back to its stream, so the stream must never move.
  private let stream: UnsafeMutablePointer<z_stream>
  /// The number of members that have begun.
  private var members = 0
  /// Whether the current member has begun but not ended.
  private var isInsideMember = false
  /// Whether the zero padding after the last member has begun. `gzip -d` accepts such padding too.
  private var isInsidePadding = false

  /// What is wrong if the data ends here; `nil` if it may end here.
  var faultAtEnd: FileFact? {
    guard isInsideMember else { return nil }
    // After a complete member, a single stray byte leaves zlib waiting for the second magic byte.
    return members > 1 && stream.pointee.total_in < 2 ? .gzipTrailingBytes : .gzipTruncated
  }

  init() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 16 selects the gzip format, 15 the maximum window size.
    let size = Int32(MemoryLayout<z_stream>.size)
    let ready = inflateInit2_(stream, 16 + 15, ZLIB_VERSION, size)
    precondition(ready == Z_OK, "zlib failed to start decompressing")
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Decompresses as much of `input` into `output` as fits.
  ///
  /// - Returns: the progress, and `gzipDamaged` or `gzipTrailingBytes` if the data is invalid.
  /// - Precondition: neither buffer is empty.
  func step(
    from input: UnsafeMutableBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
  ) -> (step: Step, fault: FileFact?) {
    if !isInsideMember, members > 0, isInsidePadding || input[0] == 0 {
      isInsidePadding = true
      let zeros = input.prefix { $0 == 0 }.count
      let step = Step(consumed: zeros, produced: 0)
      return (step, zeros < input.count ? .gzipTrailingBytes : nil)
    }
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
      // Bytes after a complete member that do not start with the two magic bytes are not another
      // member.
      if members > 1 && stream.pointee.total_in <= 2 { return (step, .gzipTrailingBytes) }
      let reason = stream.pointee.msg.map { String(cString: $0) } ?? "zlib status \(status)"
      return (step, .gzipDamaged(reason))
    }
  }
}
