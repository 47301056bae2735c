/// The stages that a pipeline file can name, by role and name.
///
/// A registry is a value that is passed in, so a program adds its own stages to its own copy.
public struct StageRegistry: Sendable {
  /// The normalizers in the order of registration, which is the order in which `normalize: auto`
  /// tries their alternatives.
  public private(set) var normalizers: [any Normalizer.Type] = []
  /// The tokenizers in the order of registration, in which `normalize: auto` tries them.
  public private(set) var tokenizers: [any Tokenizer.Type] = []
  private var embeddings: [any Embedding.Type] = []
  private var classifiers: [any Classifier.Type] = []
  /// The simple classifier that all others are compared with; `nil` for no comparison.
  public var baselineClassifier: (any Classifier)?

  /// Creates an empty registry.
  public init() {}

  /// Creates a registry of stages whose names differ.
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

  private static func check(
    _ type: any Stage.Type, _ role: StageRole, against types: [any Stage.Type]
  ) throws(RegistryError) {
    let name = type.stageName
    guard let other = types.first(where: { $0.stageName.hasBytes(of: name) }) else { return }
    throw RegistryError(twoTypes: other, type, role: role)
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

  /// Returns the classifier that `classifier` is compared with; `nil` if both are the same stage, whatever
  /// their settings.
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

/// Why a stage cannot be added to a registry.
public typealias RegistryError = LocatedError<RegistryFact>

extension RegistryError {
  /// Creates an error for two types with the same stage name.
  package init(twoTypes first: any Stage.Type, _ second: any Stage.Type, role: StageRole) {
    // The full name of a private type contains an address: `News.(unknown context at $7f2).Words`.
    func name(_ type: any Stage.Type) -> String {
      let parts = String(reflecting: type).split(separator: ".")
      return parts.filter { !$0.hasPrefix("(") }.joined(separator: ".")
    }
    self.init(
      .duplicateName(first.stageName, role: role, first: name(first), second: name(second)),
      at: nil)
  }
}

/// Why a stage cannot be added to a registry.
public enum RegistryFact: DiagnosableFact {
  /// Two types with the same role have this name.
  case duplicateName(String, role: StageRole, first: String, second: String)

  /// A bug in the program that registers its stages.
  public var category: FailureCategory { .internalFault }

  /// The stable name of the fact.
  public var code: String { "stage-registered-twice" }

  /// The fact as a sentence.
  public var sentence: String {
    switch self {
    case .duplicateName(let name, let role, let first, let second):
      "the \(role) \"\(name)\" is registered as \(first) and as \(second); give one of them another "
        + "name"
    }
  }
}
