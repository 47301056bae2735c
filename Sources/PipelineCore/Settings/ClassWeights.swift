/// The weight of each label's documents in the loss.
public enum ClassWeights: Sendable, Equatable {
  /// Equal weights.
  case none
  /// Weights with the same total for every label: `N / (C n)` for a label with `n` of `N`
  /// documents.
  case balanced
  /// Weights between `none` and `balanced`, proportional to `(1 - b) / (1 - b^n)` with `b = 0.999`:
  /// the inverse of the effective number of documents. **Source:** Cui et al. 2019.
  case effective
  /// The given weights; 1 for all other labels.
  case given([LabelWeight])

  /// The weight of one label.
  public struct LabelWeight: Sendable, Equatable {
    /// The label.
    public var label: Label
    /// The weight of each of its documents.
    public var weight: Double

    /// Creates the weight of a label.
    public init(label: Label, weight: Double) {
      self.label = label
      self.weight = weight
    }
  }

  /// The names of the schemes in pipeline files.
  static let words: [(word: String, weights: ClassWeights)] = [
    ("none", .none), ("balanced", .balanced), ("effective", .effective),
  ]
  /// The maximum weight of a label.
  static let limit = 1e6
}

extension Setting {
  /// Creates a setting that names a scheme of `ClassWeights`, or maps labels to weights.
  public static func classWeights(
    _ name: String, _ path: any WritableKeyPath<Root, ClassWeights> & Sendable, _ summary: String
  ) -> Setting {
    Setting(
      name: name, form: .classWeights, isRequired: false, summary: summary,
      read: { node, _, root in
        if case .mapping(let entries) = node.value {
          var given: [ClassWeights.LabelWeight] = []
          for entry in entries {
            let key = "\(name).\(entry.key)"
            guard let text = entry.value.plainScalar, text.isDecimalNumber,
              let weight = Double(text)
            else { return .wrongType(key: key, expected: "a number", found: entry.value.kind) }
            guard weight > 0, weight <= ClassWeights.limit else {
              let allowed = "above 0 and at most \(ClassWeights.limit)"
              return .outOfRange(key: key, value: text, allowed: allowed)
            }
            given.append(.init(label: Label(entry.key), weight: weight))
          }
          root[keyPath: path] = .given(given)
          return nil
        }
        let words = ClassWeights.words.map(\.word)
        guard let text = node.scalar else {
          let expected = "one of \(words.joined(separator: ", ")) or a weight for each label"
          return .wrongType(key: name, expected: expected, found: node.kind)
        }
        guard let known = ClassWeights.words.first(where: { $0.word.hasBytes(of: text) }) else {
          return .unknownChoice(key: name, value: text, known: words)
        }
        root[keyPath: path] = known.weights
        return nil
      },
      write: { root in
        let weights = root[keyPath: path]
        if case .given(let given) = weights {
          return .mapping(
            given.map { item in
              let place = InputPosition.option(name)
              let value = ConfigurationNode(.scalar("\(item.weight)", isPlain: true), at: place)
              return .init(key: item.label.description, position: place, value: value)
            })
        }
        let word = ClassWeights.words.first { $0.weights == weights }?.word
        return .scalar(word ?? "none", isPlain: false)
      })
  }
}
