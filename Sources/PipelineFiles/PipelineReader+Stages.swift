import PipelineCore

/// The stages of a pipeline file.
extension PipelineReader {
  mutating func readNormalizers(_ root: ConfigurationNode) -> [any Normalizer] {
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

  mutating func readTokenizer(_ root: ConfigurationNode) -> (any Tokenizer)? {
    let standard = StageName(text: "words.v1", position: root.position)
    let node = section("tokenizer", of: root)
    let name: StageName? =
      if let node { stageName(node, key: "tokenizer", standard: standard) } else { standard }
    guard let name else { return nil }
    guard let type = stages.tokenizer(named: name.text) else {
      reportUnknown(name, role: .tokenizer)
      return nil
    }
    return make(type, from: node)
  }

  /// One embedding, or a list of several whose vectors stand side by side.
  mutating func readEmbedding(_ root: ConfigurationNode) -> JoinedEmbedding? {
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

  mutating func readClassifier(_ root: ConfigurationNode) -> (any Classifier)? {
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

  /// The name of a stage as it stands in the file.
  private struct StageName {
    var text: String
    var position: InputPosition
  }

  /// The name in `name.v1` or in `{stage: name.v1, ...}`.
  private mutating func stageName(
    _ node: ConfigurationNode, key: String, standard: StageName? = nil
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
      report(
        .wrongType(key: "\(key).stage", expected: "the name of a stage", found: name.kind), at: name
      )
      return nil
    }
    return StageName(text: text, position: name.position)
  }

  private mutating func reportUnknown(_ name: StageName, role: StageRole) {
    let fact = ConfigurationError.Fact.unknownStage(
      role: role.rawValue, name: name.text, known: stages.names(of: role),
      otherRole: stages.role(ofStage: name.text)?.rawValue)
    errors.append(ConfigurationError(fact, at: name.position))
  }

  /// The stage with the settings of `node`, unless something is wrong with them.
  private mutating func make<S: Stage>(_ type: S.Type, from node: ConfigurationNode?) -> S? {
    let before = errors.count
    // A scalar is the name alone; as an empty mapping it keeps its place for messages.
    let settings = node.map { node in
      node.scalar == nil ? node : ConfigurationNode(.mapping([]), at: node.position)
    }
    let configuration = S.Configuration.read(
      from: settings, owner: S.stageName, ignoring: ["stage"], base: base, errors: &errors)
    if requireFiles {
      errors += PathCheck.errors(
        of: S.Configuration.outline, in: settings, owner: S.stageName, allowsFolders: false,
        base: base)
    }
    return errors.count == before ? S(configuration: configuration) : nil
  }
}
