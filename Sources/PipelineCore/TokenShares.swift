#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What each token of a document contributes to the score of one label.
///
/// The score of label `y` is its logit less the mean of all logits, in nats:
///
///     S(y) = ln p(y) - 1/C * sum over c of ln p(c)
///
/// It is 0 for a label as likely as the rest (by geometric mean), and a linear classifier's score is
/// a plain sum over what stands in the document.
public struct TokenShares: Sendable, Equatable {
  /// How shares come about.
  public enum Method: String, Sendable {
    /// Token `t` has `S(document) - S(document without t)`: what is lost when it is left out.
    /// Two tokens either of which is enough have no share each.
    case removal
    /// The exact addends of a linear score; their sum is `S(document) - S(no tokens)`.
    case linear
  }

  /// How these shares came about.
  public var method: Method
  /// The share of each token, in nats; positive speaks for the label.
  public var values: [Double]

  /// Shares of all tokens of a document.
  public init(method: Method, values: [Double]) {
    self.method = method
    self.values = values
  }

  /// `S(label)` of a document with these probabilities.
  ///
  /// A probability that was rounded to 0 counts as the smallest normal `Float`, 1.2e-38.
  public static func score(of label: Int, in probabilities: [Float]) -> Double {
    let logarithms = probabilities.map { log(Double(max($0, .leastNormalMagnitude))) }
    let mean = logarithms.reduce(0, +) / Double(logarithms.count)
    return logarithms[label] - mean
  }

  /// A document is classified at most so many times to explain it.
  public static let removalLimit = 512

  /// Shares of any classifier, by leaving out each token in turn.
  ///
  /// A document of more than `removalLimit` tokens is cut into that many runs of neighbours; each run
  /// is left out as a whole, and its tokens share what is lost equally.
  public static func byRemoval(
    from document: EncodedDocument, label: Int, model: some ClassifierModel, threads: Int
  ) -> TokenShares {
    let count = document.tokenCount
    let size = max(1, (count + removalLimit - 1) / removalLimit)
    let runs = Shards.ranges(of: count, size: size)
    // Blocks bound the memory: all variants of a long document at once would take gigabytes.
    let perBlock = max(1, 65_536 / max(count, 1))
    let whole = score(of: label, in: model.probabilities(of: [document], threads: 1)[0])
    let blocks = Shards.ranges(of: runs.count, size: perBlock)
    let losses = Shards.map(count: blocks.count, threads: threads) { block in
      let variants = blocks[block].map { document.without(runs[$0]) }
      return model.probabilities(of: variants, threads: 1).map { whole - score(of: label, in: $0) }
    }
    let values = zip(runs, losses.joined()).flatMap { run, loss in
      Array(repeating: loss / Double(run.count), count: run.count)
    }
    return TokenShares(method: .removal, values: values)
  }
}

extension EncodedDocument {
  /// The document without some of its tokens.
  func without(_ tokens: Range<Int>) -> EncodedDocument {
    var document = self
    document.hashes.removeSubrange(tokens)
    // A classifier that reads no vectors has no rows.
    if !rows.isEmpty { document.rows.removeSubrange(tokens) }
    guard !text.isEmpty else { return document }
    var words = text.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    words.removeSubrange(tokens.clamped(to: words.indices))
    document.text = Array(words.joined(separator: [UInt8(ascii: " ")]))
    return document
  }
}

extension ClassifierModel {
  /// Leaves out each token in turn: right for every classifier, at the price of classifying a
  /// document as often as it has tokens.
  public func shares(
    of document: EncodedDocument, for label: Int, threads: Int
  ) -> TokenShares {
    TokenShares.byRemoval(from: document, label: label, model: self, threads: threads)
  }
}
