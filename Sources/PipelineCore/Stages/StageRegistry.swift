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
  /// The parts that settings of stages can name, such as recurrent cells.
  public private(set) var parts: [any StagePart.Type] = []
  /// The simple classifier that all others are compared with; `nil` for no comparison.
  public var baselineClassifier: (any Classifier)?
  /// Whether stages may run external programs; `.refused` by default.
  public var programAccess = ProgramAccess.refused

  /// Creates an empty registry.
  public init() {}

  /// Adds a normalizer.
  public mutating func register(normalizer type: any Normalizer.Type) {
    Self.register(type, named: type.stageName, in: &normalizers) { $0.stageName }
  }

  /// Adds a tokenizer.
  public mutating func register(tokenizer type: any Tokenizer.Type) {
    Self.register(type, named: type.stageName, in: &tokenizers) { $0.stageName }
  }

  /// Adds an embedding.
  public mutating func register(embedding type: any Embedding.Type) {
    Self.register(type, named: type.stageName, in: &embeddings) { $0.stageName }
  }

  /// Adds a classifier.
  public mutating func register(classifier type: any Classifier.Type) {
    Self.register(type, named: type.stageName, in: &classifiers) { $0.stageName }
  }

  /// Adds a part that settings of stages can name, such as a recurrent cell.
  public mutating func register(part type: any StagePart.Type) {
    Self.register(type, named: type.partName, in: &parts) { $0.partName }
  }

  /// Returns the registry with these stages and parts added, each in place of one with the same
  /// name.
  public func adding(
    normalizers: [any Normalizer.Type] = [], tokenizers: [any Tokenizer.Type] = [],
    embeddings: [any Embedding.Type] = [], classifiers: [any Classifier.Type] = [],
    parts: [any StagePart.Type] = []
  ) -> StageRegistry {
    var stages = self
    for type in normalizers { stages.register(normalizer: type) }
    for type in tokenizers { stages.register(tokenizer: type) }
    for type in embeddings { stages.register(embedding: type) }
    for type in classifiers { stages.register(classifier: type) }
    for type in parts { stages.register(part: type) }
    return stages
  }

  /// Adds a stage, in place of one with the same name.
  private static func register<Kind>(
    _ type: Kind, named name: String, in types: inout [Kind], nameOf: (Kind) -> String
  ) {
    if let index = types.firstIndex(where: { nameOf($0).hasBytes(of: name) }) {
      types[index] = type
    } else {
      types.append(type)
    }
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
