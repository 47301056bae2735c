import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// The bytes of request bodies that are in memory.
final class HeldBytes: Sendable {
  private let count = Atomic<Int>(0)
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  /// Adds bytes; returns whether there is space for them.
  func add(_ bytes: Int) -> Bool {
    guard count.add(bytes, ordering: .relaxed).newValue > limit else { return true }
    count.subtract(bytes, ordering: .relaxed)
    return false
  }

  /// Subtracts bytes that were added.
  func remove(_ bytes: Int) { count.subtract(bytes, ordering: .relaxed) }
}

/// Reads the body of one request within limits.
struct BodyReader {
  private var iterator: RequestBody.AsyncIterator
  private let limits: ServerLimits
  private let held: HeldBytes
  private let deadline: ContinuousClock.Instant
  /// The `Content-Length`, if there is one.
  let declaredLength: Int?
  /// The number of bytes that were added to `held`.
  private var own = 0

  init(_ request: Request, limits: ServerLimits, held: HeldBytes) {
    iterator = request.body.makeAsyncIterator()
    declaredLength = request.headers[.contentLength].flatMap { Int($0) }
    self.limits = limits
    self.held = held
    deadline = .now + limits.time
  }

  /// Returns the next bytes of the body; `nil` at its end.
  mutating func next() async throws -> ByteBuffer? { try await iterator.next() }

  /// Reads the whole body.
  ///
  /// - Throws: `RequestError` if it is too long or arrives too slowly, or if there is no memory.
  mutating func collect() async throws -> [UInt8] {
    if let declaredLength, declaredLength > limits.bodyBytes {
      throw RequestError(.bodyTooLong(limit: limits.bodyBytes))
    }
    var bytes: [UInt8] = []
    while let buffer = try await next() {
      guard bytes.count + buffer.readableBytes <= limits.bodyBytes else {
        throw RequestError(.bodyTooLong(limit: limits.bodyBytes))
      }
      guard ContinuousClock.now <= deadline else {
        throw RequestError(.bodyTooSlow(limits.time))
      }
      guard held.add(buffer.readableBytes) else { throw RequestError(.memoryExhausted) }
      own += buffer.readableBytes
      bytes += buffer.readableBytesView
    }
    return bytes
  }

  /// Reads and drops the rest of a body that was refused, so that a client that reads only after it
  /// has sent everything gets the answer.
  ///
  /// - Returns: whether the end was reached; `false` for a rest that is very long or slow.
  mutating func drain() async -> Bool {
    let end = max(deadline, .now + .seconds(1))
    var count = 0
    do {
      while let buffer = try await next() {
        count += buffer.readableBytes
        guard count <= 8 * limits.bodyBytes, ContinuousClock.now <= end else { return false }
      }
      return true
    } catch {
      return false
    }
  }

  /// Releases what `collect` added to the bytes in memory.
  mutating func release() {
    held.remove(own)
    own = 0
  }
}
