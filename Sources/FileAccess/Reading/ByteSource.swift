import Platform

/// A stream of bytes, read chunk by chunk.
public protocol ByteSource {
  /// The path, or a name such as `standard input`, for messages.
  var name: String { get }
  /// Overwrites the beginning of `buffer` with the next bytes, without changing its size.
  ///
  /// - Returns: the number of bytes read: at least one, or 0 at the end. Returns as soon as any are
  ///   available.
  /// - Precondition: `buffer` is not empty.
  mutating func next(into buffer: inout [UInt8]) throws -> Int
}

extension ByteSource {
  /// Returns the next bytes, at most `size`, or `nil` at the end.
  public mutating func nextChunk(size: Int = 1 << 20) throws -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: max(1, size))
    let count = try next(into: &buffer)
    buffer.removeLast(buffer.count - count)
    return count == 0 ? nil : buffer
  }
}

/// Reads from a descriptor that is already open, such as standard input.
public struct InputDescriptor: ByteSource {
  /// The name for messages.
  public let name: String
  private let descriptor: Int32

  /// Creates a reader of `descriptor`, which it does not close.
  public init(_ descriptor: Int32, name: String) {
    self.descriptor = descriptor
    self.name = name
  }

  /// Standard input.
  public static var standardInput: InputDescriptor {
    InputDescriptor(STDIN_FILENO, name: "standard input")
  }

  /// Whether the input is a terminal.
  public var isTerminal: Bool { isatty(descriptor) == 1 }

  /// Reads once, so that available bytes are returned immediately.
  public func next(into buffer: inout [UInt8]) throws -> Int {
    while true {
      let count = buffer.withUnsafeMutableBytes { SystemCall.read(descriptor, into: $0) }
      if let count { return count }
      guard errno == EAGAIN else {
        throw FileError(.readFailed(SystemCall.reason()), in: name)
      }
      SystemCall.wait(for: descriptor, events: POLLIN)
    }
  }
}
