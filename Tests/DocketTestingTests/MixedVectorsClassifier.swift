import Classifiers
import PipelineCore

/// A classifier with one fault: it gives all documents of a batch the new vectors of the first
/// document that has any.
struct MixedVectorsClassifier: Classifier {
  static let stageName = "mixed-vectors.v1"
  static let summary = "a recurrent classifier that mixes up the new vectors of a batch"
  static let input = ClassifierInput.vectors
  let configuration: NoSettings
  private let base = BiLSTMClassifier {
    $0.hidden = 3
    $0.ngrams = 0
  }

  init(configuration: NoSettings) { self.configuration = configuration }

  func fit(_ task: TrainingTask) throws -> Model { Model(base: try base.fit(task)) }

  func restore(
    from tensors: TensorCollection, embedding: EmbeddingTable?, labelCount: Int
  ) throws -> Model {
    Model(base: try base.restore(from: tensors, embedding: embedding, labelCount: labelCount))
  }

  struct Model: ClassifierModel {
    let base: RecurrentModel
    var embedding: EmbeddingTable? { base.embedding }
    var tensors: [NamedTensor] { base.tensors }
    var history: [EpochRecord] { base.history }

    func probabilities(of documents: [EncodedDocument], threads: Int) -> [[Float]] {
      let first = documents.first { !$0.newVectors.isEmpty }?.newVectors ?? []
      let mixed = documents.map { document in
        var mixed = document
        if !mixed.newVectors.isEmpty { mixed.newVectors = first }
        return mixed
      }
      return base.probabilities(of: mixed, threads: threads)
    }
  }
}
