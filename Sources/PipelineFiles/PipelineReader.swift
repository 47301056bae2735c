import Corpora
import PipelineCore
import Tokenization

/// Converts the tree of a pipeline file to stages and settings, collecting all errors.
struct PipelineReader {
  /// The sections of a pipeline file, in the order in which they are written.
  private static let sections = [
    "docket", "corpus", "language", "normalize", "normalizers", "tokenizer", "embedding",
    "classifier", "limits", "training", "report",
  ]
  /// The maximum number of normalizers.
  private static let normalizerLimit = 60
  /// The maximum number of embeddings.
  static let embeddingLimit = 16

  private let stages: StageRegistry
  private let requireFiles: Bool
  private let requireCorpus: Bool
  private let base: PathBase
  private var errors: [ConfigurationError] = []

  init(stages: StageRegistry, requireFiles: Bool, requireCorpus: Bool, base: @escaping PathBase) {
    self.stages = stages
    self.requireFiles = requireFiles
    self.requireCorpus = requireCorpus
    self.base = base
  }

  /// Applies an override from the command line to the tree.
  mutating func apply(_ override: String, to root: inout ConfigurationNode) {
    do {
      try Override(override).apply(to: &root)
    } catch {
      errors.append(error)
    }
  }

  /// Reads the whole tree.
  ///
  /// - Throws: `ConfigurationErrors` with all errors in the tree and in the overrides.
  mutating func read(
    _ root: ConfigurationNode, sourceText: String, overrides: [String]
  ) throws(ConfigurationErrors) -> PipelineDescription {
    guard case .mapping(let entries) = root.value else {
      let expected = "a mapping of sections such as classifier:"
      report(.wrongType(key: "a pipeline", expected: expected, found: root.kind), at: root)
      throw ConfigurationErrors(errors)
    }
    try readFormat(root)
    for entry in entries where !Self.sections.containsBytes(of: entry.key) {
      let fact = ConfigurationFact.unknownKey(
        owner: "a pipeline", key: entry.key, known: Self.sections)
      errors.append(ConfigurationError(fact, at: entry.position))
    }
    var corpus = readCorpus(root)
    let language = readLanguage(root)
    let normalizesByVectors = readNormalize(root)
    let normalizers = readNormalizers(root)
    let tokenizer = readTokenizer(root)
    let embedding = readEmbedding(root)
    let classifier = readClassifier(root)
    let limits = LimitsSection.read(
      from: root["limits"], owner: "limits", base: base, errors: &errors)
    corpus.documentBytes = limits.documentBytes
    let training = TrainingSettings.read(
      from: root["training"], owner: "training", base: base, errors: &errors)
    let report = ReportSection.read(
      from: root["report"], owner: "report", base: base, errors: &errors)
    if let classifier { checkInput(of: classifier, root) }
    guard errors.isEmpty, let tokenizer, let classifier else {
      throw ConfigurationErrors(InputOrder.sorted(errors))
    }
    var description = PipelineDescription(
      corpus: corpus, language: language, normalizesByVectors: normalizesByVectors,
      normalizers: normalizers, tokenizer: tokenizer,
      embedding: embedding, classifier: classifier, limits: limits, training: training,
      stages: stages, sourceText: sourceText, overrides: overrides)
    description.report = report
    description.applyLanguage()
    return description
  }

  private mutating func report(_ fact: ConfigurationFact, at node: ConfigurationNode) {
    errors.append(ConfigurationError(fact, at: node.position))
  }

  /// Returns the value of a top-level key; a key without a value counts as missing.
  private func section(_ key: String, of root: ConfigurationNode) -> ConfigurationNode? {
    root[key].flatMap { $0.value == .null ? nil : $0 }
  }
}

// MARK: - Sections

extension PipelineReader {
  /// Reads the format number. If the format is newer, reading stops, because anything in the file
  /// may be new.
  private mutating func readFormat(_ root: ConfigurationNode) throws(ConfigurationErrors) {
    guard let node = section("docket", of: root) else {
      return report(.missingKey(owner: "a pipeline", key: "docket"), at: root)
    }
    guard let text = node.plainScalar, text.isDecimalInteger else {
      let expected = "the format number, \(PipelineDescription.format)"
      return report(.wrongType(key: "docket", expected: expected, found: node.kind), at: node)
    }
    if Int(text) == PipelineDescription.format { return }
    if text.utf8.first == UInt8(ascii: "-") || Int(text) == 0 {
      let allowed = "\(PipelineDescription.format)"
      return report(.outOfRange(key: "docket", value: text, allowed: allowed), at: node)
    }
    let fact = ConfigurationFact.unknownFormat(found: text, newest: PipelineDescription.format)
    throw ConfigurationErrors([ConfigurationError(fact, at: node.position)])
  }

  private mutating func readCorpus(_ root: ConfigurationNode) -> CorpusSection {
    let node = section("corpus", of: root)
    let corpus = CorpusSection.read(from: node, owner: "corpus", base: base, errors: &errors)
    if requireCorpus, node?["train"] == nil {
      report(.missingKey(owner: "corpus", key: "train"), at: node ?? root)
    }
    if requireFiles {
      errors += PathCheck.errors(
        of: CorpusSection.outline, in: node, owner: "corpus", allowsFolders: true, base: base)
    }
    return corpus
  }

