import CZlib

/// Packs bytes as one gzip member on their way to an output; the same bytes give the same file, for
/// neither name nor time goes into it.
public final class GzipOutput {
  /// zlib's state keeps the address of its stream, so the stream must never move.
  private let stream: UnsafeMutablePointer<z_stream>
  private let sink: ([UInt8]) throws -> Void
  private var packed = [UInt8](repeating: 0, count: 1 << 16)

  /// Packs for `sink`.
  public init(to sink: @escaping ([UInt8]) throws -> Void) {
    self.sink = sink
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 16 asks for the gzip wrapper, 15 for the largest window, 8 for zlib's usual memory.
    let ready = deflateInit2_(
      stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    precondition(ready == Z_OK, "zlib must be able to start")
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  /// Adds bytes.
  ///
  /// - Throws: what the sink throws.
  public func write(_ bytes: some Sequence<UInt8>) throws {
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
  public func finish() throws {
    try pack(UnsafeMutableBufferPointer(start: nil, count: 0), Z_FINISH)
  }

  private func pack(_ bytes: UnsafeMutableBufferPointer<UInt8>, _ flush: Int32) throws {
    stream.pointee.next_in = bytes.baseAddress
    stream.pointee.avail_in = UInt32(bytes.count)
    var isFull = true
    while isFull {
      let room = packed.count
      let status = packed.withUnsafeMutableBufferPointer { packed in
        stream.pointee.next_out = packed.baseAddress
        stream.pointee.avail_out = UInt32(room)
        return deflate(stream, flush)
      }
      precondition(status != Z_STREAM_ERROR, "zlib must be able to go on")
      let count = room - Int(stream.pointee.avail_out)
      if count > 0 { try sink(Array(packed[..<count])) }
      isFull = stream.pointee.avail_out == 0
    }
  }
}
