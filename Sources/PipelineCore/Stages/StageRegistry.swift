/// The stages that a pipeline file can name, by role and name.
///
/// A registry is passed as a value, so a program adds stages to its own copy.
public struct StageRegistry: Sendable {
  /// The normalizers in the order of registration, which is the order in which `normalize: auto`
  /// tries their alternatives.
  public private(set) var normalizers: [any Normalizer.Type] = []
  /// The tokenizers in the order of registration, which is the order in which `normalize: auto`
  /// tries them.
  public private(set) var tokenizers: [any Tokenizer.Type] = []
  private var embeddings: [any Embedding.Type] = []
  private var classifiers: [any Classifier.Type] = []
  /// The parts that settings of stages can name, such as recurrent cells.
  public private(set) var parts: [any StagePart.Type] = []
  /// The simple classifier that all others are compared with; `nil` for no comparison.
  public var baselineClassifier: (any Classifier)?
  /// Whether stages may run external programs; `.refused` by default.
  public var programAccess = ProgramAccess.refused

  /// Creates an empty registry.
  public init() {}

  /// Creates a registry from stages whose names differ.
  package init(
    normalizers: [any Normalizer.Type], tokenizers: [any Tokenizer.Type],
    embeddings: [any Embedding.Type], classifiers: [any Classifier.Type],
    baselineClassifier: (any Classifier)? = nil
  ) {
    self.normalizers = normalizers
    self.tokenizers = tokenizers
    self.embeddings = embeddings
    self.classifiers = classifiers
    self.baselineClassifier = baselineClassifier
  }

  /// Adds a normalizer.
  ///
  /// - Throws: `RegistryError` if the registry has a normalizer with the same name.
  public mutating func register(normalizer type: any Normalizer.Type) throws(RegistryError) {
    try Self.check(type, .normalizer, against: normalizers)
    normalizers.append(type)
  }

  /// Adds a tokenizer.
  ///
  /// - Throws: `RegistryError` if the registry has a tokenizer with the same name.
  public mutating func register(tokenizer type: any Tokenizer.Type) throws(RegistryError) {
    try Self.check(type, .tokenizer, against: tokenizers)
    tokenizers.append(type)
  }

  /// Adds an embedding.
  ///
  /// - Throws: `RegistryError` if the registry has an embedding with the same name.
  public mutating func register(embedding type: any Embedding.Type) throws(RegistryError) {
    try Self.check(type, .embedding, against: embeddings)
    embeddings.append(type)
  }

  /// Adds a classifier.
  ///
  /// - Throws: `RegistryError` if the registry has a classifier with the same name.
  public mutating func register(classifier type: any Classifier.Type) throws(RegistryError) {
    try Self.check(type, .classifier, against: classifiers)
    classifiers.append(type)
  }

  /// Adds a part that settings of stages can name, such as a recurrent cell.
  ///
  /// - Throws: `RegistryError` if the registry has a part with the same name.
  public mutating func register(part type: any StagePart.Type) throws(RegistryError) {
    if let other = parts.first(where: { $0.partName.hasBytes(of: type.partName) }) {
      throw RegistryError(twoTypes: other, type, named: type.partName, kind: "part")
    }
    parts.append(type)
  }

  /// Returns the registry with these stages and parts added.
  ///
  /// - Throws: `RegistryError` if two stages with the same role, or two parts, have the same name.
  public func adding(
    normalizers: [any Normalizer.Type] = [], tokenizers: [any Tokenizer.Type] = [],
    embeddings: [any Embedding.Type] = [], classifiers: [any Classifier.Type] = [],
    parts: [any StagePart.Type] = []
  ) throws(RegistryError) -> StageRegistry {
    var stages = self
    for type in normalizers { try stages.register(normalizer: type) }
    for type in tokenizers { try stages.register(tokenizer: type) }
    for type in embeddings { try stages.register(embedding: type) }
    for type in classifiers { try stages.register(classifier: type) }
    for type in parts { try stages.register(part: type) }
    return stages
  }

