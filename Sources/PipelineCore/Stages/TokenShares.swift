import Platform

/// The contribution of each token of a document to the score of one label.
///
/// The score of label `y` is its logit minus the mean of all logits, in nats:
///
///     S(y) = ln p(y) - 1/C * sum over c of ln p(c)
///
/// It is 0 for a label whose probability is the geometric mean of all. The score of a linear
/// classifier is a sum over the features of the document.
public struct TokenShares: Sendable, Equatable {
  /// A method of computing shares.
  public enum Method: String, Sendable {
    /// The share of token `t` is `S(document) - S(document without t)`. If either of two tokens
    /// alone suffices for the label, both shares are close to 0.
    case removal
    /// The exact terms of a linear score; their sum is `S(document) - S(no tokens)`.
    case linear
  }

  /// The method by which the shares were computed.
  public var method: Method
  /// The share of each token, `[T]`, in nats; positive values support the label.
  public var values: [Double]

  /// Creates the shares of all tokens of a document.
  public init(method: Method, values: [Double]) {
    self.method = method
    self.values = values
  }

  /// Returns the score of a label, given the probability of each label, `[C]`.
  ///
  /// A probability that was rounded to 0 is replaced by the smallest normal `Float`, 1.2e-38.
  public static func score(of label: Int, in probabilities: [Float]) -> Double {
    let logarithms = probabilities.map { log(Double(max($0, .leastNormalMagnitude))) }
    let mean = logarithms.reduce(0, +) / Double(logarithms.count)
    return logarithms[label] - mean
  }

  /// The maximum number of classifications performed to explain one document.
  public static let removalLimit = 512

  /// Computes the shares for any classifier by removing each token in turn.
  ///
  /// A document of more than `removalLimit` tokens is split into at most that many spans of
  /// consecutive tokens. Each span is removed as a whole, and its tokens share the difference
  /// equally.
  public static func byRemoval(
    from document: EncodedDocument, label: Int, model: some ClassifierModel, threads: Int
  ) -> TokenShares {
    let count = document.tokenCount
    let size = max(1, (count + removalLimit - 1) / removalLimit)
    let spans = Shards.ranges(of: count, size: size)
    // Process in blocks: all variants of a long document at once would take gigabytes.
    let perBlock = max(1, 65_536 / max(count, 1))
    let whole = score(of: label, in: model.probabilities(of: [document], threads: 1)[0])
    let blocks = Shards.ranges(of: spans.count, size: perBlock)
    let losses = Shards.map(count: blocks.count, threads: threads) { block in
      let variants = blocks[block].map { document.without(spans[$0]) }
      return model.probabilities(of: variants, threads: 1).map { whole - score(of: label, in: $0) }
    }
    let values = zip(spans, losses.joined()).flatMap { span, loss in
      Array(repeating: loss / Double(span.count), count: span.count)
    }
    return TokenShares(method: .removal, values: values)
  }
}

extension EncodedDocument {
  /// Returns the document without the tokens in a range.
  func without(_ tokens: Range<Int>) -> EncodedDocument {
    var document = self
    document.hashes.removeSubrange(tokens)
    // `rows` is empty if the classifier does not read vectors.
    if !rows.isEmpty { document.rows.removeSubrange(tokens) }
    guard !text.isEmpty else { return document }
    var words = text.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    words.removeSubrange(tokens.clamped(to: words.indices))
    document.text = Array(words.joined(separator: [UInt8(ascii: " ")]))
    return document
  }
}

extension ClassifierModel {
  /// Removes each token in turn. This works for every classifier, but requires one classification
  /// per token.
  public func shares(
    of document: EncodedDocument, for label: Int, threads: Int
  ) -> TokenShares {
    TokenShares.byRemoval(from: document, label: label, model: self, threads: threads)
  }
}
