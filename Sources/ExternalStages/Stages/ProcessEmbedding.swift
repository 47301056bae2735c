import FileAccess
public import PipelineCore

/// An embedding that is an external program. The program gives the width of a vector in its
/// greeting, as the member `dimensions`.
///
///     -> {"id":1,"word":"bread"}
///     <- {"id":1,"vector":[0.1,-0.25]}
///
/// Each word of the training corpus is looked up once. A word whose vector is `null` shares the
/// vector of unknown words, which is the mean of all other vectors. The model stores the vectors,
/// so classifying does not run the program.
public struct ProcessEmbedding: Embedding, ProcessStage {
  /// The settings of the stage.
  public struct Configuration: StageConfiguration {
    /// The program.
    public var process = ProcessSettings()
    /// The minimum number of occurrences of a word. Rarer words are treated as unknown.
    public var minCount = 1
    /// Whether training changes the vectors.
    public var tune = true

    /// Creates settings without a program.
    public init() {}

    /// The settings.
    public static var settings: [Setting<Self>] {
      ProcessSettings.settings.map { $0.embedded(at: \.process) } + [
        .integer(
          "minCount", \.minCount, 1...1_000_000,
          "minimum count of a word in the corpus; rarer words share the unknown-word vector"),
        .boolean("tune", \.tune, "whether training changes the vectors"),
      ]
    }
  }

  /// The name in pipeline files.
  public static let stageName = "process.v1"
  /// A one-line summary.
  public static let summary =
    "vectors from an external program; requires --allow-external to train"
  /// A model stores the vectors and does not run the program.
  public static let runsInModels = false
  /// The maximum width of a vector.
  static let widthLimit = 1 << 16
  /// The number of words in a batch.
  private static let batch = 256

  /// The settings of the stage.
  public let configuration: Configuration
  var program: Program

  /// Creates the stage with these settings.
  public init(configuration: Configuration) {
    self.configuration = configuration
    program = Program(configuration.process.options(.embedding))
  }

  /// Asks the program for the vector of each word of the corpus.
  ///
  /// - Throws: `ProgramError`, `MemoryError`, `TrainingError.interrupted`.
  public func makeTable(for task: EmbeddingTask) throws -> EmbeddingTable {
    let width = try dimensions()
    let counts = task.counts
    let words = (0..<counts.counts.prefix { $0 >= configuration.minCount }.count).map {
      Array(counts.vocabulary[$0])
    }
    try MemoryLimit.require(
      4 * Double(words.count + 1) * Double(width),
      for: "\(words.count) vectors of \(width) dimensions")
    var vocabulary = Vocabulary()
    var values = [Float](repeating: 0, count: width)
    // Growing the array by doubling could take more memory than the check allowed for.
    values.reserveCapacity((words.count + 1) * width)
    let batches = Shards.ranges(of: words.count, size: Self.batch)
    // The batches are grouped so that an interruption does not have to wait for all words.
    for group in Shards.ranges(of: batches.count, size: 4 * task.threads) {
      if task.shouldStop() { throw TrainingError.interrupted }
      let parts = Shards.map(count: group.count, threads: task.threads) { number in
        vectors(of: Array(words[batches[group.lowerBound + number]]), width: width)
      }
      for (word, vector) in zip(words[batches[group.lowerBound].lowerBound...], parts.joined()) {
        guard let vector = try named(word, vector) else { continue }
        vocabulary.insert(word)
        values += vector
      }
    }
    values.replaceSubrange(..<width, with: values[width...].meanRow(width: width))
    let missing = words.count - vocabulary.count
    return EmbeddingTable(
      vocabulary: vocabulary, dimensions: width, values: values, isTrainable: configuration.tune,
      summary: "vectors of the program \(QuotedText.quote(program.name)): \(width) dimensions, "
        + "\(vocabulary.count) words, \(missing) words without a vector, "
        + "\(counts.vocabulary.count - words.count) rarer words share the unknown vector")
  }

  private func dimensions() throws -> Int {
    let greeting = try program.greeting()
    guard let width = Self.width(in: greeting) else {
      let expected = "{...,\"dimensions\":D} with D from 1 to \(Self.widthLimit)"
      let fact = ProgramFact.wrongGreeting(
        expected: expected, found: QuotedText.quote(greeting.text(), limit: 200))
      throw program.error(fact)
    }
    return width
  }

  /// Returns the width of a vector in a greeting; `nil` if there is none or it is not valid.
  static func width(in greeting: JSONValue) -> Int? {
    greeting["dimensions"]?.integer.flatMap { (1...widthLimit).contains($0) ? $0 : nil }
  }

  private func named(
    _ word: [UInt8], _ vector: Result<[Float]?, ProgramError>
  ) throws(ProgramError) -> [Float]? {
    do {
      return try vector.get()
    } catch {
      var error = error
      error.request = "the word \(QuotedText.quote(word))"
      throw error
    }
  }

  private func vectors(of words: [[UInt8]], width: Int) -> [Result<[Float]?, ProgramError>] {
    program.run(count: words.count) { index, line in
      RequestText.append("word", words[index], to: &line)
      return 32 * width + (1 << 16)
    } decode: { _, answer in
      Self.vector(of: answer, width: width)
    }
  }

  /// Returns the vector in an answer; `nil` if the word has none.
  static func vector(of answer: JSONValue, width: Int) -> Result<[Float]?, ProgramFact> {
    if let reason = answer["error"]?.string { return .failure(.rejected(reason: reason)) }
    if answer["vector"] == .null { return .success(nil) }
    let numbers = answer["vector"]?.array?.compactMap { $0.double.map { Float($0) } } ?? []
    guard numbers.count == width, answer["vector"]?.array?.count == width,
      numbers.allSatisfy(\.isFinite)
    else {
      let expected = "\"vector\": \(width) numbers, or null"
      return .failure(
        .wrongAnswer(expected: expected, found: QuotedText.quote(answer.text())))
    }
    return .success(numbers)
  }
}
