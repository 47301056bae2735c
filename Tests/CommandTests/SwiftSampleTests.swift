import Docket
import TestSupport
import Testing

// The samples of Documentation/swift.md. The page contains the text between the marks, so what it
// shows compiles and works.

@Suite("Samples of the page on Swift")
struct SwiftSampleTests {
  @Test("A pipeline in code trains, classifies, evaluates and is stored")
  func pipelineInCode() async throws {
    let messages = TinyPipeline.corpus(90).split(separator: "\n").map {
      let parts = $0.split(separator: "\t")
      return (folder: String(parts[0]), text: String(parts[1]))
    }
    // sample: pipeline
    var pipeline = PipelineDescription(
      normalizers: [UnicodeNormalizer { $0.fold = true }], tokenizer: WordTokenizer(),
      embedding: [RandomEmbedding { $0.dimensions = 16 }],
      classifier: BiLSTMClassifier { $0.hidden = 8 })
    pipeline.training.epochs = 4
    pipeline.training.learningRate = 0.02
    // end of sample
    pipeline.training.batch = 8
    pipeline.training.shard = 4

    // sample: documents
    let corpus = try Corpus(
      documents: messages.map { CorpusDocument($0.text, label: Label($0.folder)) })
    let (training, test) = corpus.holdingOut(0.2)
    // end of sample
    #expect(test.documents.count == 18)

    // sample: updates
    var epochs = 0
    let model = try await pipeline.train(on: training) { update in
      switch update {
      case .note(let sentence): print(sentence)
      case .event(.epoch(let record)):
        epochs += 1
        print("epoch", record.epoch, "accuracy", record.validationAccuracy ?? 0)
      default: break
      }
    }
    // end of sample
    // The linear part tells these labels apart by itself, so the network stops early.
    #expect(epochs == 3)

    // sample: classify
    let result = try model.classify("a choir and a violin")
    print(result.label, result.probability)
    for other in result.ranked.dropFirst() { print(other.label, other.probability) }
    for warning in result.warnings { print("warning", warning) }
    // end of sample
    #expect(result.label == "music")

    // sample: explain
    let explanation = try model.explain("a choir and a violin", label: Label("music"))
    for token in explanation.strongest(3) {
      print(explanation.tokens.string(token), explanation.shares.values[token])
    }
    // end of sample
    #expect(explanation.label == model.labels.number(of: "music"))

    // sample: confidence
    if let confidence = model.validationConfidence {
      let threshold = confidence.threshold(accuracy: 0.5)
      print("confident from", threshold?.confidence ?? 1, "on", threshold?.coverage ?? 0)
      print("possible from", confidence.labelSetThreshold(coverage: 0.95))
    }
    // end of sample

    let texts = ["a choir and a violin", "storm and frost"]
    // sample: batch
    for result in try await model.classifications(of: texts) {
      switch result {
      case .success(let classification): print(classification.label)
      case .failure(let error): print(error)
      }
    }
    // end of sample

    // sample: evaluate
    let scores = try await model.evaluation(on: test)
    print("accuracy", scores.accuracy, "macro F1", scores.macroF1)
    for label in scores.classes { print(label.label, label.precision, label.recall, label.f1) }
    for pair in scores.confusion.confusedPairs.prefix(5) {
      print(scores.labels[pair.expected], "as", scores.labels[pair.predicted], pair.count)
    }
    // end of sample
    #expect(scores.classes.count == 3)
  }

  @Test("A pipeline file trains with progress and cancellation, and the model is read again")
  func files() async throws {
    let folder = try TinyPipeline.folder()
    let path = folder.path
    // sample: files
    let pipeline = try PipelineDescription(contentsOf: "\(path)/pipeline.yaml")
    let training = Task { try await pipeline.train() }
    // To stop early: training.cancel()
    try await training.value.write(to: "\(path)/model.docket")

    let model = try TrainedPipeline(contentsOf: "\(path)/model.docket")
    print(model.labels.labels)
    // end of sample
    #expect(model.labels.labels == ["cooking", "music", "weather"])

    // sample: stream
    for try await update in pipeline.training(withBaseline: true) {
      guard case .finished(let outcome) = update else { continue }
      print(outcome.pipeline.classifierName, "and", outcome.baseline?.classifierName ?? "none")
    }
    // end of sample
  }
}
