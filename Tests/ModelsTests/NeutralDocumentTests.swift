import Docket
import Models
import PipelineCore
import Testing

@Suite("Documents of zero vectors")
struct NeutralDocumentTests {
  /// A model with a known score for documents of zero vectors.
  private struct Model: ClassifierModel {
    var neutralScore: Double?
    var embedding: EmbeddingTable? { nil }
    var tensors: [NamedTensor] { [] }
    var history: [EpochRecord] { [] }

    /// The first label has the score 2 ln 2, or 0 if the document has no tokens.
    func probabilities(of documents: [EncodedDocument], threads: Int) -> [[Float]] {
      documents.map { $0.tokenCount == 0 ? [1, 1, 1] : [8, 1, 1] }.map { row in
        row.map { Float($0) / Float(row.reduce(0, +)) }
      }
    }

    func shares(of document: EncodedDocument, for label: Int, threads: Int) -> TokenShares {
      TokenShares(
        method: .integratedGradients, values: document.hashes.map { _ in 1 },
        integral: neutralScore.map {
          GradientIntegral(neutralScore: $0, points: 8, unresolved: 0, gap: 0)
        })
    }
  }

  @Test(
    "A warning says that words explain less than a quarter of a score",
    arguments: [
      (nil, false), (0, false), (1.386, true), (1.04, true), (1.03, false), (1.73, true),
      (1.74, false), (-3, false),
    ] as [(Double?, Bool)])
  func warning(neutralScore: Double?, isWarned: Bool) throws {
    let tiny = try TinyModel.linear.get()
    let pipeline = TrainedPipeline(
      description: tiny.description, labels: tiny.labels, model: Model(neutralScore: neutralScore),
      record: tiny.record)
    let explanation = try pipeline.explain([Array("bread rain".utf8)], label: 0, threads: 1)[0]
      .get()
    #expect(abs(explanation.score - 1.3863) < 1e-4 && explanation.base == 0)
    #expect(explanation.leavesMostUnexplained == isWarned)
    let codes = explanation.prediction.warnings.map(\.code)
    #expect(codes.contains("neutral-decides") == isWarned, "\(codes)")
  }
}
