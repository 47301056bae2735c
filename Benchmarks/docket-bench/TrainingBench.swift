public import ArgumentParser
public import Classifiers
import FileAccess
import Learning
import PipelineCore

extension Cell: ExpressibleByArgument {}
extension Pooling: ExpressibleByArgument {}

/// Times whole epochs of training, like `pytorch_bilstm.py`.
struct TrainingBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Times epochs of training on tokenized documents.")

  @Argument(help: "Training documents: label<TAB>tokens.") var train: String
  @Argument(help: "Test documents: label<TAB>tokens.") var test: String
  @Option var threads = 2
  @Option var epochs = 2
  @Option var dimensions = 100
  @Option var hidden = 128
  @Option var batch = 64
  @Option var shard = 32
  @Option(help: "Tokens per document; the rest is cut.") var maximumTokens = 400
  @Option var learningRate = 0.001
  @Option(help: "rnn, gru, lstm or peephole.") var cell = Cell.lstm
  @Option var layers = 1
  @Option(help: "max, mean, last, meanmax or attention.") var pooling = Pooling.max
  @Flag(help: "Freeze the vectors.") var freeze = false

  func run() throws {
    let corpus = try TokenCorpus(path: train, maximumTokens: maximumTokens)
    let labels = corpus.labels
    let table = corpus.table(dimensions: dimensions, isTrainable: !freeze)
    let examples = corpus.examples(table, labels: labels)
    let tests = try TokenCorpus(path: test, maximumTokens: maximumTokens)
      .examples(table, labels: labels)
    var settings = TrainingSettings()
    settings.epochs = epochs
    settings.batch = batch
    settings.shard = shard
    settings.learningRate = learningRate
    settings.schedule = .constant
    var configuration = RecurrentConfiguration()
    configuration.hidden = hidden
    configuration.cell = cell
    configuration.layers = layers
    configuration.pooling = pooling
    // Without the linear part, which the peers do not have.
    configuration.ngrams = 0
    configuration.characters = 0
    configuration.wordDropout = 0
    configuration.vectorDropout = 0
    let model = try RecurrentClassifier(configuration: configuration).fit(
      TrainingTask(
        examples: examples, embedding: table, settings: settings, threads: threads))
    let best = model.history.map(\.tokensPerSecond).max() ?? 0
    let peak = SgemmRate.peak()
    var accuracy = 0.0
    let seconds = shortest(of: 2) {
      accuracy = model.score(on: tests, threads: threads)?.accuracy ?? 0
    }
    try report([
      "bench": .string("train"), "threads": .integer(threads), "epochs": .integer(epochs),
      "tokens": .integer(examples.tokenCount), "vocabulary": .integer(table.vocabulary.count),
      "train_tokens_per_s": .integer(Int(best)), "accuracy": rounded(accuracy),
      "infer_tokens_per_s": .integer(Int(Double(tests.tokenCount) / seconds)),
      "peak_mb": .integer(peakMegabytes()), "sgemm_peak_gigaflops": rounded(peak),
      "share_of_sgemm_peak": rounded(
        operations(examples) * best / (1e9 * peak * Double(threads))),
    ])
  }

  /// Returns the number of floating-point operations in the products of one token, forward and
  /// backward, in all layers. The first layer has three products with `W` (forward, its gradient,
  /// the gradient of its input) for each distinct word of a shard, and three with `U` for each
  /// token. Operations saved by projecting a word once are not counted.
  private func operations(_ examples: LabelledExamples) -> Double {
    let sampler = BatchSampler(
      lengths: examples.documents.map(\.tokenCount), batch: batch, seed: 1)
    var distinct = 0
    for documents in sampler.batches(epoch: 1) {
      for shard in sampler.shards(of: documents, size: self.shard) {
        distinct += Set(shard.flatMap { examples.documents[$0].rows }).count
      }
    }
    let words = Double(distinct) / Double(examples.tokenCount)
    let gates = Double(cell.gateCount * hidden)
    let first = words * Double(dimensions) * (freeze ? 2 : 3) + 3 * Double(hidden)
    let deeper = Double(layers - 1) * (3 * Double(2 * hidden) + 3 * Double(hidden))
    return 2 * 2 * gates * (first + deeper)
  }
}
