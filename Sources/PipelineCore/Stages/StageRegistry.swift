/// The stages that a pipeline file can name, by role and name.
///
/// A registry is a value that is passed in, so a program adds its own stages to its own copy.
public struct StageRegistry: Sendable {
  /// The normalizers in the order of registration, which is the order in which `normalize: auto`
  /// tries their alternatives.
  public private(set) var normalizers: [any Normalizer.Type] = []
  /// The tokenizers in the order of registration, in which `normalize: auto` tries them.
  public private(set) var tokenizers: [any Tokenizer.Type] = []
  private var embeddings: [String: any Embedding.Type] = [:]
  private var classifiers: [String: any Classifier.Type] = [:]
  /// The simple classifier that every other one is compared with; `nil` compares with none.
  public var baselineClassifier: (any Classifier)?

  /// Creates an empty registry.
  public init() {}

  /// Adds a normalizer.
  public mutating func register(normalizer type: any Normalizer.Type) {
    if let index = normalizers.firstIndex(where: { $0.stageName == type.stageName }) {
      normalizers[index] = type
    } else {
      normalizers.append(type)
    }
  }

  /// Adds a tokenizer.
  public mutating func register(tokenizer type: any Tokenizer.Type) {
    if let index = tokenizers.firstIndex(where: { $0.stageName == type.stageName }) {
      tokenizers[index] = type
    } else {
      tokenizers.append(type)
    }
  }

  /// Adds an embedding.
  public mutating func register(embedding type: any Embedding.Type) {
    embeddings[type.stageName] = type
  }

  /// Adds a classifier.
  public mutating func register(classifier type: any Classifier.Type) {
    classifiers[type.stageName] = type
  }

  /// Returns the normalizer with this name; `nil` if there is none.
  public func normalizer(named name: String) -> (any Normalizer.Type)? {
    normalizers.first { $0.stageName == name }
  }

  /// Returns the tokenizer with this name; `nil` if there is none.
  public func tokenizer(named name: String) -> (any Tokenizer.Type)? {
    tokenizers.first { $0.stageName == name }
  }

  /// Returns the embedding with this name; `nil` if there is none.
  public func embedding(named name: String) -> (any Embedding.Type)? { embeddings[name] }

  /// Returns the classifier with this name; `nil` if there is none.
  public func classifier(named name: String) -> (any Classifier.Type)? { classifiers[name] }

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
      case .embedding: Array(embeddings.values)
      case .classifier: Array(classifiers.values)
      }
    return types.sorted { $0.stageName < $1.stageName }
  }

  /// Returns the first role that has a stage with this name; `nil` if there is none.
  public func role(ofStage name: String) -> StageRole? {
    StageRole.allCases.first { names(of: $0).contains(name) }
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
