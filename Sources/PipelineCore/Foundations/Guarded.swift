import Synchronization

/// A value that only one thread at a time can use.
package final class Guarded<Value: Sendable>: Sendable {
  private let mutex: Mutex<Value>

  /// Creates a guarded value.
  package init(_ value: Value) { mutex = Mutex(value) }

  /// Calls `body` while no other thread uses the value.
  package func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
    mutex.withLock { body(&$0) }
  }
}
