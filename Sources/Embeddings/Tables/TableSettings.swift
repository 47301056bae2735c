public import PipelineCore

/// The table settings common to all embedding stages: how vectors are transformed, trained and
/// stored.
public struct TableSettings: Sendable, Equatable {
  /// Whether training changes the vectors.
  public var tune = true
  /// The factor for the learning rate of the vectors.
  public var learningRateScale = 1.0
  /// Whether to subtract the mean of all vectors from each vector.
  public var centre = false
  /// Whether to scale each vector to length 1.
  public var unitNorm = false
  /// The number format of the vectors in a model.
  public var precision = VectorPrecision.float32

  /// Creates default settings.
  public init() {}

  /// Transforms the vectors of a new table, including the vector of unknown words, and sets how
  /// they are trained and stored.
  ///
  /// - Parameter file: the vector file, for messages.
  /// - Throws: `VectorFileError` if a value is too large for `precision`.
  func apply(to table: inout EmbeddingTable, file: String? = nil) throws(VectorFileError) {
    table.columns = [
      VectorColumns(count: table.dimensions, rateScale: tune ? learningRateScale : 0)
    ]
    table.precision = precision
    let width = table.dimensions
    if centre {
      let mean = table.values[width...].meanRow(width: width)
      for index in table.values.indices {
        table.values[index] = (table.values[index] - mean[index % width]).clamped
      }
    }
    if unitNorm {
      for start in stride(from: 0, to: table.values.count, by: width) {
        let norm = table.values[start..<start + width].norm
        // A zero vector stays zero.
        guard norm > 0 else { continue }
        let factor = Float(1 / norm)
        for index in start..<start + width {
          // For an extremely short or long vector, the factor is not a normal float.
          table.values[index] =
            factor.isNormal
            ? table.values[index] * factor : Float(Double(table.values[index]) / norm)
        }
      }
    }
    let limit = Float(Float16.greatestFiniteMagnitude)
    if precision == .float16, let large = table.values.first(where: { $0.magnitude > limit }) {
      throw VectorFileError(.beyondFloat16("\(large)"), at: file.map { .file($0) })
    }
  }
}

/// A configuration that includes table settings.
protocol TableConfiguration: StageConfiguration {
  /// How the vectors are transformed, trained and stored.
  var table: TableSettings { get set }
}

extension TableConfiguration {
  /// The table settings, to be included in `settings`.
  static var tableSettings: [Setting<Self>] {
    [
      .boolean("tune", \.table.tune, "whether training changes the vectors"),
      .number(
        "learningRateScale", \.table.learningRateScale, 0...100, open: true,
        "factor for the learning rate of the vectors"),
      .boolean(
        "centre", \.table.centre, "whether to subtract the mean vector from each vector"),
      .boolean(
        "unitNorm", \.table.unitNorm, "whether to scale each vector to length 1, after centring"),
      .choice(
        "precision", \.table.precision,
        "number format of the vectors in a model; float16 halves their size"),
    ]
  }
}

extension Float {
  /// The number itself, or the largest finite number with the same sign if it is infinite.
  var clamped: Float {
    min(max(self, -.greatestFiniteMagnitude), .greatestFiniteMagnitude)
  }
}