  /// Reads `language`: `auto`, a language or a list of languages.
  private mutating func readLanguage(_ root: ConfigurationNode) -> LanguageChoice? {
    guard let node = section("language", of: root) else { return nil }
    var choice = LanguageChoice(
      languages: nil, choosesNormalizers: section("normalizers", of: root) == nil,
      choosesTokenizer: section("tokenizer", of: root) == nil)
    if node.scalar?.hasBytes(of: "auto") == true { return choice }
    var items = [node]
    if case .sequence(let listed) = node.value, !listed.isEmpty { items = listed }
    var languages: Set<Language> = []
    for item in items {
      guard let text = item.scalar else {
        let expected = "auto, a language such as fa, or a list of languages"
        report(.wrongType(key: "language", expected: expected, found: item.kind), at: item)
        continue
      }
      guard let language = Language.named(text) else {
        let known = LanguageChoice.known
        report(.unknownChoice(key: "language", value: text, known: known), at: item)
        continue
      }
      languages.insert(language)
    }
    choice.languages = languages.sorted()
    return choice
  }

  /// Reads `normalize`: `auto`, which requires an embedding with a vector file.
  private mutating func readNormalize(_ root: ConfigurationNode) -> Bool {
    guard let node = section("normalize", of: root) else { return false }
    guard let text = node.scalar else {
      report(.wrongType(key: "normalize", expected: "auto", found: node.kind), at: node)
      return false
    }
    guard text.hasBytes(of: "auto") else {
      report(.unknownChoice(key: "normalize", value: text, known: ["auto"]), at: node)
      return false
    }
    guard let embedding = section("embedding", of: root), Self.hasVectorFile(embedding) else {
      let problem = "normalize: auto requires a vector file, but the embedding has none"
      report(.conflict(problem), at: node)
      return false
    }
    return true
  }

  /// Whether an embedding, or one of a list, names a vector file.
  private static func hasVectorFile(_ embedding: ConfigurationNode) -> Bool {
    guard case .sequence(let items) = embedding.value else { return embedding["vectors"] != nil }
    return items.contains { $0["vectors"] != nil }
  }

  /// Checks that there is an embedding if and only if the classifier reads vectors.
  private mutating func checkInput(of classifier: any Classifier, _ root: ConfigurationNode) {
    let type = type(of: classifier)
    let embedding = section("embedding", of: root)
    switch (type.input, embedding) {
    case (.vectors, nil):
      let problem = "\(type.stageName) reads vectors, so the pipeline needs an embedding"
      report(.conflict(problem), at: root["classifier"] ?? root)
    case (.tokens, let embedding?):
      let problem = "\(type.stageName) reads tokens, not vectors; remove the embedding"
      report(.conflict(problem), at: embedding)
    default: break
    }
  }
}

// MARK: - Stages

extension PipelineReader {
  private mutating func readNormalizers(_ root: ConfigurationNode) -> [any Normalizer] {
    guard let node = section("normalizers", of: root) else { return [] }
    guard case .sequence(let items) = node.value else {
      report(
        .wrongType(key: "normalizers", expected: "a list of stages", found: node.kind), at: node)
      return []
    }
    guard items.count <= Self.normalizerLimit else {
      report(
        .outOfRange(
          key: "the number of normalizers", value: "\(items.count)",
          allowed: "at most \(Self.normalizerLimit)"), at: node)
      return []
    }
    var normalizers: [any Normalizer] = []
    for (number, item) in items.enumerated() {
      guard let name = stageName(item, key: "normalizers[\(number)]") else { continue }
      guard let type = stages.normalizer(named: name.text) else {
        reportUnknown(name, role: .normalizer)
        continue
      }
      if let stage = make(type, from: item) { normalizers.append(stage) }
    }
    return normalizers
  }

  private mutating func readTokenizer(_ root: ConfigurationNode) -> (any Tokenizer)? {
    let standard = StageName(text: "words.v1", position: root.position)
    let node = section("tokenizer", of: root)
    let name: StageName? =
      if let node { stageName(node, key: "tokenizer", default: standard) } else { standard }
    guard let name else { return nil }
    guard let type = stages.tokenizer(named: name.text) else {
      reportUnknown(name, role: .tokenizer)
      return nil
    }
    return make(type, from: node)
  }

  /// Reads an embedding, or a list of embeddings whose vectors are concatenated.
  private mutating func readEmbedding(_ root: ConfigurationNode) -> JoinedEmbedding? {
    guard let node = section("embedding", of: root) else { return nil }
    guard case .sequence(let items) = node.value else {
      return readEmbedding(node, key: "embedding").map { JoinedEmbedding([$0]) }
    }
    guard 1...Self.embeddingLimit ~= items.count else {
      report(
        .outOfRange(
          key: "the number of embeddings", value: "\(items.count)",
          allowed: "between 1 and \(Self.embeddingLimit)"), at: node)
      return nil
    }
    let parts = items.enumerated().map { number, item in
      readEmbedding(item, key: "embedding[\(number)]")
    }
    let found = parts.compactMap { $0 }
    return found.count == items.count ? JoinedEmbedding(found) : nil
  }

