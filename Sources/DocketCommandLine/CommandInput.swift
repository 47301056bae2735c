import Docket
import FileAccess
import Models
import PipelineCore
import PipelineFiles

/// The input files of the subcommands. If a file is of the wrong kind, the error says what it is.
enum CommandInput {
  /// Reads the model at `path`.
  static func model(_ path: String, stages: StageRegistry) throws -> TrainedPipeline {
    try FileKind.expecting(.model, at: path) { try ModelArchive.read(path, stages: stages) }
  }

  /// Opens the model at `path` to classify with it; see `ModelArchive.open`.
  static func openModel(_ path: String, stages: StageRegistry) throws -> TrainedPipeline {
    try FileKind.expecting(.model, at: path) { try ModelArchive.open(path, stages: stages) }
  }

  /// Returns whether the name of a file is that of a table or a JSON file, whose lines are not
  /// plain texts.
  static func looksLikeTable(_ path: String) -> Bool {
    let name = path.hasSuffix(".gz") ? String(path.dropLast(3)) : path
    return [".csv", ".tsv", ".jsonl", ".ndjson", ".json"].contains { name.hasSuffix($0) }
  }

  /// Returns whether a file has one JSON object per line, judging by its name or first line.
  static func hasJSONLines(_ path: String) -> Bool {
    guard let file = try? InputFile(path: path, hashes: false),
      let start = try? file.nextChunk(size: 1 << 16)
    else { return false }
    let name = path.hasSuffix(".gz") ? String(path.dropLast(3)) : path
    return [".jsonl", ".ndjson"].contains { name.hasSuffix($0) }
      || isJSONObject(Array(start.prefix { $0 != UInt8(ascii: "\n") }))
  }

  /// Returns whether a line is a JSON object.
  static func isJSONObject(_ line: [UInt8]) -> Bool {
    line.first == UInt8(ascii: "{")
      && (try? JSONValue.parse(line, file: "", maximumCount: 1_000))?.object != nil
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
