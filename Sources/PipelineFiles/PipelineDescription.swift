public import Corpora
import FileAccess
public import PipelineCore

/// What a pipeline file says: the stages, made and ready, and the settings around them.
public struct PipelineDescription: Sendable {
  /// The format of pipeline files that this program reads and writes: `docket: 1`.
  public static let format = 1

  /// The corpus.
  public var corpus: CorpusSection
  /// The language that brings the stages which the file does not name; `nil` when it names none.
  ///
  /// While it is open, `language: auto` before the corpus was asked, the normalizers and the tokenizer
  /// that it is to bring are not yet those of the pipeline: see `decidingLanguage(on:threads:)`.
  public var language: LanguageChoice?
  /// Whether the vectors decide how text is prepared: `normalize: auto`, until they have been asked.
  ///
  /// Normalizers and tokenizer are then what the search begins with; see `decidingText(on:threads:)`.
  public var normalizesByVectors: Bool
  /// What changes the text, in order; may be empty.
  public var normalizers: [any Normalizer]
  /// What cuts the text into tokens.
  public var tokenizer: any Tokenizer
  /// What gives words their vectors; there if and only if the classifier reads vectors.
  public var embedding: JoinedEmbedding?
  /// What learns the labels.
  public var classifier: any Classifier
  /// How much of a document is read.
  public var limits: LimitsSection
  /// How the classifier learns.
  public var training: TrainingSettings
  /// The stages that the file may name, and whose alternatives `normalize: auto` tries.
  public let stages: StageRegistry
  /// The text that was read, as it was.
  public let sourceText: String
  /// The settings of the command line that were laid over it, as they were given.
  public let overrides: [String]

  package init(
    corpus: CorpusSection, language: LanguageChoice?, normalizesByVectors: Bool,
    normalizers: [any Normalizer], tokenizer: any Tokenizer, embedding: JoinedEmbedding?,
    classifier: any Classifier, limits: LimitsSection, training: TrainingSettings,
    stages: StageRegistry, sourceText: String, overrides: [String]
  ) {
    self.corpus = corpus
    self.language = language
    self.normalizesByVectors = normalizesByVectors
    self.normalizers = normalizers
    self.tokenizer = tokenizer
    self.embedding = embedding
    self.classifier = classifier
    self.limits = limits
    self.training = training
    self.stages = stages
    self.sourceText = sourceText
    self.overrides = overrides
  }

  /// Reads a pipeline file.
  ///
  /// - Parameters:
  ///   - path: the file; paths in it count from its folder.
  ///   - overrides: settings such as `training.seed=3`, laid over the file in this order; paths in
  ///     them count from the working directory.
  ///   - stages: what the file may name.
  ///   - requireFiles: whether a training corpus must be named and all files must be there.
  /// - Throws: `ConfigurationErrors` with everything that is wrong, in the order of the file;
  ///   `FileError` when the file itself cannot be read.
  public static func load(
    path: String, overrides: [String] = [], stages: StageRegistry, requireFiles: Bool
  ) throws -> PipelineDescription {
    let bytes: [UInt8]
    do {
      bytes = try InputFile.readAll(path: path, limit: PipelineText.sizeLimit)
    } catch let error as FileError {
      guard case .tooLarge(let size, _) = error.fact else { throw error }
      throw ConfigurationErrors([PipelineText.tooLong(size, name: path)])
    }
    let text: String
    do {
      text = try PipelineText.decode(bytes, name: path)
    } catch {
      throw ConfigurationErrors([error])
    }
    return try parse(
      text, name: path, directory: Folder.split(path).folder, overrides: overrides,
      stages: stages, requireFiles: requireFiles)
  }

  /// Reads the text of a pipeline file.
  ///
  /// - Parameters:
  ///   - text: the text.
  ///   - name: what messages call it.
  ///   - directory: where paths in it count from.
  ///   - overrides: settings that are laid over it, as in `load`.
  ///   - stages: what it may name.
  ///   - requireFiles: as in `load`; a model is read with `false`, for it opens no other files.
  /// - Throws: `ConfigurationErrors`.
  public static func parse(
    _ text: String, name: String, directory: String = ".", overrides: [String] = [],
    stages: StageRegistry, requireFiles: Bool
  ) throws -> PipelineDescription {
    let root: ConfigurationNode?
    do {
      let decoded = try PipelineText.decode(
        Array(text.utf8), name: name, limit: PipelineText.memoryLimit)
      root = try YAMLNodes.read(decoded, origin: .file(name))
    } catch {
      throw ConfigurationErrors([error])
    }
    guard var root else {
      let problem = "there are no stages: the file is empty or holds only comments"
      throw ConfigurationErrors([ConfigurationError(.syntax(problem), at: .file(name))])
    }
    var reader = PipelineReader(
      stages: stages, requireFiles: requireFiles, base: PathCheck.base(directory: directory))
    for written in overrides { reader.lay(written, over: &root) }
    return try reader.read(root, sourceText: text, overrides: overrides)
  }
}
