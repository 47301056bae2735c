import Dispatch
import Synchronization

/// Runs long computations for `async` functions, outside the threads that run Swift's tasks.
///
/// Those threads must not be blocked: there is one per processor, and a training run on each would
/// stop all other tasks in the program.
package enum BackgroundWork {
  /// A flag that asks work to stop.
  package final class Cancellation: Sendable {
    private let flag = Atomic<Bool>(false)

    /// Creates a flag that is not set.
    package init() {}

    /// Whether `cancel` was called.
    package var isCancelled: Bool { flag.load(ordering: .relaxed) }

    /// Asks the work to stop.
    package func cancel() { flag.store(true, ordering: .relaxed) }
  }

  /// Starts `body` on a separate thread. Use this for work that takes a long time.
  package static func start(_ body: @escaping @Sendable () -> Void) {
    // If no thread can be started, the caller does the work, as in `Shards`.
    if !BackgroundThread.start(body) { body() }
  }

  /// Returns the result of `body`, which should take a few seconds at most. `body` can poll its
  /// argument and return early if it is cancelled.
  ///
  /// - Throws: `CancellationError` if the task is cancelled; any error from `body`.
  package static func run<Value: Sendable>(
    _ body: @escaping @Sendable (Cancellation) throws -> Value
  ) async throws -> Value {
    try Task.checkCancellation()
    let cancellation = Cancellation()
    let value = try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        // The queue runs about one block per processor at a time.
        DispatchQueue.global().async {
          continuation.resume(with: Result { try body(cancellation) })
        }
      }
    } onCancel: {
      cancellation.cancel()
    }
    try Task.checkCancellation()
    return value
  }
}
