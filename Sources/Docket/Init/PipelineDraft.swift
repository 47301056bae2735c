import FileAccess
import PipelineCore

/// A first pipeline file for a corpus, with what was found in the data as comments.
public struct PipelineDraft: Sendable {
  /// The pipeline file.
  public let text: String

  /// Looks at data and drafts a pipeline.
  ///
  /// - Parameters:
  ///   - corpus: a file or folder; `test` and `validation` files beside a `train` are found.
  ///   - vectors: a file of word vectors, if there is one.
  ///   - folder: where the pipeline file will stand; paths in it count from there.
  ///   - stages: the stages that the draft may name.
  ///   - threads: the number of threads; never changes the result.
  /// - Throws: a `DiagnosableError` for what is wrong with the data.
  public init(
    corpus: String, vectors: String?, folder: String = ".", stages: StageRegistry, threads: Int
  ) throws {
    let files = try CorpusFiles(at: corpus)
    let facts = try DraftFacts(files, vectors: vectors, stages: stages, threads: threads)
    text =
      DraftText(
        facts: facts, files: files, vectors: vectors, paths: DraftPaths(folder: folder)
      ).text
  }
}

/// Writes paths as they count from the folder of the pipeline file.
struct DraftPaths {
  private let prefix: String

  /// Paths for a pipeline file in this folder, which counts from the working directory.
  init(folder: String) {
    let parts = folder.split(separator: "/").filter { $0 != "." }
    // From a folder below, as many steps up; from any other place only whole paths are sure.
    let isBelow = !folder.hasPrefix("/") && !parts.contains("..")
    prefix =
      isBelow ? String(repeating: "../", count: parts.count) : Folder.working + "/"
  }

  /// The path in YAML's double quotes.
  func quoted(_ path: String) -> String {
    JSONValue.string(path.hasPrefix("/") ? path : prefix + path).text()
  }
}
