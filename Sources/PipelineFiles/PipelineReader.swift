import Corpora
import PipelineCore

/// Turns the tree of a pipeline file into stages and settings, and collects all that is wrong.
struct PipelineReader {
  /// The keys at the top of a pipeline file, in the order in which they are written.
  static let sections = [
    "docket", "corpus", "language", "normalize", "normalizers", "tokenizer", "embedding",
    "classifier", "limits", "training",
  ]
  /// Far more than anyone needs, and few enough to run.
  static let normalizerLimit = 60
  /// The same for embeddings side by side.
  static let embeddingLimit = 16

  let stages: StageRegistry
  let requireFiles: Bool
  package let base: PathBase
  var errors: [ConfigurationError] = []

  init(stages: StageRegistry, requireFiles: Bool, base: @escaping PathBase) {
    self.stages = stages
    self.requireFiles = requireFiles
    self.base = base
  }

  /// Lays a setting of the command line over the file.
  mutating func lay(_ written: String, over root: inout ConfigurationNode) {
    do {
      try Override(written).apply(to: &root)
    } catch {
      errors.append(error)
    }
  }

  /// Reads the whole tree.
  ///
  /// - Throws: `ConfigurationErrors` if there was any error, here or while laying settings over.
  mutating func read(
    _ root: ConfigurationNode, sourceText: String, overrides: [String]
  ) throws(ConfigurationErrors) -> PipelineDescription {
    guard case .mapping(let entries) = root.value else {
      let expected = "a mapping of sections such as classifier:"
      report(.wrongType(key: "a pipeline", expected: expected, found: root.kind), at: root)
      throw ConfigurationErrors(errors)
    }
    try readFormat(root)
    for entry in entries where !Self.sections.contains(entry.key) {
      let fact = ConfigurationError.Fact.unknownKey(
        owner: "a pipeline", key: entry.key, known: Self.sections)
      errors.append(ConfigurationError(fact, at: entry.position))
    }
    let corpus = readCorpus(root)
    let language = readLanguage(root)
    let normalizesByVectors = readNormalize(root)
    let normalizers = readNormalizers(root)
    let tokenizer = readTokenizer(root)
    let embedding = readEmbedding(root)
    let classifier = readClassifier(root)
    let limits = LimitsSection.read(
      from: root["limits"], owner: "limits", base: base, errors: &errors)
    let training = TrainingSettings.read(
      from: root["training"], owner: "training", base: base, errors: &errors)
    if let classifier { checkInput(of: classifier, root) }
    guard errors.isEmpty, let tokenizer, let classifier else {
      throw ConfigurationErrors(InputOrder.sorted(errors))
    }
    var description = PipelineDescription(
      corpus: corpus, language: language, normalizesByVectors: normalizesByVectors,
      normalizers: normalizers, tokenizer: tokenizer,
      embedding: embedding, classifier: classifier, limits: limits, training: training,
      stages: stages, sourceText: sourceText, overrides: overrides)
    description.applyLanguage()
    return description
  }

  mutating func report(_ fact: ConfigurationError.Fact, at node: ConfigurationNode) {
    errors.append(ConfigurationError(fact, at: node.position))
  }

  /// What stands under a key of the top; a key with nothing after it is as good as none.
  package func section(_ key: String, of root: ConfigurationNode) -> ConfigurationNode? {
    root[key].flatMap { $0.value == .null ? nil : $0 }
  }

  /// A file of a newer format is not read any further: all else in it could be new as well.
  private mutating func readFormat(_ root: ConfigurationNode) throws(ConfigurationErrors) {
    guard let node = section("docket", of: root) else {
      return report(.missingKey(owner: "a pipeline", key: "docket"), at: root)
    }
    guard let text = node.plainScalar, text.isDecimalInteger else {
      let fact = ConfigurationError.Fact.wrongType(
        key: "docket", expected: "the number of the format, \(PipelineDescription.format)",
        found: node.kind)
      return report(fact, at: node)
    }
    if Int(text) == PipelineDescription.format { return }
    if text.hasPrefix("-") || Int(text) == 0 {
      let allowed = "\(PipelineDescription.format)"
      return report(.outOfRange(key: "docket", value: text, allowed: allowed), at: node)
    }
    let fact = ConfigurationError.Fact.unknownFormat(
      found: text, newest: PipelineDescription.format)
    throw ConfigurationErrors([ConfigurationError(fact, at: node.position)])
  }

  private mutating func readCorpus(_ root: ConfigurationNode) -> CorpusSection {
    let node = section("corpus", of: root)
    let corpus = CorpusSection.read(from: node, owner: "corpus", base: base, errors: &errors)
    if requireFiles {
      if node?["train"] == nil {
        report(.missingKey(owner: "corpus", key: "train"), at: node ?? root)
      }
      errors += PathCheck.errors(
        of: CorpusSection.outline, in: node, owner: "corpus", allowsFolders: true, base: base)
    }
    return corpus
  }

  /// A classifier that reads vectors needs an embedding; one that reads tokens would ignore it.
  private mutating func checkInput(of classifier: any Classifier, _ root: ConfigurationNode) {
    let type = type(of: classifier)
    let embedding = section("embedding", of: root)
    switch (type.input, embedding) {
    case (.vectors, nil):
      let problem = "\(type.stageName) reads vectors, so the pipeline needs an embedding"
      report(.conflict(problem), at: root["classifier"] ?? root)
    case (.tokens, let embedding?):
      let problem = "\(type.stageName) reads tokens, not vectors; take the embedding out"
      report(.conflict(problem), at: embedding)
    default: break
    }
  }
}

extension PipelineReader {
  /// Reads `normalize`: `auto`, where there are vectors to go by.
  mutating func readNormalize(_ root: ConfigurationNode) -> Bool {
    guard let node = section("normalize", of: root) else { return false }
    guard let text = node.scalar else {
      report(.wrongType(key: "normalize", expected: "auto", found: node.kind), at: node)
      return false
    }
    guard text == "auto" else {
      report(.unknownChoice(key: "normalize", value: text, known: ["auto"]), at: node)
      return false
    }
    guard section("embedding", of: root)?["vectors"] != nil else {
      let problem =
        "normalize: auto goes by a file of vectors, and the pipeline's embedding has none"
      report(.conflict(problem), at: node)
      return false
    }
    return true
  }
}

/// The order in which a reader of the file meets its errors.
enum InputOrder {
  /// Whole files first, then by line and column, then options; otherwise as they came.
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
