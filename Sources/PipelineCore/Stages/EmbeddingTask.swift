/// The input of an embedding when it creates its table.
public struct EmbeddingTask {
  /// The tokens of each training document.
  public let documents: [TokenSequence]
  /// The words of the documents.
  public let counts: WordCounts
  /// Applies the normalizers of the pipeline, so that words from a vector file and words from the
  /// corpus have the same form.
  public var normalize: (AlignedText) throws -> AlignedText
  /// Applies the text stages of the pipeline to other documents, such as unlabelled text. The
  /// result is `nil` for an unusable document.
  public var tokenize: ([[UInt8]]) -> [TokenSequence?]
  /// Reads the unlabelled documents of the pipeline from their files at each call, and passes them
  /// to its argument, a few thousand at a time; `nil` if there are none.
  public var unlabelled: ((_ use: ([TokenSequence]) throws -> Void) throws -> Void)?
  /// The seed for all random numbers.
  public var seed: UInt64
  /// The number of threads; never affects the result.
  public var threads: Int
  /// Whether to train vectors; `false` if a pipeline is only checked, or if the vectors will be
  /// replaced.
  public var trainsVectors: Bool
  /// Whether to read unlabelled text even if no vectors are trained, to find errors in it.
  public var checksText = false
  /// Receives progress events.
  public var report: (TrainingEvent) -> Void
  /// Called periodically; returning `true` ends the work with `TrainingError.interrupted`.
  public var shouldStop: () -> Bool

  /// Creates a task; by default with one thread, without progress reports or interruption.
  ///
  /// - Parameter counts: the words of `documents`; `nil` to count them.
  public init(
    documents: [TokenSequence], counts: WordCounts? = nil,
    normalize: @escaping (AlignedText) throws -> AlignedText = { $0 },
    tokenize: @escaping ([[UInt8]]) -> [TokenSequence?] = { $0.map { _ in nil } },
    seed: UInt64 = 1, threads: Int = 1, trainsVectors: Bool = true,
    report: @escaping (TrainingEvent) -> Void = { _ in },
    shouldStop: @escaping () -> Bool = { false }
  ) {
    self.documents = documents
    self.counts = counts ?? WordCounts(documents)
    self.normalize = normalize
    self.tokenize = tokenize
    self.seed = seed
    self.threads = threads
    self.trainsVectors = trainsVectors
    self.report = report
    self.shouldStop = shouldStop
  }
}
