public import FileAccess
import Messages
public import PipelineCore
import Platform

/// How much documents differ from those that a model was validated on.
///
/// The measure is the population stability index. Below 0.1, hardly anything has changed; above
/// 0.25, the model is used on documents of another kind.
///
///     PSI = sum over bins of (q - p) ln(q / p)
///
/// Here, `p` is the share of a bin among the old documents, and `q` its share among the new ones.
///
/// **Source:** Siddiqi 2006 for the index and its limits; Yurdakul 2018 for its expected value if
/// nothing has changed.
public struct Drift: Sendable, Equatable {
  /// The difference in one property of the documents.
  public struct Measure: Sendable, Equatable {
    /// What is measured: `lengths`, `scripts`, `unknown words`, `labels` or `confidence`.
    public let name: String
    /// The population stability index.
    public let index: Double
    /// The index above which the difference is a warning.
    public let limit: Double
    /// The shares of each bin among old and new documents, for bins that are not empty.
    public let shares: [(bin: String, old: Double, new: Double)]

    /// Whether the documents differ by more than the limit.
    public var isDrift: Bool { index > limit }

    /// The verb that follows the name in a sentence, with a pronoun for the same property of the
    /// old documents.
    fileprivate var verb: String {
      name == Drift.confidenceName ? "differs from that" : "differ from those"
    }

    /// Compares the name, the index and the limit.
    public static func == (left: Measure, right: Measure) -> Bool {
      left.name == right.name && left.index == right.index && left.limit == right.limit
    }
  }

  /// The number of new documents.
  public let documents: Int
  /// The difference in each property.
  public let measures: [Measure]

  fileprivate static let confidenceName = "confidence"

  /// The index above which a difference counts, before an allowance for chance is added.
  public static let limit = 0.25

  /// Compares new documents with old ones.
  ///
  /// - Parameter labels: the labels of the model.
  public init(from old: DocumentProfile, to new: DocumentProfile, labels: LabelSet) {
    documents = new.documents
    let lengths = (0..<old.lengths.count).map { bin in
      bin == 0 ? "0" : bin == 1 ? "1" : "\(1 << (bin - 1)) to \((1 << bin) - 1)"
    }
    let tenths = (0..<old.confidence.count).map { "\($0 * 10) to \($0 * 10 + 10) %" }
    var measures = [
      Self.measure("lengths", lengths, old.lengths, new.lengths),
      Self.measure("scripts", DocumentProfile.scriptNames, old.scripts, new.scripts),
      Self.measure("labels", labels.labels.map { "\($0)" }, old.labels, new.labels),
      Self.measure(Self.confidenceName, tenths, old.confidence, new.confidence),
    ]
    if let before = old.unknownTokens, let after = new.unknownTokens {
      // Words in one document are not independent, so the sample size is the number of documents.
      measures.insert(
        Self.measure(
          "unknown words", ["known", "unknown"], [old.tokens - before, before],
          [new.tokens - after, after], documents: (old.documents, new.documents)), at: 2)
    }
    self.measures = measures
  }

  /// Computes one measure. For the index, half a document is added to each bin, so that an empty bin
  /// does not make it infinite.
  private static func measure(
    _ name: String, _ bins: [String], _ old: [Int], _ new: [Int],
    documents: (old: Int, new: Int)? = nil
  ) -> Measure {
    let used = bins.indices.filter { old[$0] + new[$0] > 0 }
    let sums = (old.reduce(0, +), new.reduce(0, +))
    func share(_ count: Int, _ sum: Int) -> Double {
      (Double(count) + 0.5) / (Double(sum) + 0.5 * Double(max(used.count, 1)))
    }
    var index = 0.0
    var shares: [(bin: String, old: Double, new: Double)] = []
    for bin in used {
      let (p, q) = (share(old[bin], sums.0), share(new[bin], sums.1))
      index += (q - p) * log(q / p)
      shares.append(
        (
          bins[bin], Double(old[bin]) / Double(max(sums.0, 1)),
          Double(new[bin]) / Double(max(sums.1, 1))
        ))
    }
    // If nothing has changed, the mean of the index is about (bins - 1) (1/n + 1/m). With three
    // or more bins, its standard deviation is no larger than that.
    let (n, m) = documents ?? sums
    let chance =
      Double(max(used.count - 1, 0)) * (1 / Double(max(n, 1)) + 1 / Double(max(m, 1)))
    return Measure(name: name, index: index, limit: limit + 3 * chance, shares: shares)
  }

  /// The measures that indicate drift.
  public var found: [Measure] { measures.filter(\.isDrift) }

  /// A sentence about each difference; if there is none, a single sentence that says so.
  public var sentences: [String] {
    guard documents > 0 else { return ["no documents to compare with the validation documents"] }
    let count = NumberFormat.count(documents, "document", "documents")
    guard !found.isEmpty else { return ["no drift found (\(count))"] }
    return found.map { measure in
      let most = measure.shares.max { abs($0.new - $0.old) < abs($1.new - $1.old) }
      let change = most.map { bin, old, new in
        ": \(QuotedText.escaped(bin)) \(NumberFormat.percent(new)), was \(NumberFormat.percent(old))"
      }
      return
        "warning: the \(measure.name) of \(count) \(measure.verb) of the validation documents"
        + (change ?? "") + " (index \(NumberFormat.decimal(measure.index, 2)), "
        + "limit \(NumberFormat.decimal(measure.limit, 2)))"
    }
  }

  /// The differences as a JSON object.
  public var json: JSONValue {
    .members([
      "documents": .integer(documents), "drift": .bool(!found.isEmpty),
      "measures": .array(
        measures.map { measure in
          .members([
            "name": .string(measure.name), "index": .decimal(measure.index),
            "limit": .decimal(measure.limit), "drift": .bool(measure.isDrift),
            "shares": .array(
              measure.shares.map { bin, old, new in
                .members(["bin": .string(bin), "before": .decimal(old), "now": .decimal(new)])
              }),
          ])
        }),
    ])
  }
}
