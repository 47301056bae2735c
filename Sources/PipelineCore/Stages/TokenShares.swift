import Platform

/// The contribution of each token of a document to the score of one label.
///
/// The score of label `y` is its logit minus the mean of all logits, in nats:
///
///     S(y) = ln p(y) - 1/C * sum over c of ln p(c)
///
/// It is 0 for a label whose probability is the geometric mean of all probabilities. The score of a
/// linear classifier is a sum over the features of the document.
public struct TokenShares: Sendable, Equatable {
  /// A method of computing shares.
  public enum Method: String, Sendable {
    /// The share of token `t` is `S(document) - S(document without t)`. If either of two tokens
    /// alone suffices for the label, both shares are close to 0.
    case removal
    /// The exact terms of a linear score; their sum is `S(document) - S(no tokens)`.
    case linear
    /// Integrated gradients over the vectors of the tokens, plus the exact terms of a linear part.
    ///
    /// The gradient of the score with respect to the vector of token `t`, times that vector, is
    /// integrated while all vectors grow from zero to their values. The score of the same number of
    /// zero vectors differs from the score of an empty document; each token gets an equal part of
    /// this difference. The sum of the shares is therefore `S(document) - S(no tokens)`, up to the
    /// error of the integral.
    ///
    /// **Source:** Sundararajan, Taly, Yan 2017.
    case integratedGradients = "integrated-gradients"
  }

  /// The method used to compute the shares.
  public var method: Method
  /// The share of each token, `[T]`, in nats; positive values support the label.
  public var values: [Double]
  /// Details of the integrated gradients; `nil` for the other methods.
  public var integral: GradientIntegral?

  /// Creates the shares of all tokens of a document.
  public init(method: Method, values: [Double], integral: GradientIntegral? = nil) {
    self.method = method
    self.values = values
    self.integral = integral
  }

  /// Returns the rank correlation between these shares and those of another method, from -1 to 1.
  /// Equal values share the mean of their ranks. The result is 1 if all values in either list are
  /// equal.
  ///
  /// **Source:** Spearman 1904.
  public func rankCorrelation(with other: TokenShares) -> Double {
    let (left, right) = (Self.ranks(values), Self.ranks(other.values))
    let mean = Double(values.count - 1) / 2
    var (product, squares) = (0.0, (left: 0.0, right: 0.0))
    for (x, y) in zip(left, right) {
      product += (x - mean) * (y - mean)
      squares.left += (x - mean) * (x - mean)
      squares.right += (y - mean) * (y - mean)
    }
    let size = (squares.left * squares.right).squareRoot()
    return size > 0 ? product / size : 1
  }

  /// Returns the rank of each value, from 0.
  private static func ranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    var ranks = Array(repeating: 0.0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      for place in start..<end { ranks[order[place]] = Double(start + end - 1) / 2 }
      start = end
    }
    return ranks
  }

  /// Returns the score of a label, given the probability of each label, `[C]`.
  ///
  /// A probability that was rounded to 0 is replaced by the smallest normal `Float`, 1.2e-38. The
  /// score of a label without a probability is NaN.
  public static func score(of label: Int, in probabilities: [Float]) -> Double {
    guard probabilities.indices.contains(label) else { return .nan }
    let logarithms = probabilities.map { log(Double(max($0, .leastNormalMagnitude))) }
    let mean = logarithms.reduce(0, +) / Double(logarithms.count)
    return logarithms[label] - mean
  }

  /// The maximum number of classifications performed to explain one document.
  public static let removalLimit = 512
  /// The maximum number of spans that `ClassifierModel.quickShares` removes.
  static let quickRemovalLimit = 16

  /// Computes the shares for any classifier by removing each token in turn.
  ///
  /// A document with more than `removalLimit` tokens is split into at most that many spans of
  /// consecutive tokens. Each span is removed as a whole, and its tokens share the difference
  /// equally.
  public static func byRemoval(
    from document: EncodedDocument, label: Int, model: some ClassifierModel, threads: Int
  ) -> TokenShares {
    byRemoval(
      from: document, label: label, model: model, limit: removalLimit, threads: threads)
  }

  /// Computes the shares by removing at most `limit` spans of tokens in turn.
  static func byRemoval(
    from document: EncodedDocument, label: Int, model: some ClassifierModel, limit: Int,
    threads: Int
  ) -> TokenShares {
    let count = document.tokenCount
    let size = max(1, (count + limit - 1) / limit)
    let spans = Shards.ranges(of: count, size: size)
    // Process in blocks: all variants of a long document at once would take gigabytes.
    let perBlock = max(1, 65_536 / max(count, 1))
    let whole = score(of: label, in: model.probabilities(of: [document], threads: 1).first ?? [])
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

/// Details of the integral of integrated gradients.
public struct GradientIntegral: Sendable, Equatable {
  /// The score of a document with the same number of tokens, all with zero vectors.
  public var neutralScore: Double
  /// The number of points at which the gradient was computed.
  public var points: Int
  /// The sum of the errors, in nats, over the parts of the path that had too few points; in these
  /// parts, only the ratios between the shares are correct. 0 if there were enough points.
  public var unresolved: Double
  /// The difference between the scores at the ends of the path, minus the integral summed over all
  /// tokens.
  public var gap: Double

  /// Creates the details of an integral.
  public init(neutralScore: Double, points: Int, unresolved: Double, gap: Double) {
    self.unresolved = unresolved
    self.neutralScore = neutralScore
    self.points = points
    self.gap = gap
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
  /// Computes the shares by removing each token in turn. This works for every classifier, but
  /// requires one classification per token.
  public func shares(
    of document: EncodedDocument, for label: Int, threads: Int
  ) -> TokenShares {
    TokenShares.byRemoval(from: document, label: label, model: self, threads: threads)
  }
}
