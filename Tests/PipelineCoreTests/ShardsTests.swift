import PipelineCore
import Testing

@Suite("Shards")
struct ShardsTests {
  @Test("Each shard is processed once, by any number of threads", arguments: [1, 2, 3, 8, 100])
  func shards(threads: Int) {
    var slots = Array(repeating: 0, count: 37)
    Shards.forEach(&slots, threads: threads) { shard, slot in slot += shard * shard }
    #expect(slots == (0..<37).map { $0 * $0 })
    #expect(Shards.map(count: 5, threads: threads) { $0 * 2 } == [0, 2, 4, 6, 8])
    #expect(Shards.ranges(of: 7, size: 3) == [0..<3, 3..<6, 6..<7])
  }

  @Test("Each worker has exclusive access to one workspace, and there are no more workers")
  func workspaces() {
    /// A counter without synchronization.
    final class Count { var value = 0 }
    for workspaceCount in [1, 2, 3, 8, 100] {
      let workspaces = (0..<workspaceCount).map { _ in Count() }
      var slots = [Int](repeating: 0, count: 37)
      Shards.forEach(&slots, workspaces: workspaces) { number, slot, workspace in
        slot = number
        for _ in 0..<1000 { workspace.value += 1 }
      }
      #expect(slots == Array(0..<37))
      #expect(workspaces.reduce(0) { $0 + $1.value } == 37_000)
    }
  }

  @Test("Work within work is done by the threads that are free", arguments: [1, 2, 3, 8])
  func nested(threads: Int) {
    let sums = Shards.map(count: 20, threads: threads) { outer in
      Shards.map(count: 20, threads: threads) { inner in
        Shards.map(count: 3, threads: threads) { outer * inner + $0 }.reduce(0, +)
      }.reduce(0, +)
    }
    #expect(sums == (0..<20).map { outer in (0..<20).reduce(0) { $0 + 3 * outer * $1 + 3 } })
  }

  @Test("Many callers share the threads, thousands of times")
  func manyCallers() async {
    await withTaskGroup(of: Bool.self) { group in
      for caller in 0..<8 {
        group.addTask {
          (0..<500).allSatisfy { round in
            let count = 1 + (caller + round) % 9
            return Shards.map(count: count, threads: 1 + round % 5) { $0 + round }
              == (0..<count).map { $0 + round }
          }
        }
      }
      for await isRight in group { #expect(isRight) }
    }
  }

  @Test("Threads are started once and counted with the asking one")
  func start() {
    #expect(Shards.start(threads: 1) == 1)
    #expect(Shards.start(threads: 4) == 4)
    #expect(Shards.start(threads: 3) == 3)
  }

  @Test("Every slot is written once, for any chunk size and number of threads")
  func chunks() {
    for (threads, chunk) in [(1, 1), (1, 7), (2, 1), (2, 7), (3, 64), (8, 5), (2, 1000)] {
      var slots = [Int](repeating: 0, count: 100)
      Shards.forEach(&slots, threads: threads, chunk: chunk) { number, slot in slot += number + 1 }
      #expect(slots == Array(1...100))
    }
  }
}
