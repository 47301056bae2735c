import Dispatch
import Synchronization

/// Runs long computations for `async` functions, outside the threads that run Swift's tasks.
///
/// Those threads must not be blocked: there is one per processor, and a training run on each would
/// stop all other tasks of the program.
package enum BackgroundWork {
  /// Whether work was asked to stop.
  package final class Cancellation: Sendable {
    private let flag = Atomic<Bool>(false)

    /// Creates a flag that is not set.
    package init() {}

    /// Whether `cancel` was called.
    package var isCancelled: Bool { flag.load(ordering: .relaxed) }

    /// Asks the work to stop.
    package func cancel() { flag.store(true, ordering: .relaxed) }
  }

  /// Starts `body` on a separate thread, for work that takes long.
  package static func start(_ body: @escaping @Sendable () -> Void) {
    // Without a thread, the caller does the work, as in `Shards`.
    if !BackgroundThread.start(body) { body() }
  }

  /// Returns the result of `body`, which takes seconds at most. It polls its argument and may end
  /// early if that is set.
  ///
  /// - Throws: `CancellationError` if the task is cancelled; any error from `body`.
  package static func run<Value: Sendable>(
    _ body: @escaping @Sendable (Cancellation) throws -> Value
  ) async throws -> Value {
    try Task.checkCancellation()
    let cancellation = Cancellation()
    let value = try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        // Runs about as many at once as there are processors.
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