  private mutating func readEmbedding(
    _ node: ConfigurationNode, key: String
  ) -> (any Embedding)? {
    guard let name = stageName(node, key: key) else { return nil }
    guard let type = stages.embedding(named: name.text) else {
      reportUnknown(name, role: .embedding)
      return nil
    }
    return make(type, from: node)
  }

  private mutating func readClassifier(_ root: ConfigurationNode) -> (any Classifier)? {
    guard let node = section("classifier", of: root) else {
      report(.missingKey(owner: "a pipeline", key: "classifier"), at: root)
      return nil
    }
    guard let name = stageName(node, key: "classifier") else { return nil }
    guard let type = stages.classifier(named: name.text) else {
      reportUnknown(name, role: .classifier)
      return nil
    }
    return make(type, from: node)
  }

  /// The name of a stage with its position in the file.
  private struct StageName {
    var text: String
    var position: InputPosition
  }

  /// Returns the name in `name.v1` or `{stage: name.v1, ...}`.
  private mutating func stageName(
    _ node: ConfigurationNode, key: String, default standard: StageName? = nil
  ) -> StageName? {
    if let text = node.scalar { return StageName(text: text, position: node.position) }
    guard case .mapping = node.value else {
      let expected = "the name of a stage, or a mapping with stage: and its settings"
      report(.wrongType(key: key, expected: expected, found: node.kind), at: node)
      return nil
    }
    guard let name = node["stage"] else {
      if standard == nil { report(.missingKey(owner: key, key: "stage"), at: node) }
      return standard
    }
    guard let text = name.scalar else {
      let expected = "the name of a stage"
      report(.wrongType(key: "\(key).stage", expected: expected, found: name.kind), at: name)
      return nil
    }
    return StageName(text: text, position: name.position)
  }

  private mutating func reportUnknown(_ name: StageName, role: StageRole) {
    let fact = ConfigurationFact.unknownStage(
      role: role.rawValue, name: name.text, known: stages.names(of: role),
      otherRole: stages.role(ofStage: name.text)?.rawValue)
    errors.append(ConfigurationError(fact, at: name.position))
  }

  /// Creates a stage with the settings in `node`; returns `nil` if they have errors.
  private mutating func make<S: Stage>(_ type: S.Type, from node: ConfigurationNode?) -> S? {
    let before = errors.count
    // A scalar is only the name. Replace it with an empty mapping to keep the position for
    // messages.
    let settings = node.map { node in
      node.scalar == nil ? node : ConfigurationNode(.mapping([]), at: node.position)
    }
    let configuration = S.Configuration.read(
      from: settings, owner: S.stageName, ignoring: ["stage"], base: base,
      parts: stages.parts, errors: &errors)
    if requireFiles {
      errors += PathCheck.errors(
        of: S.Configuration.outline, in: settings, owner: S.stageName, allowsFolders: false,
        base: base)
    }
    guard errors.count == before else { return nil }
    let stage = S(configuration: configuration)
    guard let program = stage as? any ProgramStage else { return stage }
    return permitted(program, at: node) as? S
  }

  /// Grants a stage permission to run its program; reports an error if that is not allowed.
  private mutating func permitted<S: ProgramStage>(
    _ stage: S, at node: ConfigurationNode?
  ) -> S? {
    let access = stages.programAccess
    // If files are not required, the pipeline belongs to a model, which does not create vectors.
    if access == .refused, requireFiles || S.runsInModels {
      let fact = ConfigurationFact.programNotAllowed(stage: S.stageName)
      errors.append(ConfigurationError(fact, at: node?.position))
      return nil
    }
    let permitted = stage.with(access: access)
    guard requireFiles, case .allowed = access else { return permitted }
    do {
      _ = try permitted.programFiles()
      return permitted
    } catch {
      let reason = (error as? any DiagnosableError)?.sentence ?? "\(error)"
      let fact = ConfigurationFact.unusableProgram(stage: S.stageName, reason: reason)
      errors.append(ConfigurationError(fact, at: node?.position))
      return nil
    }
  }
}

// MARK: - Order of errors

/// Sorts errors in the order in which a reader of the file finds them.
private enum InputOrder {
  /// Returns errors about whole files, then errors by line and column, then errors about options.
  static func sorted(_ errors: [ConfigurationError]) -> [ConfigurationError] {
    let ranks = errors.map { rank($0.position) }
    let order = errors.indices.sorted { left, right in
      ranks[left] == ranks[right] ? left < right : ranks[left] < ranks[right]
    }
    return order.map { errors[$0] }
  }

  private static func rank(_ position: InputPosition?) -> (Int, Int, Int) {
    switch position {
    case nil: (0, 0, 0)
    case .file, .byte: (0, 0, 0)
    case .line(_, let line, let column): (1, line, column ?? 0)
    case .lineByte(_, let line, let byte): (1, line, byte)
    case .option: (2, 0, 0)
    }
  }
}
