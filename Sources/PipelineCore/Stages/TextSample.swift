/// Training documents for which `docket init` looks for a better text preparation.
///
/// A stage decides from the texts whether it can make a difference: for example, a stage that
/// removes markup is a candidate only if there is markup.
public struct TextSample: Sendable {
  /// The documents as they are in the corpus: valid UTF-8.
  public let texts: [[UInt8]]
  /// The combined effects of the stages in the pipeline.
  public let effects: TextEffects

  /// Creates a sample for stages with these effects.
  public init(_ texts: [[UInt8]], effects: TextEffects = []) {
    self.texts = texts
    self.effects = effects
  }

  /// Returns the share of the texts, 0...1, that `isMatch` accepts; 0 without texts.
  public func share(where isMatch: ([UInt8]) -> Bool) -> Double {
    texts.isEmpty ? 0 : Double(texts.count(where: isMatch)) / Double(texts.count)
  }
}