  private static func check(
    _ type: any Stage.Type, _ role: StageRole, against types: [any Stage.Type]
  ) throws(RegistryError) {
    let name = type.stageName
    guard let other = types.first(where: { $0.stageName.hasBytes(of: name) }) else { return }
    throw RegistryError(twoTypes: other, type, named: name, kind: role.rawValue)
  }

  /// Returns the normalizer with this name; `nil` if there is none.
  public func normalizer(named name: String) -> (any Normalizer.Type)? {
    normalizers.first { $0.stageName.hasBytes(of: name) }
  }

  /// Returns the tokenizer with this name; `nil` if there is none.
  public func tokenizer(named name: String) -> (any Tokenizer.Type)? {
    tokenizers.first { $0.stageName.hasBytes(of: name) }
  }

  /// Returns the embedding with this name; `nil` if there is none.
  public func embedding(named name: String) -> (any Embedding.Type)? {
    embeddings.first { $0.stageName.hasBytes(of: name) }
  }

  /// Returns the classifier with this name; `nil` if there is none.
  public func classifier(named name: String) -> (any Classifier.Type)? {
    classifiers.first { $0.stageName.hasBytes(of: name) }
  }

  /// Returns the classifier that `classifier` is compared with; `nil` if there is none or if both
  /// are the same stage, regardless of their settings.
  public func baseline(for classifier: any Classifier) -> (any Classifier)? {
    guard let baselineClassifier,
      type(of: baselineClassifier).stageName != type(of: classifier).stageName
    else { return nil }
    return baselineClassifier
  }

  /// Returns the names of all stages with a role, sorted.
  public func names(of role: StageRole) -> [String] { types(of: role).map { $0.stageName } }

  /// Returns all stages with a role, sorted by name.
  public func types(of role: StageRole) -> [any Stage.Type] {
    let types: [any Stage.Type] =
      switch role {
      case .normalizer: normalizers
      case .tokenizer: tokenizers
      case .embedding: embeddings
      case .classifier: classifiers
      }
    return types.sorted { $0.stageName < $1.stageName }
  }

  /// Returns the first role that has a stage with this name; `nil` if there is none.
  public func role(ofStage name: String) -> StageRole? {
    StageRole.allCases.first { names(of: $0).containsBytes(of: name) }
  }
}

/// The role of a stage in a pipeline.
public enum StageRole: String, Sendable, CaseIterable, CustomStringConvertible {
  /// Text to text.
  case normalizer
  /// Text to tokens.
  case tokenizer
  /// Words to vectors.
  case embedding
  /// Vectors or tokens to labels.
  case classifier

  /// The name of the role.
  public var description: String { rawValue }
}

/// An error for a stage that cannot be added to a registry.
public typealias RegistryError = LocatedError<RegistryFact>

extension RegistryError {
  /// Creates an error for two types with the same name.
  package init(
    twoTypes first: Any.Type, _ second: Any.Type, named shared: String, kind: String
  ) {
    // The full name of a private type contains an address: `News.(unknown context at $7f2).Words`.
    func name(_ type: Any.Type) -> String {
      let parts = String(reflecting: type).split(separator: ".")
      return parts.filter { !$0.hasPrefix("(") }.joined(separator: ".")
    }
    self.init(
      .duplicateName(shared, kind: kind, first: name(first), second: name(second)),
      at: nil)
  }
}

/// The reason that a stage cannot be added to a registry.
public enum RegistryFact: DiagnosableFact {
  /// Two types of a kind, such as `tokenizer`, have this name.
  case duplicateName(String, kind: String, first: String, second: String)

  /// A bug in the program that registers its stages.
  public var category: FailureCategory { .internalFault }

  /// The error code, a stable name for scripts.
  public var code: String { "stage-registered-twice" }

  /// The error message, without its position.
  public var sentence: String {
    switch self {
    case .duplicateName(let name, let kind, let first, let second):
      first == second
        ? "the \(kind) \"\(name)\" (\(first)) is already registered; register it once"
        : "the \(kind) \"\(name)\" is registered as \(first) and as \(second); give one of them "
          + "another name"
    }
  }
}
