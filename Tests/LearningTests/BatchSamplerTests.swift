import Learning
import PipelineCore
import Testing

@Suite("BatchSampler")
struct BatchSamplerTests {
  private func lengths(_ count: Int) -> [Int] {
    var generator = SeededGenerator(seed: 9)
    return (0..<count).map { _ in generator.next(below: 200) }
  }

  @Test(
    "Every document occurs once per epoch, in batches of the requested size",
    arguments: [0, 1, 15, 16, 17, 160, 1000, 5000], [1, 7, 16])
  func everyDocumentOnce(count: Int, batch: Int) {
    let sampler = BatchSampler(lengths: lengths(count), batch: batch, seed: 1)
    for epoch in 1...3 {
      let batches = sampler.batches(epoch: epoch)
      #expect(batches.flatMap(\.self).sorted() == Array(0..<count))
      #expect(batches.count == (count + batch - 1) / batch)
      #expect(batches.allSatisfy { (1...batch).contains($0.count) })
      #expect(batches.filter { $0.count < batch }.count <= 1)
    }
  }

  @Test("A batch is sorted from long to short, and its lengths are similar")
  func lengthsAreClose() {
    let lengths = lengths(4000)
    let batches = BatchSampler(lengths: lengths, batch: 16, seed: 1).batches(epoch: 1)
    var spread = 0
    for batch in batches {
      let sizes = batch.map { lengths[$0] }
      #expect(sizes == sizes.sorted(by: >))
      spread += (sizes.first ?? 0) - (sizes.last ?? 0)
    }
    // 16 random lengths below 200 would span 176 on average; sorted in pools of 64 batches, 3.
    #expect(Double(spread) / Double(batches.count) < 6)
  }

  @Test("The order of the batches does not depend on their lengths")
  func batchesAreShuffled() {
    let lengths = lengths(4000)
    let longest = BatchSampler(lengths: lengths, batch: 16, seed: 1).batches(epoch: 1)
      .map { lengths[$0[0]] }
    let falls = zip(longest, longest.dropFirst()).filter { $0 > $1 }.count
    #expect(falls > longest.count / 3 && falls < 2 * longest.count / 3)
  }

  @Test("The batches depend only on the seed and the epoch")
  func dependsOnSeedAndEpoch() {
    let lengths = lengths(300)
    let first = BatchSampler(lengths: lengths, batch: 16, seed: 1).batches(epoch: 1)
    let sampler = BatchSampler(lengths: lengths, batch: 16, seed: 1)
    let second = sampler.batches(epoch: 2)
    // The order in which epochs are requested does not matter, nor does requesting one twice.
    #expect(sampler.batches(epoch: 1) == first)
    #expect(sampler.batches(epoch: 2) == second)
    #expect(first != second)
    #expect(BatchSampler(lengths: lengths, batch: 16, seed: 2).batches(epoch: 1) != first)
  }

  @Test("Documents share a batch with different ones in the next epoch")
  func neighboursChange() {
    let sampler = BatchSampler(
      lengths: Array(repeating: 5, count: 400), batch: 8, seed: 1)
    let (first, second) = (sampler.batches(epoch: 1), sampler.batches(epoch: 2))
    #expect(Set(first.map { Set($0) }).isDisjoint(with: second.map { Set($0) }))
  }

  @Test(
    "A batch is distributed round-robin: every document once, shards of nearly equal size",
    arguments: [0, 1, 4, 5, 31, 64], [1, 4, 32])
  func deal(count: Int, size: Int) {
    let batch = (0..<count).map { 3 * $0 }
    let shards = BatchSampler.deal(batch, size: size)
    #expect(shards.count == (count + size - 1) / size)
    #expect(shards.flatMap(\.self).sorted() == batch)
    #expect(shards.allSatisfy { $0.count <= size })
    let sizes = shards.map(\.count)
    #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
    // A batch starts with the longest documents: each shard gets one of them.
    #expect(shards.map(\.first) == batch.prefix(shards.count).map(Optional.some))
  }

  @Test("Long documents are split into more shards of about 6,400 tokens, none of them empty")
  func longDocumentsMakeMoreShards() {
    let batch = Array(0..<64)
    func counts(_ length: Int) -> [Int] {
      BatchSampler(lengths: Array(repeating: length, count: 64), batch: 64, seed: 1)
        .shards(of: batch, size: 32).map(\.count)
    }
    #expect(counts(0) == [32, 32])
    #expect(counts(200) == [32, 32])
    #expect(counts(201) == [22, 21, 21])
    #expect(counts(400) == [16, 16, 16, 16])
    #expect(counts(1_000_000) == Array(repeating: 1, count: 64))
  }

  @Test("Few documents to classify are dealt to the threads, many are blocks of similar length")
  func blocks() {
    #expect(BatchSampler.blocks(of: 5, size: 32, threads: 2) == [[0, 2, 4], [1, 3]])
    #expect(BatchSampler.blocks(of: 5, size: 2, threads: 2) == [[0, 1], [2, 3], [4]])
    #expect(BatchSampler.blocks(of: 2, size: 32, threads: 8) == [[0], [1]])
    #expect(BatchSampler.blocks(of: 0, size: 32, threads: 8) == [])
  }
}
