import FileAccess
import Testing
import TestSupport

/// A way to train: settings that override those of the tiny pipeline.
private struct Way: Sendable, CustomTestStringConvertible {
  let settings: [String]
  var testDescription: String { settings.joined(separator: ", ") }

  init(_ settings: String...) { self.settings = settings }

  static let all: [Way] =
    ["rnn", "gru", "lstm", "peephole"].flatMap { cell in
      [
        Way("classifier.stage=recurrent.v1", "classifier.cell=\(cell)"),
        Way(
          "classifier.stage=recurrent.v1", "classifier.cell=\(cell)", "classifier.layers=2",
          "classifier.pooling=attention", "classifier.layerDropout=0.2",
          "classifier.stateDropout=0.2", "classifier.weightDropout=0.2"),
        Way(
          "classifier.stage=recurrent.v1", "classifier.cell=\(cell)", "classifier.truncate=2",
          "classifier.memory=low", "classifier.pooling=meanmax", "classifier.bidirectional=false"),
      ]
    } + [
      Way("embedding.pretrain=true"),
      Way("embedding.pretrain=true", "corpus.unlabelled=more.txt"),
      Way("embedding.pretrain.subwords=true", "embedding.pretrain.method=cbow"),
      Way("embedding=[{stage: random.v1, dimensions: 5}, {stage: random.v1, pretrain: true}]"),
      Way(
        "classifier.stage=recurrent.v1", "classifier.swap=0.3", "classifier.vectorNoise=0.1",
        "classifier.labelSmoothing=0.1"),
      Way("classifier.ngrams=0", "classifier.characters=0", "classifier.pooling=last"),
      Way("training.optimizer=adamw", "training.weightDecay=0.01", "training.schedule=cosine"),
      Way("training.optimizer=adagrad", "training.schedule=plateau", "training.clipValue=0.01"),
      Way("training.optimizer=sgd", "training.nesterov=true", "training.schedule=onecycle"),
      Way("training.averaging=0.9", "training.warmup=0.2", "training.clip=0.5"),
      Way("training.classWeights=effective", "training.focal=2", "training.thresholds=true"),
      Way("training.classWeights=balanced", "training.patience=1", "corpus.validation=0.2"),
      Way("training.minutes=0.00001", "embedding.pretrain=true", "training.epochs=9"),
      Way("training.select=macroF1", "training.patience=1", "corpus.validation=0.2"),
    ]
}

@Suite("Any number of threads")
struct ThreadsTests {
  @Test("1, 2, 3 and 8 threads write the same model, whatever is set", arguments: Way.all)
  private func sameBytes(way: Way) throws {
    let folder = try TinyPipeline.folder()
    try folder.file("more.txt", "the zither and the lute\nthe storm and the lute\n")
    let digests = try [1, 2, 3, 8].map { threads in
      let outcome = try Command.docket(
        ["train", "pipeline.yaml", "--threads", "\(threads)", "--output", "model.docket"]
          + way.settings.flatMap { ["--set", $0] }, folder: folder.path)
      #expect(outcome.code == 0, "\(outcome.errors)")
      return SHA256Digest.hexadecimal(
        of: try InputFile.readAll(path: "\(folder.path)/model.docket", limit: 1 << 24))
    }
    #expect(Set(digests).count == 1)
  }
}
