import PipelineCore

/// The character n-grams whose vectors represent words.
public struct NGramSettings: Sendable, Equatable {
  /// The minimum length of an n-gram, in characters.
  public var shortest = 3
  /// The maximum length of an n-gram, in characters.
  public var longest = 6
  /// The number of vectors that all n-grams share by hashing.
  public var buckets: Int

  /// N-grams of the default lengths.
  public init(buckets: Int) { self.buckets = buckets }

  /// N-grams of these lengths that share at most `limit` vectors.
  func ngrams(limit: Int = .max) -> CharacterNGrams {
    CharacterNGrams(shortest: shortest, longest: longest, buckets: min(buckets, limit))
  }

  /// A sentence if the lengths contradict each other.
  var conflicts: [String] {
    shortest > longest ? ["shortest (\(shortest)) is greater than longest (\(longest))"] : []
  }
}

/// A configuration with n-gram settings among its own.
protocol NGramConfiguration: StageConfiguration {
  /// The character n-grams.
  var ngrams: NGramSettings { get set }
}

extension NGramConfiguration {
  /// The n-gram settings, to be listed among the others.
  static func ngramSettings(maximumBuckets: Int) -> [Setting<Self>] {
    [
      .integer("shortest", \.ngrams.shortest, 1...20, "minimum length of an n-gram, in characters"),
      .integer("longest", \.ngrams.longest, 1...20, "maximum length of an n-gram, in characters"),
      .integer(
        "buckets", \.ngrams.buckets, 1...maximumBuckets,
        "number of vectors that all n-grams share by hashing"),
    ]
  }
}
