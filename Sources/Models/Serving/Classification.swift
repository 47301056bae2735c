import FileAccess
public import PipelineCore

/// The labels that a trained pipeline assigns to a document, most probable first.
public struct Classification: Sendable, Equatable {
  /// A label with its probability.
  public struct RankedLabel: Sendable, Equatable {
    /// The label.
    public let label: Label
    /// The probability, in `0...1`.
    public let probability: Float
  }

  /// All labels of the model, most probable first; ties are in label order. The probabilities sum
  /// to 1.
  public let ranked: [RankedLabel]
  /// Warnings about the document, such as no tokens, truncation or unknown words.
  public let warnings: [DocumentWarning]
  /// The number of tokens of the document, after truncation.
  public let tokenCount: Int

  /// Ranks the labels of a prediction.
  ///
  /// - Precondition: there is one probability per label, and at least one label.
  package init(_ prediction: Prediction, labels: LabelSet) {
    precondition(labels.count > 0 && prediction.probabilities.count == labels.count)
    ranked = prediction.top(labels.count).map {
      RankedLabel(label: labels[$0], probability: prediction.probabilities[$0])
    }
    warnings = prediction.warnings
    tokenCount = prediction.tokenCount
  }

  /// The most probable label.
  public var label: Label { ranked[0].label }

  /// The probability of `label`.
  public var probability: Float { ranked[0].probability }

  /// Returns the probability of a label; `nil` if the model does not have it.
  public func probability(of label: Label) -> Float? {
    ranked.first { $0.label == label }?.probability
  }
}

extension TrainedPipeline {
  /// Classifies one document on the calling thread.
  ///
  /// Any number of tasks and threads can call this method and the ones below concurrently.
  ///
  /// - Throws: the reason why the document cannot be classified.
  public func classify(_ text: String) throws(DocumentError) -> Classification {
    try classify(Array(text.utf8))
  }

  /// Classifies one document like the method above, given its bytes. Bytes that are not valid UTF-8
  /// are an error.
  public func classify(_ bytes: [UInt8]) throws(DocumentError) -> Classification {
    let prediction = try predict([bytes], threads: 1)[0].get()
    return Classification(prediction, labels: labels)
  }

  /// Classifies documents, and waits for the result.
  ///
  /// The result of a document is bitwise identical whether it is classified alone or with others.
  ///
  /// - Parameter threads: the number of threads, which never changes the result; `nil` for one per
  ///   processor.
  /// - Returns: for each document, in order, its classification, or the reason why it cannot be
  ///   classified.
  public func classify(
    _ texts: [String], threads: Int? = nil
  ) -> [Result<Classification, DocumentError>] {
    classify(texts.count, threads: threads, isCancelled: { false }) { Array(texts[$0].utf8) }
  }

  /// Classifies documents like the method above, given their bytes. A document that is not valid
  /// UTF-8 gets an error.
  public func classify(
    _ documents: [[UInt8]], threads: Int? = nil
  ) -> [Result<Classification, DocumentError>] {
    classify(documents.count, threads: threads, isCancelled: { false }) { documents[$0] }
  }

  /// Classifies one document as `classify` does, without blocking the task's thread.
  ///
  /// - Throws: `DocumentError`; `CancellationError` if the task is cancelled.
  public func classification(of text: String) async throws -> Classification {
    try await BackgroundWork.run { _ in try classify(text) }
  }

  /// Classifies one document like the method above, given its bytes.
  ///
  /// - Throws: `DocumentError`; `CancellationError` if the task is cancelled.
  public func classification(of bytes: [UInt8]) async throws -> Classification {
    try await BackgroundWork.run { _ in try classify(bytes) }
  }

  /// Classifies documents as `classify` does, without blocking the task's thread.
  ///
  /// - Parameter threads: the number of threads, which never changes the result; `nil` for one per
  ///   processor.
  /// - Throws: `CancellationError` if the task is cancelled.
  public func classifications(
    of texts: [String], threads: Int? = nil
  ) async throws -> [Result<Classification, DocumentError>] {
    try await BackgroundWork.run { cancellation in
      classify(texts.count, threads: threads, isCancelled: { cancellation.isCancelled }) {
        Array(texts[$0].utf8)
      }
    }
  }

  /// Classifies documents like the method above, given their bytes.
  ///
  /// - Throws: `CancellationError` if the task is cancelled.
  public func classifications(
    of documents: [[UInt8]], threads: Int? = nil
  ) async throws -> [Result<Classification, DocumentError>] {
    try await BackgroundWork.run { cancellation in
      classify(documents.count, threads: threads, isCancelled: { cancellation.isCancelled }) {
        documents[$0]
      }
    }
  }

  private func classify(
    _ count: Int, threads: Int?, isCancelled: () -> Bool, document: (Int) -> [UInt8]
  ) -> [Result<Classification, DocumentError>] {
    let threads = ProcessorCount.chosen(threads)
    var results: [Result<Classification, DocumentError>] = []
    results.reserveCapacity(count)
    for block in Shards.ranges(of: count, size: 1 << 10) where !isCancelled() {
      results += predict(block.map(document), threads: threads).map { result in
        result.map { Classification($0, labels: labels) }
      }
    }
    return results
  }
}
