import Docket
import DocketTesting
import OwnStages
import Testing

/// One step of the cell for two documents and three hidden units, with all inputs in one array.
private struct OneStep {
  static let (count, width, depth) = (2, 3, 64)
  static let (gates, states) = (count * width, count * depth)
  static let parameters = StackCell<Double>.parameters(hidden: width).reduce(0) {
    $0 + $1.rows * $1.columns
  }

  /// The gates, the states before the step and the parameters, at a random point.
  static var point: [Double] {
    var generator = SeededGenerator(seed: 3)
    return (0..<gates + states + parameters).map { _ in Double(generator.uniform(in: -1...1)) }
  }

  /// Returns the sum of all results, each multiplied by its own factor, and its gradient.
  static func run(_ point: [Double]) -> (loss: Double, gradient: [Double]) {
    var generator = SeededGenerator(seed: 4)
    func factors(_ count: Int) -> [Double] {
      (0..<count).map { _ in Double(generator.uniform(in: -1...1)) }
    }
    let (dHidden, dState) = (factors(gates), factors(states))
    var own = Array(point[..<gates])
    let before = Array(point[gates..<gates + states])
    let weights = Array(point[(gates + states)...])
    var hidden = Array(repeating: 0.0, count: gates)
    var (state, dBefore) = (Array(repeating: 0.0, count: states), dState)
    var dWeights = Array(repeating: 0.0, count: parameters)
    own.withUnsafeMutableBufferPointer { own in
      state.withUnsafeMutableBufferPointer { state in
        before.withUnsafeBufferPointer { before in
          weights.withUnsafeBufferPointer { weights in
            guard let own = own.baseAddress, let state = state.baseAddress,
              let before = before.baseAddress, let weights = weights.baseAddress
            else { return }
            let step = RecurrentCellStep(
              count: count, width: width, gates: own, stateBefore: before, state: state,
              parameters: weights)
            StackCell<Double>.forward(step, hidden: &hidden)
            dHidden.withUnsafeBufferPointer { dHidden in
              dBefore.withUnsafeMutableBufferPointer { dBefore in
                dWeights.withUnsafeMutableBufferPointer { dWeights in
                  guard let dHidden = dHidden.baseAddress, let dBefore = dBefore.baseAddress,
                    let dWeights = dWeights.baseAddress
                  else { return }
                  StackCell<Double>.backward(
                    step,
                    RecurrentCellGradients(
                      dHidden: dHidden, dState: dBefore, dParameters: dWeights))
                }
              }
            }
          }
        }
      }
    }
    let loss = zip(hidden + state, dHidden + dState).reduce(0) { $0 + $1.0 * $1.1 }
    return (loss, own + dBefore + dWeights)
  }
}

@Suite("Cell stack")
struct StackCellTests {
  @Test("Every gradient of a step agrees with finite differences")
  func gradients() {
    let point = OneStep.point
    let mismatches = GradientCheck.mismatches(
      parameters: point, gradients: OneStep.run(point).gradient
    ) { OneStep.run($0).loss }
    #expect(mismatches.isEmpty, "\(mismatches.prefix(3))")
  }
}

@Suite("Cell stack in a pipeline")
struct StackCellPipelineTests {
  private static func parse(cell: String, stages: StageRegistry) throws -> PipelineDescription {
    let pipeline = """
      docket: 1
      tokenizer: words.v1
      embedding: random.v1
      classifier: {stage: recurrent.v1, cell: \(cell)}
      """
    return try PipelineDescription(text: pipeline, stages: stages)
  }

  @Test("A registered cell is a choice of the setting, and is listed")
  func isListed() throws {
    let classifier = try Self.parse(cell: "stack", stages: .own).classifier
    let cell = classifier.configuration.written().first { $0.name == "cell" }
    #expect(cell?.value == .scalar("stack", isPlain: false))
    #expect(try Self.choices(.own).contains("stack"))
    #expect(try !Self.choices(.builtIn).contains("stack"))
  }

  /// Returns the message about an unknown cell, which lists the cells.
  private static func choices(_ stages: StageRegistry) throws -> String {
    let errors = #expect(throws: ConfigurationErrors.self) {
      try parse(cell: "nosuch", stages: stages)
    }
    return try #require(errors?.errors.first?.sentence)
  }

  @Test("Without the registration the name is refused")
  func isRefused() {
    let error = #expect(throws: ConfigurationErrors.self) {
      try Self.parse(cell: "stack", stages: .builtIn)
    }
    #expect(error?.errors.first?.code == "unknown-choice")
  }

  /// Returns a classifier with two layers of the stack cell.
  private static func classifier(memory: String) throws -> any Classifier {
    try parse(
      cell: "stack, hidden: 6, layers: 2, memory: \(memory), ngrams: 0", stages: .own
    ).classifier
  }

  /// Returns a task with documents of random words and two labels.
  private static func task(threads: Int) -> TrainingTask {
    var generator = SeededGenerator(seed: 1)
    let documents = (0..<40).map { _ -> EncodedDocument in
      let rows = (0..<generator.next(below: 30)).map { _ in Int32(generator.next(below: 9)) }
      return EncodedDocument(rows: rows, hashes: Array(repeating: 0, count: rows.count))
    }
    var vocabulary = Vocabulary()
    for word in 1...8 { vocabulary.insert("w\(word)".utf8) }
    let table = EmbeddingTable(
      vocabulary: vocabulary, dimensions: 4,
      values: (0..<36).map { _ in generator.uniform(in: -1...1) }, isTrainable: true, summary: "")
    var settings = TrainingSettings()
    (settings.epochs, settings.batch, settings.shard) = (3, 16, 4)
    return TrainingTask(
      examples: LabelledExamples(
        documents: documents, labels: documents.map { $0.rows.count % 2 }, labelCount: 2),
      embedding: table, settings: settings, threads: threads)
  }

  @Test("Training continues from a model with a registered cell")
  func continues() throws {
    let classifier = try Self.classifier(memory: "full")
    var task = Self.task(threads: 1)
    let trained: any ClassifierModel = try classifier.fit(task)
    task.start = TrainingStart(
      tensors: TensorCollection(trained.tensors), extent: .model(labels: [0, 1]),
      file: "old.docket", sha256: "")
    task.settings.epochs = 1
    let before = try #require(trained.history.last?.loss)
    let continued: any ClassifierModel = try classifier.fit(task)
    #expect(try #require(continued.history.first?.loss) < before + 0.05)
    #expect(continued.tensors.map(\.name) == trained.tensors.map(\.name))
    #expect(continued.tensors != trained.tensors)
  }

  @Test("Two threads train the same bytes as one, also with layers, both directions and low memory")
  func threads() throws {
    func model(threads: Int, memory: String) throws -> [NamedTensor] {
      let task = Self.task(threads: threads)
      let trained: any ClassifierModel = try Self.classifier(memory: memory).fit(task)
      // The rest of the batch does not affect how a document is classified.
      let documents = task.examples.documents
      let together = trained.probabilities(of: documents, threads: 2)
      for (document, row) in zip(documents, together) {
        #expect(trained.probabilities(of: [document], threads: 1) == [row])
      }
      return trained.tensors
    }
    let one = try model(threads: 1, memory: "full")
    #expect(try model(threads: 2, memory: "full") == one)
    #expect(try model(threads: 2, memory: "low") == one)
    #expect(one.contains { $0.name == "stack.weight_action_l1_reverse" && $0.shape == [3, 6] })
  }
}
