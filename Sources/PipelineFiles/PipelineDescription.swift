public import Corpora
import FileAccess
package import Messages
public import PipelineCore

/// The content of a pipeline file: stages with their settings, and the settings of each section.
public struct PipelineDescription: Sendable {
  /// The format of pipeline files that this version reads and writes: `docket: 1`.
  public static let format = 1

  /// The labelled documents.
  public var corpus: CorpusSection
  /// The language, which determines the stages that the file does not name; `nil` if the file has
  /// no language.
  ///
  /// While `language: auto` is unresolved, `normalizers` and `tokenizer` are not yet the ones for
  /// the language; see `decidingLanguage(on:threads:)`.
  public var language: LanguageChoice?
  /// Whether the text stages have yet to be chosen by how well the vectors cover the text
  /// (`normalize: auto`).
  ///
  /// If so, `normalizers` and `tokenizer` are the starting point of a search; see
  /// `decidingText(on:threads:)`.
  public var normalizesByVectors: Bool
  /// The normalizers, in order; may be empty.
  public var normalizers: [any Normalizer]
  /// The tokenizer.
  public var tokenizer: any Tokenizer
  /// The embeddings; `nil` if and only if the classifier does not read vectors.
  public var embedding: JoinedEmbedding?
  /// The classifier.
  public var classifier: any Classifier
  /// The limits on documents.
  public var limits: LimitsSection
  /// The training settings.
  public var training: TrainingSettings
  /// The settings of the report on the test documents.
  public var report = ReportSection()
  /// The stages that the file can name. `normalize: auto` tries their alternatives.
  public let stages: StageRegistry
  /// The text of the file, unchanged; empty for a pipeline made in code.
  public let sourceText: String
  /// The settings from the command line that override those in the file, as given.
  public let overrides: [String]
  /// A note about each setting that was removed because an override excludes it.
  package var replacedSettings: [Finding] = []

  /// Creates a description.
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

  /// All files that the settings name, in any section or stage.
  public var files: [FilePath] {
    let stages: [any Stage] = normalizers + [tokenizer] + (embedding?.parts ?? []) + [classifier]
    return corpus.files + stages.flatMap { $0.files } + limits.files + training.files
  }

  /// Reads a pipeline file.
  ///
  /// - Parameters:
  ///   - path: the file. Paths in it are relative to its folder.
  ///   - overrides: settings such as `training.seed=3` that override those in the file, applied in
  ///     this order. Paths in them are relative to the working directory.
  ///   - stages: the stages that the file can name.
  ///   - requireFiles: whether a training corpus must be named and all files that the pipeline names
  ///     must exist.
  /// - Throws: `ConfigurationErrors` with all errors, in the order of the file; `FileError` if the
  ///   file itself cannot be read; any error from starting an external program.
  package static func load(
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
    let description = try parse(
      text, name: path, directory: Folder.split(path).folder, overrides: overrides,
      stages: stages, requireFiles: requireFiles)
    try description.startPrograms()
    return description
  }

  /// Reads the text of a pipeline file.
  ///
  /// - Parameters:
  ///   - text: the text.
  ///   - name: the name of the file in messages.
  ///   - directory: the folder that paths in the text are relative to.
  ///   - overrides: settings that override those in the text, as in `load`.
  ///   - stages: the stages that the text can name.
  ///   - requireFiles: whether all files that the pipeline names must exist; `false` for the pipeline
  ///     of a model, which must not open any other files.
  ///   - requireCorpus: whether a training corpus must be named; `nil` for the same as
  ///     `requireFiles`.
  /// - Throws: `ConfigurationErrors` with all errors.
  package static func parse(
    _ text: String, name: String, directory: String = ".", overrides: [String] = [],
    stages: StageRegistry, requireFiles: Bool, requireCorpus: Bool? = nil
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
      let problem = "no stages; the file is empty or has only comments"
      throw ConfigurationErrors([ConfigurationError(.syntax(problem), at: .file(name))])
    }
    var reader = PipelineReader(
      stages: stages, requireFiles: requireFiles, requireCorpus: requireCorpus ?? requireFiles,
      base: PathCheck.base(directory: directory))
    for override in overrides { reader.apply(override, to: &root) }
    let replaced = ReplacedSettings.remove(from: &root, stages: stages)
    var description = try reader.read(root, sourceText: text, overrides: overrides)
    description.replacedSettings = replaced
    return description
  }
}

extension PipelineDescription {
  /// Checks, as for a pipeline file, that the settings are in range and compatible, and that the
  /// stages are registered. Settings that a program has changed are not checked anywhere else.
  ///
  /// - Throws: `ConfigurationErrors`; `RegistryError` if a stage has the same name as a registered
  ///   stage of another type.
  package func validate() throws {
    let written: PipelineDescription
    do {
      written = try Self.parse(
        resolvedText, name: "pipeline", stages: stages, requireFiles: false)
    } catch var errors as ConfigurationErrors {
      // The position refers to a text that the user has never seen.
      for index in errors.errors.indices { errors.errors[index].position = nil }
      throw errors
    }
    for (stage, registered) in zip(orderedStages, written.orderedStages) {
      guard type(of: stage.stage) != type(of: registered.stage) else { continue }
      throw RegistryError(
        twoTypes: type(of: registered.stage), type(of: stage.stage),
        named: type(of: stage.stage).stageName, kind: stage.role.rawValue)
    }
  }

  /// The stages that `resolvedText` names, in the same order.
  private var orderedStages: [(role: StageRole, stage: any Stage)] {
    var stages: [(role: StageRole, stage: any Stage)] = []
    if !(language?.isOpen == true && language?.choosesNormalizers == true) {
      stages += normalizers.map { (.normalizer, $0) }
    }
    if !(language?.isOpen == true && language?.choosesTokenizer == true) {
      stages.append((.tokenizer, tokenizer))
    }
    stages += (embedding?.parts ?? []).map { (.embedding, $0) }
    return stages + [(.classifier, classifier)]
  }
}

/// The `limits` section of a pipeline file: the limits on documents.
public struct LimitsSection: StageConfiguration {
  /// The maximum number of tokens in a document; longer documents are truncated, with a warning.
  public var tokens = 1024
  /// The maximum size of a document in bytes; a larger one gets an error record.
  public var documentBytes = 1 << 20

  /// Creates default limits.
  public init() {}

  /// The settings.
  public static var settings: [Setting<Self>] {
    [
      .integer("tokens", \.tokens, 1...1_000_000, "tokens per document; the rest is cut"),
      .integer(
        "documentBytes", \.documentBytes, 1...(1 << 30),
        "bytes per document; larger documents are rejected"),
    ]
  }
}
