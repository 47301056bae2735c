import FileAccess
public import PipelineCore

/// A classifier that is an external program.
///
/// For training, a process gets every example and then the request to train. The answer to this
/// request contains the trained state, in base64:
///
///     -> {"id":1,"tokens":["fresh","bread"],"label":0}
///     <- {"id":1}
///     -> {"id":2,"train":{"labels":3,"seed":1}}
///     <- {"id":2,"state":"AAECAw=="}
///
/// If the labels have weights, the request to train also has the member `weights`.
///
/// For classifying, the greeting of each process has the members `labels` and `state`:
///
///     -> {"id":1,"tokens":["fresh","bread"]}
///     <- {"id":1,"probabilities":[0.9,0.05,0.05]}
public struct ProcessClassifier: Classifier, ProcessStage {
  /// The settings of the stage.
  public struct Configuration: StageConfiguration {
    /// The program.
    public var process = ProcessSettings()
    /// The time limit for training after the last example, in seconds.
    public var trainTimeout = 3600.0

    /// Creates settings without a program.
    public init() {}

    /// The settings.
    public static var settings: [Setting<Self>] {
      ProcessSettings.settings.map { $0.embedded(at: \.process) } + [
        .number(
          "trainTimeout", \.trainTimeout, 0...1e7, open: true,
          "seconds to wait for the trained state")
      ]
    }
  }

  /// The name in pipeline files.
  public static let stageName = "process.v1"
  /// A one-line summary.
  public static let summary =
    "an external program that is trained on tokens; requires --allow-external"
  /// The classifier reads tokens.
  public static let input = ClassifierInput.tokens
  /// The program gets all examples at once.
  public static let fitsInOnePass = true
  /// The program gets the weights of labels.
  public static let usesLabelWeights = true

  /// The settings of the stage.
  public let configuration: Configuration
  var program: Program

  /// Creates the stage with these settings.
  public init(configuration: Configuration) {
    self.configuration = configuration
    program = Program(configuration.process.options(.classifier))
  }

  /// Sends the examples to a process and returns its trained state.
  ///
  /// - Throws: `ProgramError`, `TrainingError.interrupted`.
  public func fit(_ task: TrainingTask) throws -> ProcessClassifierModel {
    let examples = task.examples
    var session = try TrainingSession(program)
    defer { session.end() }
    do {
      for range in Shards.ranges(of: examples.count, size: 1_024) {
        if task.shouldStop() { throw TrainingError.interrupted }
        try session.send(examples, range, shouldStop: task.shouldStop)
      }
      let state = try session.train(
        labelCount: examples.labelCount, seed: task.settings.seed, weights: task.labelWeights,
        seconds: configuration.trainTimeout, shouldStop: task.shouldStop)
      return ProcessClassifierModel(program, state: state, labelCount: examples.labelCount)
    } catch {
      // An interrupted conversation also throws an error, but the program is not at fault.
      if task.shouldStop() { throw TrainingError.interrupted }
      throw error
    }
  }

  /// Starts a process and ends it, so that a program that cannot run is detected before training.
  ///
  /// - Throws: `ProgramError`.
  public func check(_ task: TrainingTask) throws {
    var (conversation, _) = try program.launch()
    conversation.stop(patience: 500, relay: program.relay)
  }

  /// Recreates a model from its state. If the program may run, a process is started, so that a
  /// program that cannot run is reported as an error of the model, not of each document.
  ///
  /// - Throws: `TensorError`, `ProgramError`; any error from finding the files.
  public func restore(
    from tensors: TensorCollection, embedding: EmbeddingTable?, labelCount: Int
  ) throws -> ProcessClassifierModel {
    let shape = tensors.shape(StateTensor.name) ?? []
    let values = try tensors.values(StateTensor.name, shape: shape.count == 1 ? shape : [1])
    guard let state = StateTensor.bytes(values) else {
      throw TensorError.invalid(StateTensor.name, "not the state of a program")
    }
    let model = ProcessClassifierModel(program, state: state, labelCount: labelCount)
    if case .allowed = program.options.access { try model.program.start() }
    return model
  }
}

/// A trained external classifier: the state that the program returned.
public struct ProcessClassifierModel: ClassifierModel {
  fileprivate let program: Program
  private let state: [UInt8]
  private let labelCount: Int

  init(_ program: Program, state: [UInt8], labelCount: Int) {
    var options = program.options
    options.details = Self.details(labelCount: labelCount, state: state)
    self.program = Program(options)
    (self.state, self.labelCount) = (state, labelCount)
  }

  /// Returns the members of the greeting of a trained program.
  static func details(labelCount: Int, state: [UInt8]) -> [JSONMember] {
    [JSONMember("labels", .integer(labelCount)), JSONMember("state", .string(Base64.text(state)))]
  }

  /// `nil`: the program reads tokens.
  public var embedding: EmbeddingTable? { nil }
  /// The state as a tensor.
  public var tensors: [NamedTensor] { [StateTensor.tensor(state)] }
  /// Facts about the model. Each byte of the state counts as a weight.
  public var facts: ModelFacts { ModelFacts(weightCount: state.count) }
  /// Empty: the training of a program is not recorded.
  public var history: [EpochRecord] { [] }

  /// Returns the probability of each label; NaN for a document that the program cannot classify.
  public func probabilities(of documents: [EncodedDocument], threads: Int) -> [[Float]] {
    outcomes(of: documents, threads: threads).map { outcome in
      (try? outcome.get()) ?? Array(repeating: .nan, count: labelCount)
    }
  }

  /// Returns the probability of each label, or the error of a document that the program cannot
  /// classify.
  public func outcomes(
    of documents: [EncodedDocument], threads: Int
  ) -> [Result<[Float], TextError>] {
    let size = min(256, max(1, (documents.count + threads - 1) / threads))
    let ranges = Shards.ranges(of: documents.count, size: size)
    let parts = Shards.map(count: ranges.count, threads: threads) { number in
      classify(documents[ranges[number]])
    }
    return Array(parts.joined())
  }

  private func classify(
    _ documents: ArraySlice<EncodedDocument>
  ) -> [Result<[Float], TextError>] {
    program.run(count: documents.count) { index, line in
      let document = documents[documents.startIndex + index]
      ExampleText.append(document, to: &line)
      return 64 * labelCount + (1 << 16)
    } decode: { _, answer in
      Self.probabilities(in: answer, labelCount: labelCount)
    }.map { result in
      result.mapError { error in
        TextError(
          stage: ProcessClassifier.stageName, reason: error.sentence, code: error.code)
      }
    }
  }

  /// Returns the numbers in an answer, divided by their sum.
  static func probabilities(
    in answer: JSONValue, labelCount: Int
  ) -> Result<[Float], ProgramFact> {
    if let reason = answer["error"]?.string { return .failure(.rejected(reason: reason)) }
    let items = answer["probabilities"]?.array
    let numbers = items?.compactMap(\.double) ?? []
    let sum = numbers.reduce(0, +)
    guard numbers.count == labelCount, items?.count == labelCount, sum > 0, sum.isFinite,
      numbers.allSatisfy({ $0 >= 0 })
    else {
      let expected = "\"probabilities\": \(labelCount) numbers from 0 that are not all 0"
      return .failure(.wrongAnswer(expected: expected, found: QuotedText.quote(answer.text())))
    }
    return .success(numbers.map { Float($0 / sum) })
  }
}
