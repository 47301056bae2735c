/// The number format of the weights in a model file.
public enum ModelPrecision: String, CaseIterable, Sendable {
  /// 32-bit floats: the precision of training.
  case float32
  /// 16-bit floats, rounded to nearest.
  case float16
  /// Whole numbers from -127 to 127 with a scale for each row or column of weights.
  case int8
}
