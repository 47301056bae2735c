import FileAccess
import PipelineCore

/// A corpus that a model has learned from, as far as it takes to find it again.
struct LearnedCorpus: Sendable, Equatable {
  /// Where it is and how it is written.
  var section: CorpusSection
  /// Where the choice of its validation documents came from.
  var seed: Int
  /// What it was.
  var sha256: String

  /// For messages: `train.tsv` or `a.tsv, b.tsv`.
  var name: String { section.train.map(\.written).joined(separator: ", ") }

  /// What a model holds of it.
  var json: JSONValue {
    var writer = ResolvedTextWriter()
    writer.section("corpus", section.written())
    return .members([
      "corpus": .string(writer.text), "seed": .integer(seed), "sha256": .string(sha256),
    ])
  }

  /// A corpus of these facts.
  init(section: CorpusSection, seed: Int, sha256: String) {
    self.section = section
    self.seed = seed
    self.sha256 = sha256
  }

  /// The corpus that `json` wrote; `nil` for what is none.
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

  /// The same with paths that count from `folder`, where there is such a file in it.
  func found(in folder: String) -> LearnedCorpus {
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

  /// The documents, those to learn from apart from those that chose the best epoch.
  ///
  /// - Throws: what is wrong with the file; `GrowthError` when it is not what it was.
  func read() throws -> CorpusSplit {
    var options = section.options
    options.purpose = .evaluation
    let corpus = try section.readTraining(options)
    guard corpus.sha256 == sha256 else {
      throw GrowthError(.otherCorpus(recorded: sha256, found: corpus.sha256), file: name)
    }
    guard case .share(let share) = section.validation, share > 0 else {
      return CorpusSplit(training: corpus.documents, validation: [])
    }
    return corpus.split(validation: share, seed: seed)
  }
}
