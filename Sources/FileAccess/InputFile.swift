import Glibc

/// A file of the user's, read from its beginning to its end.
///
/// Only regular files are read, so that a name can never make us wait or read for ever. A file that
/// begins like gzip is unpacked on the way, whatever its name. The bytes as they lie on disk go
/// through SHA-256 on request, and a file that changes under our hands is refused at its end.
public final class InputFile: ByteSource {
  /// The path.
  public let name: String
  /// How many bytes the file has on disk.
  public let size: Int
  /// Whether it is gzip.
  public var isCompressed: Bool { inflater != nil }
  /// The SHA-256 of the bytes on disk, as hexadecimal digits; `nil` until the end was read, and for
  /// ever if nobody wanted it.
  public private(set) var sha256: String?

  private let descriptor: Int32
  private let opened: stat
  private let digest: SHA256Digest?
  private let inflater: GzipInflater?
  private let outputLimit: Int
  /// Bytes taken from the disk so far.
  private var bytesRead = 0
  private var isAtEnd = false
  /// Bytes given out so far.
  private var bytesGiven = 0
  /// Packed bytes that were read; `packedRange` of them wait for the inflater.
  private var packed: [UInt8] = []
  private var packedRange = 0..<0

  /// How much a gzip file may hold when nobody says otherwise: 64 times its own size, but 16 MiB in
  /// any case, for a small file of much repetition harms nobody.
  public static func defaultOutputLimit(size: Int) -> Int {
    let (product, overflow) = size.multipliedReportingOverflow(by: 64)
    return max(16 << 20, overflow ? .max : product)
  }

  /// Opens the regular file at `path`.
  ///
  /// - Parameters:
  ///   - path: relative to the working directory, or absolute.
  ///   - limit: the most bytes it may hold, after unpacking; `nil` for any plain file and for
  ///     `defaultOutputLimit` of a packed one.
  ///   - hashes: whether `sha256` is wanted, which takes longer than all other reading.
  /// - Throws: `FileError`.
  public init(path: String, limit: Int? = nil, hashes: Bool = true) throws {
    name = path
    digest = hashes ? SHA256Digest() : nil
    // Opening a named pipe would wait for a writer, if it were not for O_NONBLOCK.
    guard let descriptor = SystemCall.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY) else {
      throw FileError(Self.openingFact(errno), in: path)
    }
    var isOurs = true
    defer { if isOurs { close(descriptor) } }
    guard let status = SystemCall.status(of: descriptor) else {
      throw FileError(.unreadable(SystemCall.reason()), in: path)
    }
    if let kind = SystemCall.irregularKind(status.st_mode) {
      throw FileError(.notRegular(kind), in: path)
    }
    opened = status
    size = Int(status.st_size)
    var magic: [UInt8] = [0, 0]
    let found = SystemCall.retrying { pread(descriptor, &magic, 2, 0) }
    guard let found else { throw FileError(.readFailed(SystemCall.reason()), in: path) }
    inflater = found == 2 && magic == [0x1f, 0x8b] ? GzipInflater() : nil
    outputLimit = limit ?? (inflater == nil ? .max : Self.defaultOutputLimit(size: size))
    if inflater == nil && size > outputLimit {
      throw FileError(.tooLarge(size: size, limit: outputLimit), in: path)
    }
    self.descriptor = descriptor
    isOurs = false
  }

  deinit { close(descriptor) }

  /// All bytes of a file that may hold at most `limit` of them, after unpacking.
  public static func readAll(path: String, limit: Int) throws -> [UInt8] {
    let file = try InputFile(path: path, limit: limit)
    var bytes: [UInt8] = []
    if !file.isCompressed { bytes.reserveCapacity(file.size) }
    while let chunk = try file.nextChunk() { bytes += chunk }
    return bytes
  }

  /// Gives the next bytes, unpacked if need be.
  ///
  /// - Throws: `FileError`: what comes after an error must not be used.
  public func next(into buffer: inout [UInt8]) throws -> Int {
    try buffer.withUnsafeMutableBufferPointer { try next(into: $0) }
  }

  /// The same for a part of a buffer.
  ///
  /// - Precondition: `buffer` is not empty.
  public func next(into buffer: UnsafeMutableBufferPointer<UInt8>) throws -> Int {
    let count = try inflater.map { try unpack(with: $0, into: buffer) } ?? readDisk(into: buffer)
    bytesGiven += count
    return count
  }

  /// Unpacks until there is something to give.
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
      guard step.produced <= outputLimit - bytesGiven else {
        throw FileError(.gzipExpandsBeyond(limit: outputLimit), in: name)
      }
      if step.produced > 0 { return step.produced }
    }
  }

  /// Reads from the disk; at the end, makes sure that the file is still the one that was opened.
  private func readDisk(into buffer: UnsafeMutableBufferPointer<UInt8>) throws -> Int {
    // The end stays the end, even if somebody adds to the file now.
    if isAtEnd { return 0 }
    let count = SystemCall.retrying { read(descriptor, buffer.baseAddress, buffer.count) }
    guard let count else { throw FileError(.readFailed(SystemCall.reason()), in: name) }
    digest?.update(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]))
    bytesRead += count
    guard bytesRead <= size else { throw FileError(.changedWhileReading, in: name) }
    if count == 0 {
      guard isUnchanged else { throw FileError(.changedWhileReading, in: name) }
      isAtEnd = true
      sha256 = digest?.hexadecimal()
    }
    return count
  }

  /// Whether all was read, and size and time of change are those of the beginning.
  private var isUnchanged: Bool {
    guard let now = SystemCall.status(of: descriptor) else { return false }
    return bytesRead == size && now.st_size == opened.st_size
      && now.st_mtim.tv_sec == opened.st_mtim.tv_sec
      && now.st_mtim.tv_nsec == opened.st_mtim.tv_nsec
  }

  private static func openingFact(_ code: Int32) -> FileError.Fact {
    switch code {
    case ENOENT, ENOTDIR: .missing
    case ENXIO: .notRegular("a socket or a device that is not there")
    default: .unreadable(SystemCall.reason(code))
    }
  }
}
