import Docket
import PipelineCore
import Testing

/// The choice of earlier documents to train on again.
@Suite struct ReplayTests {
  private func documents(_ sizes: [Int]) -> [CorpusDocument] {
    sizes.enumerated().flatMap { label, size in
      (0..<size).map { number in
        CorpusDocument(
          text: Array("\(number)".utf8), label: Label("label \(label)"),
          position: .file("corpus"))
      }
    }
  }

  @Test(
    "Each label has the same share, and one document before any other has two",
    arguments: [
      (0, [0, 0, 0]), (3, [1, 1, 1]), (13, [8, 4, 1]), (26, [16, 8, 2]), (99, [60, 30, 9]),
    ])
  func shares(count: Int, expected: [Int]) {
    let all = documents([60, 30, 9])
    let drawn = Replay.draw(count, of: all, seed: 3)
    let counts = (0..<3).map { label in
      zip(all, drawn).filter { $0.1 && $0.0.label == Label("label \(label)") }.count
    }
    #expect(counts.reduce(0, +) == count)
    #expect(zip(counts, expected).allSatisfy { ($0 - $1).magnitude <= 1 }, "\(counts)")
  }

  @Test("The same seed draws the same documents, another seed draws others")
  func seeds() {
    let all = documents([60, 30, 9])
    #expect(Replay.draw(20, of: all, seed: 3) == Replay.draw(20, of: all, seed: 3))
    #expect(Replay.draw(20, of: all, seed: 3) != Replay.draw(20, of: all, seed: 4))
    #expect(Replay.draw(200, of: all, seed: 3).allSatisfy { $0 })
    #expect(Replay.draw(5, of: [], seed: 3).isEmpty)
  }
}
