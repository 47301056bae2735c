/// Runs data-parallel work. This is the only source of parallelism in computations. Results do not
/// depend on the number of threads.
///
/// The caller divides its work into shards whose size comes from the configuration, never from the
/// number of threads. Each shard writes only to its own slot, and the caller combines the slots in
/// order.
public enum Shards {
  /// Calls `body` once per element of `slots`, on at most `threads` threads at a time.
  ///
  /// - Parameters:
  ///   - slots: the results; shard `k` has exclusive access to slot `k`.
  ///   - threads: at least 1; affects the time, never the result.
  ///   - chunk: the number of consecutive slots that a thread takes at a time; above 1 for slots
  ///     that take little time.
  ///   - body: receives the index of the shard and its slot.
  public static func forEach<Slot>(
    _ slots: inout [Slot], threads: Int, chunk: Int = 1,
    _ body: @Sendable (Int, inout Slot) -> Void
  ) {
    let nothing: [Void] = Array(repeating: (), count: threads)
    forEach(&slots, workspaces: nothing, chunk: chunk) { shard, slot, _ in body(shard, &slot) }
  }

  /// Calls `body` once per element of `slots`, with one workspace per worker.
  ///
  /// - Parameters:
  ///   - slots: the results; shard `k` has exclusive access to slot `k`.
  ///   - workspaces: scratch memory, one per worker; at least one. Their number limits the number
  ///     of workers. The contents that one shard leaves in a workspace must not affect the next
  ///     shard.
  ///   - chunk: the number of consecutive slots that a worker takes at a time; above 1 for slots
  ///     that take little time.
  ///   - body: receives the index of the shard, its slot and the workspace of the worker.
  public static func forEach<Slot, Workspace>(
    _ slots: inout [Slot], workspaces: [Workspace], chunk: Int = 1,
    _ body: @Sendable (Int, inout Slot, Workspace) -> Void
  ) {
    let count = slots.count
    let chunks = (count + chunk - 1) / chunk
    let workers = min(workspaces.count, chunks)
    guard workers > 1 else {
      for shard in 0..<count { body(shard, &slots[shard], workspaces[0]) }
      return
    }
    slots.withUnsafeMutableBufferPointer { buffer in
      // Safe, although the compiler cannot prove it: worker w accesses chunks w, w + workers, ...
      // and workspace w only, no two workers share a chunk or a workspace, and `run` returns after
      // the last worker has finished.
      nonisolated(unsafe) let (slots, workspaces) = (buffer, workspaces)
      WorkerThreads.shared.run(count: workers) { worker in
        for first in stride(from: worker * chunk, to: count, by: workers * chunk) {
          for shard in first..<min(first + chunk, count) {
            body(shard, &slots[shard], workspaces[worker])
          }
        }
      }
    }
  }

  /// Returns the results of `body` for the shards `0..<count`, in order.
  public static func map<Result>(
    count: Int, threads: Int, _ body: @Sendable (Int) -> Result
  ) -> [Result] {
    var results: [Result?] = Array(repeating: nil, count: count)
    forEach(&results, threads: threads) { shard, slot in slot = body(shard) }
    return results.compactMap { $0 }
  }

  /// Starts the threads needed to run work on `threads` threads.
  ///
  /// - Returns: the number of threads that the system permits, including the calling thread.
  public static func start(threads: Int) -> Int { 1 + WorkerThreads.shared.start(threads - 1) }

  /// Splits `0..<count` into ranges of at most `size` elements.
  public static func ranges(of count: Int, size: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
  }
}
