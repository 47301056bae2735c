import Docket
import Models
import PipelineCore
import PipelineFiles

/// The files that the verbs read. A file of the wrong kind gets an error that says what it is.
enum CommandInput {
  /// Reads the model at `path`.
  static func model(_ path: String, stages: StageRegistry) throws -> TrainedPipeline {
    try FileKind.expecting(.model, at: path) { try ModelArchive.read(path, stages: stages) }
  }

  /// Reads the pipeline file at `path`.
  static func pipeline(
    _ path: String, overrides: [String] = [], stages: StageRegistry, requireFiles: Bool = true
  ) throws -> PipelineDescription {
    try FileKind.expecting(.pipeline, at: path) {
      try PipelineDescription.load(
        path: path, overrides: overrides, stages: stages, requireFiles: requireFiles)
    }
  }
}
