import ArgumentParser
import Classifiers
import FileAccess
import Platform
import Learning
import PipelineCore

/// Times the classification of documents that are given as word numbers, like
/// `onnxruntime_classify.py`.
struct ClassifyingBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify", abstract: "Times classifying from word numbers by batch size.")

  @Option var threads = 2
  @Option var dimensions = 100
  @Option var hidden = 128
  @Option var steps = 40
  @Option var vocabulary = 20_000
  @Option(help: "The precision of the weights: float32 or int8.") var precision = "float32"
  @Option(parsing: .upToNextOption, help: "Documents per batch.") var batch = [1, 16, 64, 256]

  func run() throws {
    var words = Vocabulary()
    for number in 0..<vocabulary { words.insert(Array("word\(number)".utf8)) }
    var generator = SeededGenerator(seed: 1)
    let table = EmbeddingTable(
      vocabulary: words, dimensions: dimensions,
      values: (0..<(vocabulary + 1) * dimensions).map { _ in generator.uniform(in: -1...1) },
      isTrainable: false, summary: "random")
    var settings = TrainingSettings()
    settings.epochs = 1
    var configuration = BiLSTMClassifier.Configuration()
    configuration.hidden = hidden
    // Without the linear part, which the peers do not have.
    configuration.ngrams = 0
    configuration.characters = 0
    let seedDocuments = documents(8, &generator)
    let classifier = BiLSTMClassifier(configuration: configuration)
    let trained = try classifier.fit(
      TrainingTask(
        examples: LabelledExamples(
          documents: seedDocuments, labels: [0, 1, 2, 3, 0, 1, 2, 3], labelCount: 4),
        embedding: table, settings: settings, threads: threads))
    guard let precision = ModelPrecision(rawValue: precision) else {
      throw ValidationError("--precision is float32, float16 or int8.")
    }
    var tensors = TensorCollection(trained.tensors)
    tensors.precision = precision
    let model = try classifier.restore(from: tensors, embedding: table, labelCount: 4)
    for batch in batch {
      let documents = documents(batch, &generator)
      let repeats = max(1, 2048 / batch)
      let seconds = shortest(of: 5) {
        for _ in 0..<repeats { _ = model.probabilities(of: documents, threads: threads) }
      }
      try report([
        "bench": .string("classify"), "batch": .integer(batch), "threads": .integer(threads),
        "precision": .string(precision.rawValue),
        "tokens_per_s": .integer(Int(Double(batch * steps * repeats) / seconds)),
      ])
    }
  }

  private func documents(_ count: Int, _ generator: inout SeededGenerator) -> [EncodedDocument] {
    (0..<count).map { _ in
      let rows = (0..<steps).map { _ in Int32(generator.next(below: vocabulary + 1)) }
      return EncodedDocument(rows: rows, hashes: rows.map { UInt64($0) })
    }
  }
}

/// Returns the peak resident memory of this process, in MiB.
func peakMegabytes() -> Int {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return usage.ru_maxrss / 1024
}
