import PipelineCore

/// An embedding with the lengths of words as vectors, correctly or with one deliberate fault.
struct BrokenEmbedding: Embedding {
  enum Flaw: String, CaseIterable, Sendable {
    case none, infinite, threads, random, columns, negativeRate, emptyWord, blankSummary
    case ignoresStop, wrongError, otherWidth, sharesState, plainError
  }
  struct Configuration: StageConfiguration {
    var flaw = Flaw.none
    init() {}
    static var settings: [Setting<Self>] { [.choice("flaw", \.flaw, "deliberate fault")] }
  }
  /// An error without a code.
  struct PlainError: Error {}

  static let stageName = "broken.v1"
  static let summary = "has lengths as vectors, with a deliberate fault"
  let configuration: Configuration
  private let calls = Counter()

  init(configuration: Configuration) { self.configuration = configuration }

  func makeTable(for task: EmbeddingTask) throws -> EmbeddingTable {
    _ = calls.enter()
    defer { calls.leave() }
    let flaw = configuration.flaw
    if task.shouldStop(), flaw != .ignoresStop {
      if flaw == .wrongError { throw PlainError() }
      throw TrainingError.interrupted
    }
    if flaw == .plainError, task.counts.vocabulary.count == 0 { throw PlainError() }
    var vocabulary = task.counts.vocabulary
    if flaw == .emptyWord { vocabulary.insert([] as [UInt8]) }
    var values: [Float] = [0, 1]
    for word in 0..<vocabulary.count { values += [Float(vocabulary[word].count), 1] }
    if flaw == .infinite { values[0] = .infinity }
    if flaw == .threads { values[0] = Float(task.threads) }
    if flaw == .random { values[0] = Float.random(in: 0...1) }
    if flaw == .sharesState { values[0] = calls.overlaps(within: 50) ? 1 : 0 }
    var dimensions = 2
    if flaw == .otherWidth, !task.trainsVectors {
      (dimensions, values) = (1, Array(repeating: 0, count: vocabulary.count + 1))
    }
    var table = EmbeddingTable(
      vocabulary: vocabulary, dimensions: dimensions, values: values, isTrainable: true,
      summary: flaw == .blankSummary ? " " : "lengths")
    if flaw == .columns { table.columns[0].count = 1 }
    if flaw == .negativeRate { table.columns[0].rateScale = -1 }
    return table
  }
}
