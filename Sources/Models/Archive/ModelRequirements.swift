import PipelineCore

/// The features that a program must support to read a model file, as a list of words in the
/// metadata; the list is empty for models that every version can read. A program that does not know
/// one of the words refuses the file.
struct ModelRequirements: Equatable {
  /// Whether the probabilities are corrected by a curve.
  var hasCurve = false
  /// The precision of the weights.
  var precision = ModelPrecision.float32

  /// The key in the metadata.
  static let key = "requires"
  private static let curve = "confidence-curve"

  /// Creates requirements.
  init(hasCurve: Bool, precision: ModelPrecision = .float32) {
    (self.hasCurve, self.precision) = (hasCurve, precision)
  }

  /// Reads the text in the metadata; `nil` if this version of Docket would not write it.
  init?(_ text: String) {
    for word in text.split(separator: " ") {
      if word == Self.curve {
        hasCurve = true
      } else if let precision = ModelPrecision(rawValue: String(word)) {
        self.precision = precision
      }
    }
    guard self.text.utf8.elementsEqual(text.utf8) else { return nil }
  }

  /// The text in the metadata.
  var text: String {
    ((hasCurve ? [Self.curve] : []) + (precision == .float32 ? [] : [precision.rawValue]))
      .joined(separator: " ")
  }
}

extension Safetensors {
  /// Sets the precision in the metadata of a model.
  mutating func require(_ precision: ModelPrecision) {
    let earlier = ModelRequirements(metadata[ModelRequirements.key] ?? "")
    metadata[ModelRequirements.key] =
      ModelRequirements(hasCurve: earlier?.hasCurve ?? false, precision: precision).text
  }
}
