import Classifiers
import DocketTesting
import Embeddings
import FileAccess
import PipelineCore
import TestSupport
import Testing
import Tokenization

/// All built-in stages meet the requirements of their roles.
@Suite("Conformance of the built-in stages")
struct BuiltInConformanceTests {
  private static let normalizers =
    EveryTextStage.normalizers + [
      PersianNormalizer(), ApostropheNormalizer(), UnicodeNormalizer { $0.fold = true },
    ]

  private static let tokenizers = EveryTextStage.tokenizers

  private static let classifiers: [any Classifier] = [
    NGramClassifier(), BiLSTMClassifier { $0.hidden = 5 },
    BiLSTMClassifier {
      $0.hidden = 5
      $0.ngrams = 0
    },
  ]

  @Test("Every built-in normalizer conforms to its role", arguments: normalizers.indices)
  func normalizer(number: Int) throws {
    #expect(try faults(in: Self.normalizers[number]) == [])
  }

  @Test("Every built-in tokenizer conforms to its role", arguments: tokenizers.indices)
  func tokenizer(number: Int) {
    #expect(faults(in: Self.tokenizers[number]) == [])
  }

  @Test("Every built-in embedding conforms to its role")
  func embeddings() throws {
    let folder = TestFolder()
    let path = try folder.file("v.txt", "a 1 2\nHello, 3 4\nworld! 5 6\nnowhere 7 8\n")
    let file = Word2VecEmbedding {
      $0.vectors = FilePath(written: "v.txt", resolved: path)
      $0.ngrams.buckets = 50
    }
    #expect(try StageConformance.faults(in: file) == [])
    #expect(try StageConformance.faults(in: RandomEmbedding { $0.dimensions = 5 }) == [])
    let trained = RandomEmbedding {
      $0.dimensions = 5
      $0.pretrain = VectorTrainingSettings()
    }
    #expect(try StageConformance.faults(in: trained) == [])
  }

  @Test("Every built-in classifier conforms to its role", arguments: classifiers.indices)
  func classifier(number: Int) throws {
    #expect(try faults(in: Self.classifiers[number]) == [])
  }

  @Test("Every kind of recurrent layer and of pooling conforms", arguments: Cell.allCases)
  func recurrent(cell: Cell) throws {
    for pooling in Pooling.allCases {
      let stage = RecurrentClassifier {
        $0.cell = cell
        $0.shared.hidden = 4
        $0.shared.pooling = pooling
      }
      #expect(try StageConformance.faults(in: stage) == [], "\(pooling)")
    }
  }

  private func faults(in stage: some Normalizer) throws -> [StageConformance.Fault] {
    try StageConformance.faults(in: stage)
  }

  private func faults(in stage: some Tokenizer) -> [StageConformance.Fault] {
    StageConformance.faults(in: stage)
  }

  private func faults(in stage: some Classifier) throws -> [StageConformance.Fault] {
    try StageConformance.faults(in: stage)
  }
}
