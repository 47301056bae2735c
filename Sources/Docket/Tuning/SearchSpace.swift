import PipelineCore
package import PipelineFiles

/// The settings of a pipeline that a search varies, with the values that it tries.
///
/// The stages, including those that are not built in, and the `training` section declare these
/// values with their settings. Stages chosen by the language are not varied.
package struct SearchSpace: Sendable, Equatable {
  /// A setting with the values to try.
  package struct Dimension: Sendable, Equatable {
    /// The dotted path: `classifier.hidden`.
    package var path: String
    /// The values, as in a pipeline file; the first is the pipeline's own value.
    package var values: [String]
  }

  /// A setting with its value.
  package struct Choice: Sendable, Equatable {
    /// The dotted path.
    package var path: String
    /// The value, as in a pipeline file.
    package var value: String

    /// The choice as an override.
    package var override: String { "\(path)=\(value)" }
  }

  /// The settings, in the order of the pipeline file.
  package private(set) var dimensions: [Dimension] = []

  /// The share of the settings that a trial changes. The pipeline itself is usually good, so
  /// changing everything rarely improves it.
  private static let changedShare: Float = 0.5

  /// Collects the settings of a pipeline.
  ///
  /// - Parameter pinned: the dotted paths of settings that are not varied.
  package init(_ description: PipelineDescription, pinned: [String]) {
    let listing = StageListing(description.stages)
    func add(_ stage: some Stage, _ role: StageRole, at path: String) {
      let name = type(of: stage).stageName
      let outlines = listing.stages.first { $0.role == role && $0.name == name }?.settings ?? []
      add(outlines, stage.configuration.written(), at: path)
    }
    func add(
      _ outlines: [SettingOutline], _ written: [(name: String, value: ConfigurationNode.Value)],
      at path: String
    ) {
      for outline in outlines where !outline.candidates.isEmpty {
        let path = "\(path).\(outline.name)"
        guard !pinned.contains(path),
          case .scalar(let own, _)? = written.first(where: { $0.name == outline.name })?.value
        else { continue }
        // 0.0 and 0 are the same number.
        let others = outline.candidates.filter {
          $0 != own && (Double($0) == nil || Double($0) != Double(own))
        }
        dimensions.append(Dimension(path: path, values: [own] + others))
      }
    }
    if description.language == nil {
      for (number, stage) in description.normalizers.enumerated() {
        add(stage, .normalizer, at: "normalizers.\(number)")
      }
      add(description.tokenizer, .tokenizer, at: "tokenizer")
    }
    let parts = description.embedding?.parts ?? []
    for (number, part) in parts.enumerated() {
      add(part, .embedding, at: parts.count == 1 ? "embedding" : "embedding.\(number)")
    }
    add(description.classifier, .classifier, at: "classifier")
    // Training settings have no effect on a classifier that is fitted in one pass.
    if !type(of: description.classifier).fitsInOnePass {
      add(TrainingSettings.outline, description.training.written(), at: "training")
    }
  }

  /// Returns the choices for `count` different trials. The first trial changes nothing: it is the
  /// pipeline itself. The others are random. Returns fewer trials if not enough different ones are
  /// found.
  ///
  /// Each setting is changed with a probability of 1/2; if it is changed, all other values are
  /// equally likely.
  ///
  /// - Parameter isValid: returns whether a pipeline can have these choices.
  package func trials(
    _ count: Int, seed: Int, isValid: ([Choice]) -> Bool
  ) -> [[Choice]] {
    var generator = SeededGenerator(seed: UInt64(bitPattern: Int64(seed)), 0x74756e65)
    var trials: [[Choice]] = [[]]
    var failures = 0
    while trials.count < count, failures < 1000 {
      let choices = dimensions.compactMap { dimension -> Choice? in
        let isChanged = generator.uniform() < Self.changedShare
        let value = 1 + generator.next(below: max(dimension.values.count - 1, 1))
        guard isChanged, dimension.values.count > 1 else { return nil }
        return Choice(path: dimension.path, value: dimension.values[value])
      }
      if choices.isEmpty || trials.contains(choices) || !isValid(choices) {
        failures += 1
      } else {
        trials.append(choices)
      }
    }
    return trials
  }
}
