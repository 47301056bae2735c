import PipelineCore
import Testing

@Suite("SeededGenerator")
struct SeededGeneratorTests {
  /// The expected values come from a few lines of Python that follow the published definitions.
  @Test("Random numbers depend only on the seed and the coordinates")
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
}
