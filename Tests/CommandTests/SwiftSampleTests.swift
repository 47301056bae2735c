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
    // sample: text
    let small = try PipelineDescription(
      text: """
        docket: 1
        language: en
        classifier: {stage: ngrams.v1, words: 1, characters: 0}
        """)
    // end of sample
    pipeline.training.batch = 8
    pipeline.training.shard = 4

    // sample: documents
    let corpus = try Corpus(
      documents: messages.map { CorpusDocument($0.text, label: Label($0.folder)) })
    let (training, test) = corpus.holdingOut(0.2)
    // end of sample
    #expect(test.documents.count == 18)
    let smallModel = try await small.train(on: training)
    #expect(try smallModel.classify("a choir and a violin").label == "music")

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

  @Test("Errors are handled by type, with code, position and sentence")
  func errors() async throws {
    let folder = TestFolder()
    try folder.file("p.yaml", "docket: 1\ncorpus: {train: t.tsv}\nclassifier: ngrams.v1\n")
    try folder.file("t.tsv", "news\ta\nsport\tb\nsport\n")
    let path = "\(folder.path)/p.yaml"
    var lines: [String] = []
    func print(_ items: String...) { lines.append(items.joined(separator: " ")) }
    var model: TrainedPipeline?
    // sample: errors
    do {
      let pipeline = try PipelineDescription(contentsOf: path)
      model = try await pipeline.train()
    } catch let errors as ConfigurationErrors {
      for error in errors.errors { print(error.code, error.sentence) }
    } catch let error as any DiagnosableError {
      print(error.code, error.position.map { "at \($0)" } ?? "", error.sentence)
    }
    // end of sample
    #expect(model == nil)
    #expect(lines == ["wrong-columns at \(folder.path)/t.tsv:3 no tab; expected label<TAB>text"])
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
