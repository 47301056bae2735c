import Glibc

/// Where bytes come from, a piece at a time.
public protocol ByteSource {
  /// The path, or a name such as `standard input`, for messages.
  var name: String { get }
  /// Overwrites the beginning of `buffer` with the next bytes.
  ///
  /// - Returns: how many bytes came: at least one, as soon as there are any; 0 at the end.
  /// - Precondition: `buffer` is not empty; its size stays as it is.
  mutating func next(into buffer: inout [UInt8]) throws -> Int
}

extension ByteSource {
  /// The next bytes, at most `size`; `nil` at the end.
  public mutating func nextChunk(size: Int = 1 << 20) throws -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: max(1, size))
    let count = try next(into: &buffer)
    buffer.removeLast(buffer.count - count)
    return count == 0 ? nil : buffer
  }
}

/// Reads from a descriptor that somebody else opened, such as standard input.
public struct InputDescriptor: ByteSource {
  /// The name for messages.
  public let name: String
  private let descriptor: Int32

  /// Reads from `descriptor`, which stays open.
  public init(_ descriptor: Int32, name: String) {
    self.descriptor = descriptor
    self.name = name
  }

  /// Standard input.
  public static var standardInput: InputDescriptor {
    InputDescriptor(STDIN_FILENO, name: "standard input")
  }

  /// Whether a person is typing.
  public var isTerminal: Bool { isatty(descriptor) == 1 }

  /// Reads once: what is there already is given at once.
  public func next(into buffer: inout [UInt8]) throws -> Int {
    let size = buffer.count
    while true {
      let count = buffer.withUnsafeMutableBytes { bytes in
        SystemCall.retrying { read(descriptor, bytes.baseAddress, size) }
      }
      if let count { return count }
      guard errno == EAGAIN else {
        throw FileError(.readFailed(SystemCall.reason()), in: name)
      }
      SystemCall.wait(for: descriptor, events: POLLIN)
    }
  }
}
