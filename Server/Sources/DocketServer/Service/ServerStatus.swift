import Synchronization

/// The current state of the server.
final class ServerStatus: Sendable {
  private let requests = Atomic<Int>(0)
  private let shutdown = Atomic<Bool>(false)

  /// The number of requests with documents that are being answered.
  var requestsInProgress: Int { requests.load(ordering: .relaxed) }

  /// Whether the server is shutting down and only finishes the requests that it already has.
  var isShuttingDown: Bool { shutdown.load(ordering: .relaxed) }

  /// Marks the server as shutting down.
  func beginShutdown() { shutdown.store(true, ordering: .relaxed) }

  /// Returns a slot for a request; `nil` if `limit` slots are taken.
  func slot(limit: Int) -> RequestSlot? {
    guard requests.add(1, ordering: .relaxed).newValue <= limit else {
      leave()
      return nil
    }
    return RequestSlot(self)
  }

  fileprivate func leave() { requests.subtract(1, ordering: .relaxed) }
}

/// The slot of one request among those that are processed at once. It becomes free when the object
/// is released.
final class RequestSlot: Sendable {
  private let status: ServerStatus

  fileprivate init(_ status: ServerStatus) { self.status = status }

  deinit { status.leave() }
}
