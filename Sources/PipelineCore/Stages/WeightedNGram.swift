/// An n-gram with its weight for a label, and a place where it occurs.
public struct WeightedNGram: Sendable, Equatable {
  /// The weight; positive weights support the label.
  public var weight: Double
  /// The index of a document in which the n-gram occurs.
  public var document: Int
  /// The tokens of the n-gram in that document; for a character n-gram, the token that contains it.
  public var tokens: Range<Int>
  /// The byte range of a character n-gram in its token. The token is preceded and followed by a
  /// space, so byte 0 is the space before it. `nil` for an n-gram of tokens.
  public var characters: Range<Int>?

  /// Creates an n-gram at a place.
  public init(weight: Double, document: Int, tokens: Range<Int>, characters: Range<Int>? = nil) {
    self.weight = weight
    self.document = document
    self.tokens = tokens
    self.characters = characters
  }
}

extension ClassifierModel {
  /// Returns none: the classifier has no weights for n-grams.
  public func strongestNGrams(
    in documents: [EncodedDocument], count: Int, threads: Int
  ) -> [[WeightedNGram]] { [] }

  /// Computes the shares by removing at most 16 spans of tokens in turn.
  public func quickShares(
    of document: EncodedDocument, for label: Int, threads: Int
  ) -> TokenShares? {
    TokenShares.byRemoval(
      from: document, label: label, model: self, limit: TokenShares.quickRemovalLimit,
      threads: threads)
  }

  /// 17: one classification for each span, and one of the document.
  public var quickShareCost: Int { TokenShares.quickRemovalLimit + 1 }
}
