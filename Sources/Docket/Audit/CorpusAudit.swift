import Corpora
import Models
public import PipelineCore
import PipelineFiles

/// The training documents that are probably mislabelled or of little use, according to models that
/// were not trained on them.
public struct CorpusAudit: Sendable {
  /// A document whose label is probably wrong.
  public struct LabelError: Sendable {
    /// The index of the document.
    public let document: Int
    /// The most probable other label.
    public let suggestion: Label
    /// The probability of the label that the document has.
    public let labelProbability: Float
    /// The probability of the suggestion.
    public let probability: Float
    /// How well the label fits, from 0 to 1: half of `1 + labelProbability - probability`.
    public let quality: Double
  }

  /// A document that repeats an earlier one but has a different label.
  public struct Conflict: Sendable {
    /// The index of the document.
    public let document: Int
    /// The index of the earlier document.
    public let earlier: Int
    /// The share of shingles (runs of three tokens) that the two documents have in common; `nil`
    /// for identical bytes.
    public let resemblance: Double?
  }

  /// A document that fits no label.
  public struct Outlier: Sendable {
    /// The index of the document.
    public let document: Int
    /// The most probable label.
    public let best: Label
    /// The probability of the most probable label.
    public let probability: Float
    /// The largest ratio, over all labels, of the document's probability to the mean probability
    /// over the documents with that label.
    public let fit: Double
  }

  /// Two labels that are hard to tell apart.
  public struct Overlap: Sendable {
    /// The labels, in byte order.
    public let labels: [Label]
    /// The estimated number of documents that have one of the labels and belong to the other.
    public let documents: Int
  }

  /// The `fit` below which a document fits no label: for every label, its probability is less than
  /// half the mean over the documents with that label.
  public static let outlierFit = 0.5

  /// The cross-validation.
  public let crossValidation: CrossValidation
  /// The estimated number of documents with a wrong label.
  public let estimatedErrors: Int
  /// The documents whose label is probably wrong, the most certain first.
  public let labelErrors: [LabelError]
  /// The documents that repeat an earlier one but have a different label, in document order.
  public let conflicts: [Conflict]
  /// The number of documents for which the search for duplicates was stopped because too many
  /// others share their rarest words.
  public let unfinished: Int
  /// The documents that fit no label, worst first.
  public let outliers: [Outlier]
  /// The pairs of labels that overlap, largest first.
  public let overlaps: [Overlap]
  /// The mean probability of each label over its documents.
  let thresholds: [Double]
}

extension PipelineTraining {
  /// Cross-validates the pipeline and looks for mislabelled documents.
  ///
  /// If there are several repetitions, the probabilities of each document are averaged over them.
  ///
  /// - Parameters:
  ///   - folds: the number of folds, at least 2.
  ///   - repeats: the number of repetitions, each with its own division into folds; at least 1.
  /// - Throws: the same errors as `crossValidate`.
  public func audit(folds: Int = 5, repeats: Int = 1) throws -> CorpusAudit {
    let validation = try crossValidate(folds: folds, repeats: repeats)
    let decision = try description.decidingText(
      on: validation.corpus, threads: threads, report: report)
    report(.phase(PhaseRecord(.tokenizing)))
    let texts = validation.documents.map(\.text)
    let hashes = TextPreparation(decision.description).prepare(texts, threads: threads)
      // Cross-validation has already rejected unusable documents.
      .map { (try? $0.get())?.encoded(by: nil).hashes ?? [] }
    report(.phase(PhaseRecord(.comparing)))
    return CorpusAudit(
      validation,
      LabelConflicts(in: validation.documents, hashes: hashes, threads: threads))
  }
}

extension CorpusAudit {
  /// Analyzes out-of-fold predictions.
  init(_ validation: CrossValidation, _ conflicts: LabelConflicts) {
    let (documents, labels) = (validation.documents, validation.labels)
    let given = documents.map { labels.number(of: $0.label) ?? 0 }
    let probabilities = validation.meanProbabilities
    let learning = ConfidentLearning(
      labels: given, probabilities: probabilities, labelCount: labels.count)
    func probability(_ document: Int, _ label: Int) -> Float {
      probabilities[document * labels.count + label]
    }
    crossValidation = validation
    thresholds = learning.thresholds
    estimatedErrors = learning.estimatedErrors
    labelErrors = learning.issues.map { document in
      let suggestion = learning.suggestion(for: document)
      return LabelError(
        document: document, suggestion: labels[suggestion],
        labelProbability: probability(document, given[document]),
        probability: probability(document, suggestion), quality: learning.quality(of: document))
    }
    self.conflicts = conflicts.pairs.map {
      Conflict(document: $0.document, earlier: $0.earlier, resemblance: $0.resemblance)
    }
    unfinished = conflicts.unfinished
    outliers = documents.indices.map { (fit: learning.fit(of: $0), document: $0) }
      .filter { $0.fit < Self.outlierFit }
      .sorted { ($0.fit, $0.document) < ($1.fit, $1.document) }
      .map { fit, document in
        let start = document * labels.count
        let row = Array(probabilities[start..<start + labels.count])
        let best = Prediction(probabilities: row).best
        return Outlier(
          document: document, best: labels[best], probability: row[best], fit: fit)
      }
    overlaps = Self.overlaps(learning.joint).map { pair in
      Overlap(labels: pair.labels.map { labels[$0] }, documents: pair.count)
    }
  }

  /// Adds up the off-diagonal counts of each pair of labels, and sorts the pairs, largest first.
  private static func overlaps(
    _ joint: [[ConfidentLearning.Entry]]
  ) -> [(labels: [Int], count: Int)] {
    var counts: [[Int]: Int] = [:]
    for (given, row) in joint.enumerated() {
      for entry in row where entry.label != given {
        counts[[min(given, entry.label), max(given, entry.label)], default: 0] += entry.count
      }
    }
    return counts.map { (labels: $0.key, count: $0.value) }.sorted { left, right in
      (right.count, left.labels[0], left.labels[1]) < (left.count, right.labels[0], right.labels[1])
    }
  }
}
