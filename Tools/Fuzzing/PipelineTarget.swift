import Docket
import PipelineCore
import PipelineFiles

/// Reads pipeline files, and command-line settings that override theirs.
enum PipelineTarget {
  private static let base = """
    docket: 1
    corpus: {train: train.tsv, test: [a.tsv, b.tsv]}
    normalizers: [sanitize.v1, {stage: numbers.v1, least: 3}]
    tokenizer: words.v1
    embedding:
      - {stage: random.v1, dimensions: 8, pretrain: true}
      - {stage: word2vec.v1, vectors: v.txt}
    classifier: {stage: recurrent.v1, hidden: 8}
    training: {epochs: 2, classWeights: {a: 1, b: 2}}
    """

  /// Reads the input as a pipeline file.
  static func checkFile(_ input: [UInt8]) throws -> String {
    let path = FuzzedFile.put(input, as: "p.yaml")
    return try check(input) {
      try PipelineDescription.load(path: path, stages: .builtIn, requireFiles: false)
    }
  }

  /// Applies each line of the input as a `--set` to the same pipeline.
  static func checkOverrides(_ input: [UInt8]) throws -> String {
    let overrides = input.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
    _ = try? TrainingSettings.parse(overrides)
    return try check(Array(base.utf8)) {
      try PipelineDescription.parse(
        base, name: "p.yaml", overrides: overrides, stages: .builtIn, requireFiles: false)
    }
  }

  /// Reads a pipeline. The positions of errors must be inside the file; the resolved text must give
  /// the same pipeline.
  private static func check(
    _ file: [UInt8], _ read: () throws -> PipelineDescription
  ) throws -> String {
    let description: PipelineDescription
    do {
      description = try read()
    } catch let errors as ConfigurationErrors {
      // A CR ends a line too.
      let lines = String(decoding: file, as: UTF8.self).split(
        omittingEmptySubsequences: false,
        whereSeparator: { $0 == "\n" || $0 == "\r" || $0 == "\r\n" })
      let text = Array(lines.joined(separator: "\n").utf8)
      for error in errors.errors {
        if case .byte = error.position {
          try requirePosition(error.position, inside: file)
        } else {
          try requirePosition(error.position, inside: text)
        }
      }
      throw errors
    }
    let text = description.resolvedText
    do {
      let again = try PipelineDescription.parse(
        text, name: "resolved", stages: .builtIn, requireFiles: false)
      try require(again.resolvedText == text, "resolving again gives another text:\n\(text)")
    } catch let errors as ConfigurationErrors {
      throw BrokenPromise(description: "\(errors.lines) in the resolved text:\n\(text)")
    }
    return "read"
  }
}
