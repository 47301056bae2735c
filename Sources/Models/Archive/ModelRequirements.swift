import PipelineCore

/// What a program must know to use a model file, as words in the metadata `requires`. Programs that do
/// not know one of the words refuse the file.
struct ModelRequirements: Equatable {
  /// The precision of the weights.
  var precision = ModelPrecision.float32
  /// Whether the model has a confidence curve.
  var hasCurve = false

  /// The metadata key.
  static let key = "requires"
  private static let curve = "confidence-curve"

  /// Creates requirements; by default none.
  init(precision: ModelPrecision = .float32, hasCurve: Bool = false) {
    (self.precision, self.hasCurve) = (precision, hasCurve)
  }

  /// Reads the words; `nil` if one is not known or is there twice.
  init?(_ text: String) {
    for word in text.split(separator: " ") {
      if word == Self.curve, !hasCurve {
        hasCurve = true
      } else if let known = ModelPrecision(rawValue: String(word)), known != .float32,
        precision == .float32
      {
        precision = known
      } else {
        return nil
      }
    }
  }

  /// The words.
  var text: String {
    ((hasCurve ? [Self.curve] : []) + (precision == .float32 ? [] : [precision.rawValue]))
      .joined(separator: " ")
  }
}

extension Safetensors {
  /// Records the precision, and keeps the other requirements.
  mutating func require(_ precision: ModelPrecision) {
    var requirements =
      ModelRequirements(metadata[ModelRequirements.key] ?? "") ?? ModelRequirements()
    requirements.precision = precision
    metadata[ModelRequirements.key] = requirements.text
  }
}
