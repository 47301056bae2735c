import Learning
import PipelineCore
import Testing

/// A network whose score of label 0 is the length of the longest document of the batch, so that the
/// probabilities show which documents are classified together.
private struct LongestDocument: ScoringNetwork {
  var weights: NetworkWeights<Float>

  /// Empty; this network needs no scratch memory.
  final class Workspace {}

  init() {
    var layout = ParameterLayout()
    _ = layout.add("classifier.bias", 2, hasLabelRows: true)
    let table = EmbeddingTable(
      vocabulary: Vocabulary(), dimensions: 1, values: [0], isTrainable: false, summary: "")
    weights = NetworkWeights(layout: layout, embedding: table)
    weights.initialize(seed: 0)
  }

  func makeWorkspace() -> Workspace { Workspace() }

  mutating func parametersChanged(threads: Int) {}

  func forward(
    _ batch: Batch, _ workspace: Workspace, into scores: UnsafeMutablePointer<Float>
  ) {
    let longest = Float(batch.documents.map(\.count).max() ?? 0)
    for document in batch.documents.indices {
      (scores[2 * document], scores[2 * document + 1]) = (longest / 100, 0)
    }
  }

  func backward(
    _ batch: Batch, _ dScores: UnsafePointer<Float>, _ workspace: Workspace,
    into gradients: ShardGradients<Float>
  ) {}
}

@Suite("NetworkModel")
struct NetworkModelTests {
  @Test("Each thread classifies long and short documents")
  func blocks() {
    let documents = [1, 80, 2, 90].map { count in
      EncodedDocument(
        rows: Array(repeating: 0, count: count), hashes: Array(repeating: 0, count: count))
    }
    let rows = NetworkModel(LongestDocument(), embedding: nil)
      .probabilities(of: documents, threads: 2)
    #expect(rows[0] == rows[1] && rows[2] == rows[3])
    #expect(rows[0][0] < rows[3][0])
  }
}
