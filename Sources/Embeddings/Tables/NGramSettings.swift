import PipelineCore

/// The character n-grams whose vectors represent words.
public struct NGramSettings: Sendable, Equatable {
  /// The minimum length of an n-gram, in characters.
  public var shortest = 3
  /// The maximum length of an n-gram, in characters.
  public var longest = 6
  /// The number of buckets, and therefore vectors, that n-grams are hashed into.
  public var buckets: Int

  /// Creates settings with the default lengths.
  public init(buckets: Int) { self.buckets = buckets }

  /// Returns n-grams of these lengths, hashed into at most `limit` buckets.
  func ngrams(limit: Int = .max) -> CharacterNGrams {
    CharacterNGrams(shortest: shortest, longest: longest, buckets: min(buckets, limit))
  }

  /// A message if the lengths contradict each other; otherwise empty.
  var conflicts: [String] {
    shortest > longest ? ["shortest (\(shortest)) is greater than longest (\(longest))"] : []
  }
}

/// A configuration that includes n-gram settings.
protocol NGramConfiguration: StageConfiguration {
  /// The character n-grams.
  var ngrams: NGramSettings { get set }
}

extension NGramConfiguration {
  /// Returns the n-gram settings, to be included in `settings`.
  static func ngramSettings(maximumBuckets: Int) -> [Setting<Self>] {
    [
      .integer("shortest", \.ngrams.shortest, 1...20, "minimum length of an n-gram, in characters"),
      .integer("longest", \.ngrams.longest, 1...20, "maximum length of an n-gram, in characters"),
      .integer(
        "buckets", \.ngrams.buckets, 1...maximumBuckets,
        "number of hash buckets; n-grams in the same bucket share a vector"),
    ]
  }
}
