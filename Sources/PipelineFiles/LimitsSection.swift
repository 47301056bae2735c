public import PipelineCore

/// The `limits` section of a pipeline file: how much of a document is read.
public struct LimitsSection: StageConfiguration {
  /// Tokens of a document; further ones are cut, with a warning.
  public var tokens = 1024
  /// Bytes of a document; a longer one gets an error record.
  public var documentBytes = 1 << 20

  /// All defaults.
  public init() {}

  /// The settings.
  public static var settings: [Setting<Self>] {
    [
      .integer("tokens", \.tokens, 1...1_000_000, "tokens of a document; the rest is cut"),
      .integer(
        "documentBytes", \.documentBytes, 1...(1 << 30),
        "bytes of a document; a longer one is refused"),
    ]
  }
}
