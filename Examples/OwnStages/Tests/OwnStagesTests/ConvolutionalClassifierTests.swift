import Docket
import DocketTesting
import OwnStages
import Testing

/// Returns a task whose documents are labelled by whether word 1 comes directly before word 2.
private func task(threads: Int, _ change: (inout TrainingTask) -> Void = { _ in }) -> TrainingTask {
  var generator = SeededGenerator(seed: 5)
  func examples(_ count: Int) -> LabelledExamples {
    let labels = (0..<count).map { $0 % 2 }
    let documents = labels.map { label -> EncodedDocument in
      var rows = (0..<4 + generator.next(below: 8)).map { _ in Int32(3 + generator.next(below: 7)) }
      let pair: [Int32] = label == 0 ? [1, 2] : [2, 1]
      rows.insert(contentsOf: pair, at: generator.next(below: rows.count))
      return EncodedDocument(rows: rows, hashes: Array(repeating: 0, count: rows.count))
    }
    return LabelledExamples(documents: documents, labels: labels, labelCount: 2)
  }
  var vocabulary = Vocabulary()
  for word in 1...9 { vocabulary.insert("w\(word)".utf8) }
  let values = (0..<80).map { _ in generator.uniform(in: -1...1) }
  var settings = TrainingSettings()
  (settings.epochs, settings.batch, settings.shard, settings.learningRate) = (16, 32, 8, 0.01)
  var task = TrainingTask(
    examples: examples(200), validation: examples(40),
    embedding: EmbeddingTable(
      vocabulary: vocabulary, dimensions: 8, values: values, isTrainable: true, summary: ""),
    settings: settings, threads: threads)
  change(&task)
  return task
}

private func classifier() -> ConvolutionalClassifier {
  ConvolutionalClassifier { ($0.filters, $0.wordDropout) = (32, 0.05) }
}

@Suite("Stage convolution.v1")
struct ConvolutionalClassifierTests {
  @Test("It learns the order of two words")
  func learns() throws {
    let task = task(threads: 1)
    let model = try classifier().fit(task)
    let validation = try #require(task.validation)
    #expect(try #require(model.score(on: validation, threads: 1)).accuracy >= 0.95)
    #expect(model.history.filter(\.isKept).count == 1)
  }

  @Test("convolution.v1 meets the requirements of its role")
  func conformance() throws {
    #expect(try StageConformance.faults(in: ConvolutionalClassifier { $0.filters = 4 }) == [])
  }

  @Test("A training that is resumed in the middle of an epoch ends with the same bytes")
  func resumes() throws {
    let whole = try classifier().fit(task(threads: 1))
    var states: [TrainingState] = []
    var steps = 0
    #expect(throws: TrainingError.self) {
      _ = try classifier().fit(
        task(threads: 1) {
          $0.checkpoints = CheckpointPlan { states.append($0) }
          $0.shouldStop = {
            steps += 1
            return steps > 10
          }
        })
    }
    let resumed = try classifier().fit(
      task(threads: 2) { $0.checkpoints = CheckpointPlan(resume: states.last) { _ in } })
    #expect(resumed.tensors == whole.tensors)
    #expect(resumed.embedding == whole.embedding)
  }

  @Test("Training stops early when the validation score stalls")
  func stopsEarly() throws {
    let model = try classifier().fit(
      task(threads: 1) { ($0.settings.epochs, $0.settings.patience) = (40, 2) })
    #expect(model.history.count < 40)
  }

  @Test("A restored model classifies as before, also with new vectors for unknown words")
  func restores() throws {
    let task = task(threads: 1)
    let model = try classifier().fit(task)
    let restored = try classifier().restore(
      from: TensorCollection(model.tensors), embedding: model.embedding, labelCount: 2)
    var documents = task.examples.documents
    documents[0].rows[0] = 10
    documents[0].newVectors = [1, 2, 3, 4, 5, 6, 7, 8]
    let expected = model.probabilities(of: documents, threads: 1)
    #expect(restored.probabilities(of: documents, threads: 2) == expected)
    documents[0].newVectors[0] = -10
    #expect(restored.probabilities(of: documents, threads: 1)[0] != expected[0])
  }

  @Test("Training continues from a model with one more label")
  func continues() throws {
    let model = try classifier().fit(task(threads: 1))
    let more = try classifier().fit(
      task(threads: 1) {
        $0.examples.labelCount = 3
        $0.validation?.labelCount = 3
        $0.settings.epochs = 1
        $0.start = TrainingStart(
          tensors: TensorCollection(model.tensors), extent: .model(labels: [0, 1, nil]),
          file: "old.docket", sha256: "")
      })
    #expect(more.tensors.last?.shape == [3])
    let before = try #require(model.history.last?.loss)
    #expect(try #require(more.history.first?.loss) < 2 * before + 0.2)
  }
}
