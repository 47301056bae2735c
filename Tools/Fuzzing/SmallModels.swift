import Docket
import FileAccess
import Models
import PipelineCore
import TestSupport

/// A small trained pipeline with the bytes of its model file and of a checkpoint of its training.
struct SmallModel: Sendable {
  let pipeline: TrainedPipeline
  let bytes: [UInt8]
  let checkpoint: [UInt8]
  let identity: TrainingIdentity

  /// Returns the model with its weights converted to another precision, and with the same
  /// checkpoint.
  func converted(to precision: ModelPrecision) throws -> SmallModel {
    let pipeline = try pipeline.converted(to: precision)
    return SmallModel(
      pipeline: pipeline, bytes: try ModelArchive.encode(pipeline), checkpoint: checkpoint,
      identity: identity)
  }
}

/// The models that mutants are made from. They have different classifiers and, together, all kinds
/// of tensors.
enum SmallModels {
  static let all: [SmallModel] = {
    do {
      let trained = try trained()
      return try trained + [trained[0].converted(to: .int8), trained[1].converted(to: .float16)]
    } catch {
      fatalError("cannot train: \(error)")
    }
  }()

  private static func trained() throws -> [SmallModel] {
    try [
      train(
        """
        tokenizer: words.v1
        embedding: {stage: random.v1, dimensions: 3, pretrain: {epochs: 1, subwords: true, buckets: 5}}
        classifier: {stage: bilstm.v1, hidden: 2, pooling: attention}
        training: {epochs: 1, thresholds: true}
        """),
      train(
        """
        tokenizer: words.v1
        classifier: {stage: ngrams.v1, words: 1, characters: 0, relearn: false}
        """),
      train(
        """
        normalizers: [unicode.v1, {stage: stopwords.v1, words: words.txt}]
        tokenizer: {stage: dictionary.v1, words: words.txt}
        embedding: [{stage: random.v1, dimensions: 2, precision: float16}, {stage: word2vec.v1, vectors: v.txt}]
        classifier: {stage: recurrent.v1, cell: peephole, layers: 2, hidden: 1, ngrams: 0}
        training: {epochs: 1, optimizer: adamw, averaging: 0.9}
        """),
    ]
  }

  private static func train(_ stages: String) throws -> SmallModel {
    let folder = TestFolder(in: "/dev/shm")
    let topics = ["bread oven", "drum choir", "rain storm"]
    let rows = (0..<12).map { "label \($0 % 3)\t\(topics[$0 % 3]) and \($0 % 2)\n" }
    try folder.file("train.tsv", rows.joined())
    try folder.file("words.txt", "and\nthe\n")
    try folder.file("v.txt", "bread 1 0\nrain 0 1\n")
    let path = try folder.file(
      "p.yaml", "docket: 1\ncorpus: {train: train.tsv, validation: 0.3}\n\(stages)\n")
    let description = try PipelineDescription.load(
      path: path, stages: .builtIn, requireFiles: true)
    let pipeline = try PipelineTraining(description, threads: 1).run(withBaseline: false).pipeline
    let bytes = try ModelArchive.encode(pipeline)
    let identity = TrainingIdentity(
      pipeline: pipeline.description.resolvedText, corpus: "c", validation: "", vectors: "v")
    let state = TrainingState(
      epoch: 2, step: 1, isBest: true, history: pipeline.record.history,
      scalars: ["a": 0.1, "b": 3], tensors: pipeline.model.tensors)
    let checkpoints = CheckpointFolder(path: "\(folder.path)/checkpoints")
    try checkpoints.save(state, identity)
    let checkpoint = try InputFile.readAll(path: checkpoints.file(1), limit: 1 << 20)
    return SmallModel(
      pipeline: pipeline, bytes: bytes, checkpoint: checkpoint, identity: identity)
  }
}
