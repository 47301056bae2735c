package import Corpora
package import FileAccess
import PipelineCore
import PipelineFiles

/// A corpus that a model has learned from, as far as it takes to find it again.
package struct LearnedCorpus: Sendable, Equatable {
  /// Where it is and how it is written.
  package var section: CorpusSection
  /// Where the choice of its validation documents came from.
  package var seed: Int
  /// What it was.
  package var sha256: String

  /// For messages: `train.tsv` or `a.tsv, b.tsv`.
  package var name: String { section.train.map(\.written).joined(separator: ", ") }

  /// What a model holds of it.
  package var json: JSONValue {
    var writer = ResolvedTextWriter()
    writer.section("corpus", section.written())
    return .members([
      "corpus": .string(writer.text), "seed": .integer(seed), "sha256": .string(sha256),
    ])
  }

  /// A corpus of these facts.
  package init(section: CorpusSection, seed: Int, sha256: String) {
    self.section = section
    self.seed = seed
    self.sha256 = sha256
  }

  /// The corpus that `json` wrote; `nil` for what is none.
  package init?(_ json: JSONValue) {
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

  /// The same with paths that count from `folder`, where there is such a file in it.
  package func found(in folder: String) -> LearnedCorpus {
    let base = PathCheck.base(directory: folder)
    func found(_ path: FilePath) -> FilePath {
      let moved = base(path.written, .file(""))
      let isThere = Folder.exists(moved.resolved) || (try? InputFile(path: moved.resolved)) != nil
      return isThere ? moved : path
    }
    var corpus = self
    corpus.section.train = section.train.map(found)
    corpus.section.test = section.test.map(found)
    return corpus
  }
}
