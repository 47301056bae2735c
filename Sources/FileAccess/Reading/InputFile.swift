import Platform

/// An input file, read from beginning to end.
///
/// Only regular files are accepted, so reading never blocks and always ends. A file that begins
/// with gzip's magic bytes is decompressed, whatever its name. If requested, the SHA-256 of the
/// bytes on disk is computed. If the file changes while it is being read, an error is thrown at its
/// end.
public final class InputFile: ByteSource {
  /// The path.
  public let name: String
  /// The size on disk, in bytes.
  public let size: Int
  /// Whether the file is compressed with gzip.
  public var isCompressed: Bool { inflater != nil }
  /// The SHA-256 of the bytes on disk, as hexadecimal digits; `nil` until the end is reached, and
  /// always `nil` if the file was opened without `hashes`.
  public private(set) var sha256: String?

  private let descriptor: Int32
  private let opened: stat
  private let digest: SHA256Digest?
  private let inflater: GzipInflater?
  private let outputLimit: Int
  /// Whether the limit is the default; if so, a limit also applies to the part of the file that has
  /// been read so far.
  private let hasDefaultLimit: Bool
  /// The number of bytes read from the disk so far.
  private var bytesRead = 0
  private var isAtEnd = false
  /// The number of bytes returned so far.
  private var bytesReturned = 0
  /// Compressed bytes; those in `packedRange` have not been decompressed.
  private var packed: [UInt8] = []
  private var packedRange = 0..<0

  /// Returns the default limit on the decompressed size of a gzip file: 64 times its size on disk,
  /// but at least 16 MiB because small files may compress very well.
  public static func defaultOutputLimit(size: Int) -> Int {
    let (product, overflow) = size.multipliedReportingOverflow(by: 64)
    return max(16 << 20, overflow ? .max : product)
  }

  /// The decompressed size up to which a file may expand more than 64 times.
  private static let freeOutput = 128 << 20

  /// Returns the default limit on the decompressed size after reading `count` compressed bytes.
  static func outputLimit(afterReading count: Int) -> Int {
    freeOutput + defaultOutputLimit(size: count)
  }

  /// The maximum decompressed size, given the compressed bytes read so far. Without an explicit
  /// limit, a file that expands too much is refused at the point where it does, not gigabytes
  /// later.
  private var outputLimitSoFar: Int {
    guard hasDefaultLimit else { return outputLimit }
    return min(outputLimit, Self.outputLimit(afterReading: bytesRead - packedRange.count))
  }

  /// Opens the regular file at `path`.
  ///
  /// - Parameters:
  ///   - path: an absolute path, or one relative to the working directory.
  ///   - limit: the maximum size in bytes, after decompression; if `nil`, the limit is
  ///     `defaultOutputLimit` for gzip, and there is none for other files.
  ///   - hashes: whether to compute `sha256`, which takes more time than reading the file.
  /// - Throws: `FileError`.
  public init(path: String, limit: Int? = nil, hashes: Bool = true) throws {
    name = path
    digest = hashes ? SHA256Digest() : nil
    let (descriptor, status) = try SystemCall.openRegularFile(path)
    var isOwned = false
    defer { if !isOwned { SystemCall.close(descriptor) } }
    opened = status
    size = Int(status.st_size)
    var magic: [UInt8] = [0, 0]
    let found = magic.withUnsafeMutableBytes { SystemCall.read(descriptor, into: $0, at: 0) }
    guard let found else { throw FileError(.readFailed(SystemCall.reason()), in: path) }
    inflater = found == 2 && magic == [0x1f, 0x8b] ? GzipInflater() : nil
    hasDefaultLimit = limit == nil
    outputLimit = limit ?? (inflater == nil ? .max : Self.defaultOutputLimit(size: size))
    if inflater == nil && size > outputLimit {
      throw FileError(.tooLarge(size: size, limit: outputLimit), in: path)
    }
    self.descriptor = descriptor
    isOwned = true
  }

  deinit { SystemCall.close(descriptor) }

  /// Returns all bytes of a file, after decompression.
  ///
  /// - Throws: `FileError` if the file cannot be read or has more than `limit` bytes.
  public static func readAll(path: String, limit: Int) throws -> [UInt8] {
    let file = try InputFile(path: path, limit: limit)
    var bytes: [UInt8] = []
    if !file.isCompressed { bytes.reserveCapacity(file.size) }
    while let chunk = try file.nextChunk() { bytes += chunk }
    return bytes
  }

