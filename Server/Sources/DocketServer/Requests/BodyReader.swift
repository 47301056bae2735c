import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Counts the bytes of request bodies that are held in memory.
final class HeldBytes: Sendable {
  private let count = Atomic<Int>(0)
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  /// Adds bytes if there is room for them; returns whether there was.
  func add(_ bytes: Int) -> Bool {
    guard count.add(bytes, ordering: .relaxed).newValue > limit else { return true }
    count.subtract(bytes, ordering: .relaxed)
    return false
  }

  /// Subtracts bytes that were added.
  func remove(_ bytes: Int) { count.subtract(bytes, ordering: .relaxed) }
}

/// Reads the body of one request, within the limits.
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
  /// - Throws: `RequestError` if it is too long or arrives too slowly, or if the memory for bodies
  ///   is exhausted.
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

  /// Reads and discards the rest of a rejected body, so that a client that sends everything before
  /// it reads still receives the response.
  ///
  /// - Returns: whether the end was reached; `false` if the rest is very long or slow.
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

  /// Subtracts the bytes that `collect` added to `held`.
  mutating func release() {
    held.remove(own)
    own = 0
  }
}
