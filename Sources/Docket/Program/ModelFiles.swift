public import Corpora
import FileAccess
public import Models
public import PipelineCore
public import Reports

extension TrainedPipeline {
  /// Reads a model file. No other file is opened, even if the model names one, unless
  /// `stages.programAccess` allows external programs; they are then started.
  ///
  /// - Parameters:
  ///   - path: the model file.
  ///   - stages: the stages that the model may use.
  /// - Throws: `ModelError` if anything in the file is wrong; `FileError`; another
  ///   `DiagnosableError` with the code `wrong-file` for a pipeline or a corpus.
  public init(contentsOf path: String, stages: StageRegistry = .builtIn) throws {
    self = try FileKind.expecting(.model, at: path) {
      try ModelArchive.read(path, stages: stages)
    }
  }

  /// Writes the model to a file, atomically.
  ///
  /// - Returns: the SHA-256 of the file.
  /// - Throws: `ModelError` for weights that are NaN or infinite; `FileError`.
  @discardableResult
  public func write(to path: String) throws -> String {
    try ModelArchive.write(self, to: path)
  }

  /// Evaluates the pipeline like `evaluate(on:threads:)`, without blocking the task's thread.
  ///
  /// - Throws: the same errors as `evaluate(on:threads:)`; `CancellationError` if the task is
  ///   cancelled.
  public func evaluation(on corpus: Corpus, threads: Int? = nil) async throws -> Evaluation {
    try await BackgroundWork.run { cancellation in
      var none: DocumentProfile?
      return try evaluate(
        on: corpus, threads: threads, addingTo: &none,
        shouldStop: { cancellation.isCancelled }, report: { _ in })
    }
  }
}