  /// Returns the last byte of a file as it is on disk; `nil` if the file is empty.
  ///
  /// - Throws: `FileError`.
  package static func lastByte(of path: String) throws -> UInt8? {
    let (descriptor, status) = try SystemCall.openRegularFile(path)
    defer { SystemCall.close(descriptor) }
    guard status.st_size > 0 else { return nil }
    var byte: [UInt8] = [0]
    let count = byte.withUnsafeMutableBytes {
      SystemCall.read(descriptor, into: $0, at: Int(status.st_size) - 1)
    }
    guard let count else { throw FileError(.readFailed(SystemCall.reason()), in: path) }
    return count == 1 ? byte[0] : nil
  }

  /// Reads the next bytes, decompressed if the file is gzip.
  ///
  /// - Throws: `FileError`; after an error the file must not be read any further.
  public func next(into buffer: inout [UInt8]) throws -> Int {
    try buffer.withUnsafeMutableBufferPointer { try next(into: $0) }
  }

  /// Reads the next bytes into an unsafe buffer.
  ///
  /// - Throws: `FileError`; after an error the file must not be read any further.
  /// - Precondition: `buffer` is not empty.
  public func next(into buffer: UnsafeMutableBufferPointer<UInt8>) throws -> Int {
    let count = try inflater.map { try unpack(with: $0, into: buffer) } ?? readDisk(into: buffer)
    bytesReturned += count
    return count
  }

  /// Returns the next bytes, at most `size`, or `nil` at the end.
  public func nextChunk(size: Int = 1 << 20) throws -> [UInt8]? {
    // `ByteSource` requires a mutable variable; this one refers to the same file.
    var source: any ByteSource = self
    return try source.nextChunk(size: size)
  }

  /// Reads and decompresses until at least one byte is available.
  private func unpack(
    with inflater: GzipInflater, into output: UnsafeMutableBufferPointer<UInt8>
  ) throws -> Int {
    while true {
      if packedRange.isEmpty {
        if packed.isEmpty { packed = Array(repeating: 0, count: min(1 << 20, max(1, size))) }
        packedRange = 0..<(try packed.withUnsafeMutableBufferPointer { try readDisk(into: $0) })
        if packedRange.isEmpty {
          if let fault = inflater.faultAtEnd { throw FileError(fault, in: name, byte: bytesRead) }
          return 0
        }
      }
      let (step, fault) = packed.withUnsafeMutableBufferPointer { packed in
        inflater.step(from: .init(rebasing: packed[packedRange]), into: output)
      }
      packedRange = (packedRange.lowerBound + step.consumed)..<packedRange.upperBound
      if let fault { throw FileError(fault, in: name, byte: bytesRead - packedRange.count) }
      let limit = outputLimitSoFar
      guard step.produced <= limit - bytesReturned else {
        throw FileError(.gzipExpandsBeyond(limit: limit), in: name)
      }
      if step.produced > 0 { return step.produced }
    }
  }

  /// Reads from the disk and checks at the end that the file has not changed.
  private func readDisk(into buffer: UnsafeMutableBufferPointer<UInt8>) throws -> Int {
    // Once the end has been reached, bytes appended later are not read.
    if isAtEnd { return 0 }
    let count = SystemCall.read(descriptor, into: UnsafeMutableRawBufferPointer(buffer))
    guard let count else { throw FileError(.readFailed(SystemCall.reason()), in: name) }
    digest?.update(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]))
    bytesRead += count
    guard bytesRead <= size else { throw FileError(.changedWhileReading, in: name) }
    if count == 0 {
      guard try isUnchanged() else { throw FileError(.changedWhileReading, in: name) }
      isAtEnd = true
      sha256 = digest?.hexadecimal()
    }
    return count
  }

  /// Returns whether all bytes were read, and the size and modification time have not changed since
  /// the file was opened.
  private func isUnchanged() throws -> Bool {
    guard let now = SystemCall.status(of: descriptor) else {
      throw FileError(.readFailed(SystemCall.reason()), in: name)
    }
    return bytesRead == size && now.st_size == opened.st_size
      && now.st_mtim.tv_sec == opened.st_mtim.tv_sec
      && now.st_mtim.tv_nsec == opened.st_mtim.tv_nsec
  }
}
