import Classifiers
import PipelineCore
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite("ScoreMixture")
struct ScoreMixtureTests {
  @Test("Where 3 of 4 are right it says 3 of 4")
  func oneJudge() {
    let scores = (0..<4000).map { _ in [Float(1), -1] }
    let labels = scores.indices.map { $0 % 4 == 0 ? 1 : 0 }
    let mixture = ScoreMixture([scores], labels: labels)
    // 1 / (1 + exp(-2 factor)) = 3/4 for factor = ln 3 / 2.
    #expect((mixture.factors[0] - 0.549_306).magnitude < 0.001)
    #expect(mixture.accuracy == 0.75)
    #expect((mixture.loss - 0.562_335).magnitude < 1e-4)
  }

  @Test("A few documents that are all right make no certainty")
  func noCertainty() {
    let mixture = ScoreMixture([[[1, -1], [-1, 1]]], labels: [0, 1])
    #expect(mixture.factors[0] > 0.5 && mixture.factors[0] < 2)
    #expect(mixture.accuracy == 1)
  }

  @Test("No step away from the factors makes the loss less")
  func isLeast() {
    var generator = SeededGenerator(seed: 4)
    let labels = (0..<500).map { _ in generator.next(below: 3) }
    let judges = [0.5, 1.5].map { (strength: Float) in
      labels.map { label in
        (0..<3).map { ($0 == label ? strength : 0) + generator.uniform(in: -2...2) }
      }
    }
    let best = ScoreMixture(judges, labels: labels)
    #expect(best.factors.allSatisfy { $0 > 0.1 })
    #expect(best.factors[1] > best.factors[0], "the better judge is heard more")
    for (first, second) in [(1.1, 1), (0.9, 1), (1, 1.1), (1, 0.9), (1.1, 0.9), (0.9, 1.1)] {
      let scaled = zip(judges, [best.factors[0] * first, best.factors[1] * second]).map { pair in
        pair.0.map { $0.map { $0 * Float(pair.1) } }
      }
      let loss = zip(0..., labels).reduce(0.0) { sum, document in
        let sums = (0..<3).map { Double(scaled[0][document.0][$0] + scaled[1][document.0][$0]) }
        return sum - sums[document.1] + log(sums.reduce(0) { $0 + exp($1) })
      }
      #expect(loss / 500 > best.loss)
    }
  }

  @Test("A judge that is no better than chance is not listened to, nor one that is wrong")
  func uselessJudges() {
    let labels = (0..<400).map { $0 % 2 }
    let right = labels.map { [Float($0 == 0 ? 1 : -1), 0] }
    let contrary = right.map { $0.map { -$0 } }
    let noisy = zip(0..., right).map { $0 % 5 == 0 ? [-$1[0], 0] : $1 }
    let mixture = ScoreMixture([contrary, noisy], labels: labels)
    #expect(mixture.factors[0] == 0)
    #expect((mixture.accuracy - 0.8).magnitude < 0.001)
  }

  @Test("Without documents all judges are heard alike")
  func noDocuments() {
    #expect(ScoreMixture([[], []], labels: []).factors == [0.5, 0.5])
    #expect(ScoreMixture([[]], labels: []).factors == [1])
  }
}
