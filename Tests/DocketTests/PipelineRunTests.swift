import Docket
import FileAccess
import Models
import PipelineCore
import PipelineFiles
import TestSupport
import Testing

/// What a run keeps if it fails after training.
@Suite struct PipelineRunTests {
  @Test("The model is kept if it cannot be evaluated")
  func keepsModel() throws {
    let folder = TestFolder()
    let rows = (0..<20).map { "\(["a", "b"][$0 % 2])\tw\($0 % 3) x\n" }
    try folder.file("c.tsv", rows.joined())
    var stages = StageRegistry.builtIn
    try stages.register(classifier: UnscorableClassifier.self)
    let description = try PipelineDescription.parse(
      "{docket: 1, corpus: {train: c.tsv, test: c.tsv, validation: 0}, classifier: unscorable.v1}",
      name: "p", directory: folder.path, stages: stages, requireFiles: true)
    var notes: [String] = []
    let training = PipelineTraining(description, threads: 1, note: { notes.append($0) })
    #expect(throws: DocumentError.self) {
      _ = try PipelineRun(training, title: "p").run(output: folder.path)
    }
    #expect(notes.last?.hasPrefix("the model was trained but not evaluated; wrote ") == true)
    let model = try ModelArchive.read("\(folder.path)/model.docket", stages: stages)
    #expect(model.labels.count == 2)
    #expect(!folder.names.contains("report.txt"))
  }
}

/// A classifier whose scores are not numbers.
private struct UnscorableClassifier: Classifier {
  struct Configuration: StageConfiguration {
    static var settings: [Setting<Self>] { [] }
  }
  static var stageName: String { "unscorable.v1" }
  static var summary: String { "scores nothing" }
  static var input: ClassifierInput { .tokens }
  let configuration: Configuration

  func fit(_ task: TrainingTask) throws -> UnscorableModel {
    UnscorableModel(labelCount: task.examples.labelCount)
  }

  func restore(
    from tensors: TensorCollection, embedding: EmbeddingTable?, labelCount: Int
  ) throws -> UnscorableModel {
    UnscorableModel(labelCount: labelCount)
  }
}

private struct UnscorableModel: ClassifierModel {
  let labelCount: Int
  var tensors: [NamedTensor] { [] }
  var embedding: EmbeddingTable? { nil }
  var history: [EpochRecord] { [] }

  func probabilities(of documents: [EncodedDocument], threads: Int) -> [[Float]] {
    documents.map { _ in Array(repeating: .nan, count: labelCount) }
  }
}
