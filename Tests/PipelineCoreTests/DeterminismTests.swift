import PipelineCore
import Testing

/// The figures were computed by a few lines of Python from the published definitions.
@Suite("What must never change")
struct DeterminismTests {
  @Test("Hashes are those of the definition")
  func hashes() {
    #expect(ByteHash.hash([]) == 0xefd0_1f60_ba99_2926)
    #expect(ByteHash.hash(Array("docket".utf8)) == 0xea60_ed4a_e5f1_efd2)
    #expect(ByteHash.hash(Array("\u{6a9}\u{62a}\u{627}\u{628}".utf8)) == 0x82a0_f3af_b25f_e530)
    #expect(ByteHash.combine(1, 2) == 0xf8f7_6353_b6d8_77c5)
  }

  @Test("Random numbers depend on seed and place only")
  func randomNumbers() {
    var generator = SeededGenerator(seed: 7, 1, -2)
    #expect(
      [generator.next(), generator.next(), generator.next()] == [
        0x7125_3245_4748_f431, 0x4b67_6066_6ad6_5875, 0x9e59_bd2d_acc9_145c,
      ])
    var uniform = SeededGenerator(seed: 1)
    let values = (0..<10_000).map { _ in uniform.uniform() }
    #expect(values.allSatisfy { (0..<1).contains($0) })
    let mean = values.reduce(0, +) / 10_000
    #expect(abs(mean - 0.5) < 0.02, "three standard errors are 0.009")
  }

  @Test("A shuffle keeps every element and depends on the seed")
  func shuffles() {
    func shuffled(_ seed: UInt64) -> [Int] {
      var generator = SeededGenerator(seed: seed)
      var elements = Array(0..<50)
      generator.shuffle(&elements)
      return elements
    }
    #expect(shuffled(1).sorted() == Array(0..<50))
    #expect(shuffled(1) == shuffled(1))
    #expect(shuffled(1) != shuffled(2))
  }

  @Test("Each shard is worked on once, by any number of threads", arguments: [1, 2, 3, 8, 100])
  func shards(threads: Int) {
    var slots = Array(repeating: 0, count: 37)
    Shards.forEach(&slots, threads: threads) { shard, slot in slot += shard * shard }
    #expect(slots == (0..<37).map { $0 * $0 })
    #expect(Shards.map(count: 5, threads: threads) { $0 * 2 } == [0, 2, 4, 6, 8])
    #expect(Shards.ranges(of: 7, size: 3) == [0..<3, 3..<6, 6..<7])
  }

  @Test("Each worker has one memory to itself, and no more of them are used than there are")
  func memories() {
    /// Counts what is written to it without asking who else is writing.
    final class Count { var value = 0 }
    for memoryCount in [1, 2, 3, 8, 100] {
      let memories = (0..<memoryCount).map { _ in Count() }
      var slots = [Int](repeating: 0, count: 37)
      Shards.forEach(&slots, memories: memories) { number, slot, memory in
        slot = number
        for _ in 0..<1000 { memory.value += 1 }
      }
      #expect(slots == Array(0..<37))
      #expect(memories.reduce(0) { $0 + $1.value } == 37_000)
    }
  }

  @Test("every slot is written once, in runs of any length, by any number of threads")
  func runs() {
    for (threads, run) in [(1, 1), (1, 7), (2, 1), (2, 7), (3, 64), (8, 5), (2, 1000)] {
      var slots = [Int](repeating: 0, count: 100)
      Shards.forEach(&slots, threads: threads, run: run) { number, slot in slot += number + 1 }
      #expect(slots == Array(1...100))
    }
  }
}
