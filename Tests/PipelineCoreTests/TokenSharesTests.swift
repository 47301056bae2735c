import PipelineCore
import Testing

/// A classifier whose logits are sums: token `h` adds `h` to label 0 and subtracts `2 h` from
/// label 1; label 2 has only its bias.
private struct SumModel: ClassifierModel {
  var embedding: EmbeddingTable? { nil }
  var tensors: [NamedTensor] { [] }
  var history: [EpochRecord] { [] }

  func probabilities(of documents: [EncodedDocument], threads: Int) -> [[Float]] {
    documents.map { document in
      let sum = document.hashes.reduce(0.0) { $0 + Double($1) }
      let terms = [sum, -2 * sum, 0.5].map { exponential($0 / 8) }
      let total = terms.reduce(0, +)
      return terms.map { Float($0 / total) }
    }
  }

  /// `e` to the power of `x`, by its series, since these tests import no C library.
  private func exponential(_ x: Double) -> Double {
    var (term, sum) = (1.0, 1.0)
    for n in 1..<80 {
      term *= x / Double(n)
      sum += term
    }
    return sum
  }
}

@Suite("Token shares")
struct TokenSharesTests {
  private func document(_ hashes: [UInt64]) -> EncodedDocument {
    EncodedDocument(rows: [], hashes: hashes)
  }

  @Test("The score is the logit minus the mean of all logits")
  func score() {
    // Probabilities of the logits 1, 0, -1.
    let probabilities: [Float] = [0.66524096, 0.24472847, 0.09003057]
    for (label, expected) in [1.0, 0.0, -1.0].enumerated() {
      #expect(abs(TokenShares.score(of: label, in: probabilities) - expected) < 1e-6)
    }
    #expect(TokenShares.score(of: 0, in: [1, 0]).isFinite)
    #expect(TokenShares.score(of: 0, in: [1]) == 0)
  }

  @Test("The share of a token is its term if the score is a sum")
  func removal() {
    let shares = SumModel().shares(of: document([3, 0, 5, 1]), for: 0, threads: 1)
    #expect(shares.method == .removal)
    // h / 8 minus the mean of h / 8, -2 h / 8 and 0.
    for (value, hash) in zip(shares.values, [3.0, 0, 5, 1]) {
      #expect(abs(value - hash / 8 * 4 / 3) < 1e-5, "\(value) for \(hash)")
    }
    let against = SumModel().shares(of: document([3]), for: 1, threads: 1)
    #expect(abs(against.values[0] + 3.0 / 8 * 5 / 3) < 1e-5)
    #expect(SumModel().shares(of: document([]), for: 0, threads: 2).values.isEmpty)
  }

  @Test("In a document over the limit, consecutive tokens are removed together and share equally")
  func spans() {
    let limit = TokenShares.removalLimit
    let hashes = (0..<2 * limit + 1).map { UInt64($0 == 4 ? 6 : 0) }
    let shares = SumModel().shares(of: document(hashes), for: 0, threads: 1)
    #expect(shares.values.count == hashes.count)
    // Three tokens per span: removing tokens 3, 4 and 5 costs 6 / 8 * 4 / 3.
    for (place, value) in shares.values.enumerated() {
      #expect(abs(value - ((3...5).contains(place) ? 1.0 / 3 : 0)) < 1e-5, "token \(place)")
    }
  }

  @Test("The shares are the same for any number of threads")
  func threads() {
    let hashes = (0..<700).map { UInt64($0 % 7 == 0 ? 1 : 0) }
    let one = SumModel().shares(of: document(hashes), for: 2, threads: 1)
    for threads in [2, 3, 8] {
      #expect(SumModel().shares(of: document(hashes), for: 2, threads: threads) == one)
    }
  }
}
