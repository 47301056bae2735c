import Classifiers
import PipelineCore
import Testing

/// The contribution of each token to a decision.
@Suite("Shares")
struct SharesTests {
  /// Documents of eight filler words, one of which may be replaced by a deciding word: 1 for label 0,
  /// 2 for label 1. Without such a word the label is 2, so leaving it out changes the label.
  private static func documents(_ count: Int) -> [EncodedDocument] {
    var generator = SeededGenerator(seed: 5)
    return (0..<count).map { number in
      var rows = (0..<8).map { _ in Int32(3 + generator.next(below: 6)) }
      if number % 3 < 2 { rows[generator.next(below: 8)] = Int32(1 + number % 3) }
      return EncodedDocument(
        rows: rows, hashes: rows.map { ByteHash.mix(UInt64($0)) },
        text: Array(rows.map { "word\($0)" }.joined(separator: " ").utf8))
    }
  }

  private static func task(embedding: EmbeddingTable?, threads: Int = 1) -> TrainingTask {
    let documents = documents(240)
    var settings = TrainingSettings()
    (settings.epochs, settings.batch, settings.learningRate) = (12, 8, 0.02)
    return TrainingTask(
      examples: LabelledExamples(
        documents: documents, labels: documents.indices.map { $0 % 3 }, labelCount: 3),
      embedding: embedding, settings: settings, threads: threads)
  }

  /// Vectors of nine words.
  private static var embedding: EmbeddingTable {
    var generator = SeededGenerator(seed: 2)
    return EmbeddingTable(
      numbered: (0..<9 * 6).map { _ in generator.uniform(in: -1...1) }, dimensions: 6)
  }

  /// Expects the deciding word to have the largest share in each of some documents.
  private func expectDecisive<Model: ClassifierModel>(
    _ model: Model, _ comment: Comment,
    shares: (EncodedDocument, Int, Model) -> TokenShares = {
      $2.shares(of: $0, for: $1, threads: 2)
    }
  ) {
    for (number, document) in Self.documents(12).enumerated() where number % 3 < 2 {
      let shares = shares(document, number % 3, model).values
      #expect(shares.count == 8, comment)
      let decisive = document.rows.firstIndex { $0 < 3 }
      #expect(shares.indices.max { shares[$0] < shares[$1] } == decisive, comment)
    }
  }

  @Test("The deciding word has the largest share, for every cell and pooling", arguments: kinds)
  func decisiveWord(kind: RecurrentKind) throws {
    let model = try RecurrentClassifier(configuration: kind.configuration).fit(
      Self.task(embedding: Self.embedding))
    expectDecisive(model, "\(kind), removal") {
      TokenShares.byRemoval(from: $0, label: $1, model: $2, threads: 2)
    }
    // On the path from zero vectors, the states of a simple network pass through regions in which
    // other words move the last state more.
    guard kind.configuration.cell != .rnn || kind.configuration.pooling != .last else { return }
    expectDecisive(model, "\(kind), integrated gradients")
  }

  private static let kinds =
    Cell.allCases.flatMap { cell in
      Pooling.allCases.map { pooling in
        RecurrentKind("\(cell), \(pooling)") {
          ($0.cell, $0.pooling, $0.wordDropout, $0.vectorDropout) = (cell, pooling, 0, 0)
          $0.dropout = 0
        }
      }
    }

  @Test(
    "Shares of ngrams.v1 identify the deciding word and add up to the score less that of no tokens")
  func linear() throws {
    let model = try NGramClassifier(configuration: .init()).fit(Self.task(embedding: nil))
    expectDecisive(model, "ngrams.v1")
    let empty = EncodedDocument(rows: [], hashes: [])
    for var document in Self.documents(20) {
      // Occurrences of a repeated word share the contribution of its n-gram.
      document.hashes.append(document.hashes[0])
      document.text += Array(" word\(document.rows[0])".utf8)
      let shares = model.shares(of: document, for: 1, threads: 1)
      #expect(shares.method == .linear)
      let rows = model.probabilities(of: [document, empty], threads: 1)
      let scores = rows.map { TokenShares.score(of: 1, in: $0) }
      #expect(abs(shares.values.reduce(0, +) - (scores[0] - scores[1])) < 1e-4)
    }
    #expect(model.shares(of: empty, for: 0, threads: 1).values.isEmpty)
  }
}
