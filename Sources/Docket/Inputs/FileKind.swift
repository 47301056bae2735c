public import Corpora
import FileAccess
import Models
public import PipelineCore

/// The kind of a file, detected from its name and its first bytes.
public enum FileKind: Sendable, Equatable {
  /// A pipeline file.
  case pipeline
  /// A trained model.
  case model
  /// A file or folder of labelled documents.
  case corpus(CorpusFormat)

  /// The number of bytes at the start of a file that are searched for the key of a pipeline file.
  private static let sample = 1 << 16

  /// Examines the file or folder at `path`; `nil` if it cannot be read or is of no known kind.
  package init?(of path: String) {
    if ModelArchive.isModel(path) {
      self = .model
    } else if Self.isPipeline(path) {
      self = .pipeline
    } else if let format = try? CorpusFormat.detect(path) {
      self = .corpus(format)
    } else {
      return nil
    }
  }

  /// Returns whether a file is YAML with the key that every pipeline file has.
  private static func isPipeline(_ path: String) -> Bool {
    guard let file = try? InputFile(path: path, hashes: false),
      let start = try? file.nextChunk(size: sample)
    else { return false }
    let key = Array("docket:".utf8)
    return start.split(separator: UInt8(ascii: "\n")).contains { $0.starts(with: key) }
  }

  /// Runs `body`, which reads the file at `path`. If `body` throws because of the contents and the
  /// file is of a different kind than expected, throws an error that says so instead.
  ///
  /// - Throws: `WrongFileError`; any error from `body`.
  package static func expecting<Result>(
    _ expected: WrongFileFact.Expectation, at path: String, _ body: () throws -> Result
  ) throws -> Result {
    do {
      return try body()
    } catch {
      guard Self.isAboutContents(error), let kind = FileKind(of: path), !expected.accepts(kind)
      else { throw error }
      throw WrongFileError(.wrongKind(kind, expected: expected, path: path), at: .file(path))
    }
  }

  private static func isAboutContents(_ error: any Error) -> Bool {
    if error is ConfigurationErrors { return true }
    guard let error = error as? any DiagnosableError else { return false }
    return error.category == .badInput
  }
}

/// A file that is not of the kind that a command expects, with its position.
public typealias WrongFileError = LocatedError<WrongFileFact>

/// A file that is not of the kind that a command expects.
public enum WrongFileFact: DiagnosableFact {
  /// The kind of file that a command expects.
  public enum Expectation: Sendable {
    /// A pipeline file.
    case pipeline
    /// A trained model.
    case model
    /// A file or folder of labelled documents.
    case corpus

    fileprivate func accepts(_ kind: FileKind) -> Bool {
      switch (self, kind) {
      case (.pipeline, .pipeline), (.model, .model), (.corpus, .corpus): true
      default: false
      }
    }

    fileprivate var name: String {
      switch self {
      case .pipeline: "a pipeline file"
      case .model: "a model"
      case .corpus: "a corpus"
      }
    }
  }

  /// The file is of a different kind than expected.
  case wrongKind(FileKind, expected: Expectation, path: String)

  /// The stable name of the fact.
  public var code: String {
    switch self {
    case .wrongKind: "wrong-file"
    }
  }

  /// The fact as a sentence.
  public var sentence: String {
    switch self {
    case .wrongKind(let kind, let expected, let path):
      "expected \(expected.name), found \(kind.name); \(Self.advice(kind, expected, path))"
    }
  }

  private static func advice(
    _ kind: FileKind, _ expected: Expectation, _ path: String
  ) -> String {
    let file = path.excerpt(200)
    switch (kind, expected) {
    case (.model, .pipeline):
      return "to classify documents, use docket classify \(file); to see its pipeline, docket show "
        + file
    case (.model, _): return "a model is the first argument of docket evaluate and docket classify"
    case (.pipeline, .corpus):
      return "to check it, use docket check \(file); to train and evaluate it, docket run \(file)"
    case (.pipeline, _): return "to train a model, use docket run \(file)"
    case (.corpus, .pipeline):
      return "to write a pipeline file for this corpus, use docket init \(file) --output "
        + "pipeline.yaml"
    case (.corpus, _):
      return "to evaluate a model on this corpus, use docket evaluate MODEL \(file)"
    }
  }
}

extension FileKind {
  fileprivate var name: String {
    switch self {
    case .pipeline: "a pipeline file"
    case .model: "a model"
    case .corpus(.folder): "a folder"
    case .corpus(let format): "labelled documents (\(format.rawValue))"
    }
  }
}
