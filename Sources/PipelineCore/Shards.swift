import Dispatch

/// The one home of Dispatch: work on numbered shards, with results that do not depend on how many
/// threads there are.
///
/// A caller cuts its work into shards by its own configuration, never by the thread count; each
/// shard writes only its own slot; whoever joins the slots does so in their order.
public enum Shards {
  /// Runs `body` once for each element of `slots`, on at most `threads` threads at a time.
  ///
  /// - Parameters:
  ///   - slots: what the shards write; shard `k` gets slot `k`, exclusively.
  ///   - threads: at least 1; changes the time, never the result.
  ///   - run: so many neighbouring slots are one thread's, for slots that are quickly written.
  ///   - body: gets the shard's number and its slot.
  public static func forEach<Slot>(
    _ slots: inout [Slot], threads: Int, run: Int = 1,
    _ body: @Sendable (Int, inout Slot) -> Void
  ) {
    let nothing: [Void] = Array(repeating: (), count: threads)
    forEach(&slots, memories: nothing, run: run) { shard, slot, _ in body(shard, &slot) }
  }

  /// The same for work that needs memory beside its results: each worker has one of `memories`, to
  /// itself, and there are at most as many workers.
  ///
  /// - Parameters:
  ///   - memories: at least one. What a shard leaves there must not matter to the next.
  ///   - body: gets the shard's number, its slot and the worker's memory.
  public static func forEach<Slot, Memory>(
    _ slots: inout [Slot], memories: [Memory], run: Int = 1,
    _ body: @Sendable (Int, inout Slot, Memory) -> Void
  ) {
    let count = slots.count
    let runs = (count + run - 1) / run
    let workers = min(memories.count, runs)
    guard workers > 1 else {
      for shard in 0..<count { body(shard, &slots[shard], memories[0]) }
      return
    }
    slots.withUnsafeMutableBufferPointer { buffer in
      // Safe although the compiler cannot see it: worker w touches the runs w, w + workers, ... and
      // its own memory only, no two workers share one, and concurrentPerform returns after the last
      // has ended.
      nonisolated(unsafe) let (slots, memories) = (buffer, memories)
      DispatchQueue.concurrentPerform(iterations: workers) { worker in
        for first in stride(from: worker * run, to: count, by: workers * run) {
          for shard in first..<min(first + run, count) {
            body(shard, &slots[shard], memories[worker])
          }
        }
      }
    }
  }

  /// The results of `body` for each shard number below `count`, in order.
  public static func map<Result>(
    count: Int, threads: Int, _ body: @Sendable (Int) -> Result
  ) -> [Result] {
    var results: [Result?] = Array(repeating: nil, count: count)
    forEach(&results, threads: threads) { shard, slot in slot = body(shard) }
    return results.compactMap { $0 }
  }

  /// Cuts `0..<count` into runs of at most `size`.
  public static func ranges(of count: Int, size: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
  }
}
