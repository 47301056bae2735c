package import Corpora
import FileAccess
import PipelineCore
import PipelineFiles

/// A corpus that a model was trained on, as recorded in the model.
package struct TrainingCorpus: Sendable, Equatable {
  /// The files, their format, and how the corpus is split.
  package var section: CorpusSection
  /// The seed for choosing the validation documents.
  package var seed: Int
  /// The SHA-256 of the corpus.
  package var sha256: String

  /// Creates a record of a corpus.
  package init(section: CorpusSection, seed: Int, sha256: String) {
    self.section = section
    self.seed = seed
    self.sha256 = sha256
  }

  /// The names of the files, for messages: `train.tsv`, or `a.tsv, b.tsv`.
  package var name: String {
    section.train.isEmpty
      ? "documents in memory" : section.train.map(\.written).joined(separator: ", ")
  }

  /// The corpus as stored in a model.
  var json: JSONValue {
    var writer = ResolvedTextWriter()
    writer.section("corpus", section.written())
    return .members([
      "corpus": .string(writer.text), "seed": .integer(seed), "sha256": .string(sha256),
    ])
  }

  /// Reads a corpus from `json`; `nil` if it is not valid.
  init?(_ json: JSONValue) {
    guard let text = json["corpus"]?.string, let seed = json["seed"]?.integer,
      let sha256 = json["sha256"]?.string,
      let root = try? YAMLNodes.read(
        PipelineText.decode(Array(text.utf8), name: ""), origin: .file(""))
    else { return nil }
    var errors: [ConfigurationError] = []
    section = CorpusSection.read(
      from: root["corpus"], owner: "corpus", base: PathCheck.base(directory: ""), errors: &errors)
    guard errors.isEmpty else { return nil }
    (self.seed, self.sha256) = (seed, sha256)
  }

  /// Returns the corpus with each path resolved against `folder`, if a file or folder can be opened
  /// there; other paths stay as they are.
  ///
  /// - Throws: `FileError` if a file or folder exists there but cannot be opened.
  package func found(in folder: String) throws -> TrainingCorpus {
    let base = PathCheck.base(directory: folder)
    func found(_ path: FilePath) throws -> FilePath {
      let moved = base(path.written, .file(""))
      do {
        if try Folder.isFolder(moved.resolved) == false { _ = try InputFile(path: moved.resolved) }
        return moved
      } catch let error as FileError where error.category == .missingInput {
        return path
      }
    }
    var corpus = self
    corpus.section.train = try section.train.map(found)
    corpus.section.test = try section.test.map(found)
    return corpus
  }
}
