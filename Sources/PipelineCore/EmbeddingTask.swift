/// Everything that an embedding needs to make its table.
public struct EmbeddingTask {
  /// The tokens of each training document.
  public let documents: [TokenSequence]
  /// Their words.
  public let counts: WordCounts
  /// What the pipeline's normalizers make of a text, so that words of a vector file and of the corpus
  /// meet in one form.
  public var normalize: (AlignedText) throws -> AlignedText
  /// What the pipeline's text stages make of further documents, such as unlabelled text: `nil` for
  /// one that cannot be used.
  public var tokenize: ([[UInt8]]) -> [TokenSequence?]
  /// Where all random numbers come from.
  public var seed: UInt64
  /// How many threads; never changes the result.
  public var threads: Int
  /// Whether to learn what takes long; `false` when a pipeline is only looked at.
  public var learns: Bool
  /// Is told how it goes.
  public var report: (TrainingEvent) -> Void
  /// Is asked now and then; `true` ends the work with `TrainingError.interrupted`.
  public var shouldStop: () -> Bool

  /// A task for these documents; silent and uninterrupted unless told otherwise.
  ///
  /// - Parameter counts: the words of `documents`, if they are counted already.
  public init(
    documents: [TokenSequence], counts: WordCounts? = nil,
    normalize: @escaping (AlignedText) throws -> AlignedText = { $0 },
    tokenize: @escaping ([[UInt8]]) -> [TokenSequence?] = { $0.map { _ in nil } },
    seed: UInt64 = 1, threads: Int = 1, learns: Bool = true,
    report: @escaping (TrainingEvent) -> Void = { _ in },
    shouldStop: @escaping () -> Bool = { false }
  ) {
    self.documents = documents
    self.counts = counts ?? WordCounts(documents)
    self.normalize = normalize
    self.tokenize = tokenize
    self.seed = seed
    self.threads = threads
    self.learns = learns
    self.report = report
    self.shouldStop = shouldStop
  }
}
