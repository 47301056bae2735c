#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A connection to a server on this machine, for tests and measurements. All calls block.
///
/// It sends exactly the bytes that it is given, so that requests can be malformed in any way.
public final class HTTPConnection {
  /// A connection failure: the call that failed and its `errno`.
  public struct Failure: Error {
    /// The call that failed.
    public let call: String
    /// The system's error number; 0 for an unexpected end.
    public let code: Int32
  }

  private let socket: Int32
  private var buffer: [UInt8] = []
  private var start = 0

  /// Connects to a port of 127.0.0.1.
  ///
  /// - Parameter seconds: the timeout of each blocking call.
  public init(port: Int, seconds: Int = 60) throws {
    #if canImport(Glibc)
      socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      socket = Self.makeSocket()
    #endif
    guard socket >= 0 else { throw Failure(call: "socket", code: errno) }
    var time = timeval()
    time.tv_sec = .init(seconds)
    var yes: Int32 = 1
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, size)
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, size)
    setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(4))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(clamping: port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard code == 0 else {
      let number = errno
      close(socket)
      throw Failure(call: "connect", code: number)
    }
  }

  #if !canImport(Glibc)
    private static func makeSocket() -> Int32 { socket(AF_INET, SOCK_STREAM, 0) }
  #endif

  deinit { close(socket) }

  /// Sends bytes.
  public func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { all in
        let rest = UnsafeRawBufferPointer(rebasing: all[sent...])
        return write(socket, rest.baseAddress, rest.count)
      }
      guard count > 0 else { throw Failure(call: "write", code: errno) }
      sent += count
    }
  }

  /// Closes the sending direction.
  public func endSending() { shutdown(socket, Int32(SHUT_WR)) }

  /// Returns a request as bytes.
  public static func request(
    _ method: String, _ path: String, headers: [String] = [], body: [UInt8]? = nil
  ) -> [UInt8] {
    var text = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n"
    for header in headers { text += header + "\r\n" }
    if let body { text += "Content-Length: \(body.count)\r\n" }
    return Array((text + "\r\n").utf8) + (body ?? [])
  }

  /// Sends a request and returns its response.
  public func reply(
    _ method: String, _ path: String, headers: [String] = [], body: [UInt8]? = nil
  ) throws -> HTTPReply {
    try send(Self.request(method, path, headers: headers, body: body))
    return try readReply(hasBody: method != "HEAD")
  }

  /// Reads a response.
  public func readReply(hasBody: Bool = true) throws -> HTTPReply {
    var reply = HTTPReply(status: 0, headers: [:], body: [], isComplete: true)
    while reply.status == 0 || reply.status == 100 {
      let words = try readLine().split(separator: " ")
      guard words.count >= 2, let status = Int(words[1]) else {
        throw Failure(call: "status line", code: 0)
      }
      reply.status = status
      while case let line = try readLine(), !line.isEmpty {
        let parts = line.split(separator: ":", maxSplits: 1)
        let value = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
        reply.headers[parts[0].lowercased()] = value
      }
    }
    guard hasBody else { return reply }
    if reply.headers["transfer-encoding"]?.lowercased() == "chunked" {
      while let chunk = try readChunk() {
        guard !chunk.isEmpty else { return reply }
        reply.body += chunk
      }
      reply.isComplete = false
    } else {
      let count = Int(reply.headers["content-length"] ?? "") ?? 0
      reply.body = try take(count)
      reply.isComplete = reply.body.count == count
    }
    return reply
  }

  /// Reads the head of a response, whose body is then read by `readChunk`.
  public func readHead() throws {
    while try !readLine().isEmpty {}
  }

  /// Reads one chunk, which is empty at the end; returns `nil` if the connection ends early.
  public func readChunk() throws -> [UInt8]? {
    guard let line = try? readLine(), let count = Int(line, radix: 16) else { return nil }
    let chunk = try take(count)
    guard chunk.count == count, (try? readLine()) != nil else { return nil }
    return chunk
  }

  /// Reads `count` bytes that are not a response; fewer if the connection ends.
  public func readBytes(_ count: Int) throws -> [UInt8] { try take(count) }

  /// Returns whether the server has closed the connection.
  public func isClosed() -> Bool { (try? fill()) == false && start == buffer.count }

  private func readLine() throws -> String {
    while true {
      if let end = buffer[start...].firstIndex(of: 0x0A) {
        let line = buffer[start..<end]
        start = end + 1
        return String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
      }
      guard try fill() else { throw Failure(call: "read", code: 0) }
    }
  }

  private func take(_ count: Int) throws -> [UInt8] {
    while buffer.count - start < count, try fill() {}
    let end = min(start + count, buffer.count)
    defer { start = end }
    return Array(buffer[start..<end])
  }

  /// Reads the bytes that are available; returns `false` if the connection has ended.
  private func fill() throws -> Bool {
    if start == buffer.count {
      buffer.removeAll(keepingCapacity: true)
      start = 0
    }
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    let count = read(socket, &piece, piece.count)
    guard count >= 0 else { throw Failure(call: "read", code: errno) }
    buffer += piece[..<count]
    return count > 0
  }
}
