import Corpora
import Messages
import Models
import PipelineCore
import PipelineFiles

/// A comparison of text preparations by the accuracy of a simple classifier on held-out training
/// documents.
///
/// The classifier is trained on all folds but one and predicts the labels of that fold. All
/// preparations are compared on the same folds of the same documents, and copies of a document are
/// in the same fold. The search goes through the dimensions in order and takes the best alternative
/// in each. An alternative replaces the current preparation only if it gains more than one standard
/// error of the difference:
///
///     b - c - 1 > sqrt(b + c)
///
/// where `b` documents are classified correctly only with the alternative and `c` only without it.
///
/// **Source:** McNemar 1947, with the continuity correction of Edwards 1948.
struct TextMeasurement: Sendable {
  /// A text preparation that was measured.
  struct Trial: Sendable {
    /// The settings that differ from the first preparation.
    var settings: [String]
    /// The number of documents that were classified correctly.
    var correct: Int
    /// Whether this preparation replaced the best one so far.
    var isBetter: Bool
  }

  /// The number of documents.
  let documents: Int
  /// The name of the classifier.
  let classifier: String
  /// The trials, starting with the first preparation; empty if there are too few documents.
  private(set) var trials: [Trial] = []
  /// The best preparation.
  private(set) var best: TextVariant

  /// Whether the best preparation differs from the first one.
  var changes: Bool { trials.contains(where: \.isBetter) }

  /// The number of folds.
  private static let folds = 3
  /// The maximum number of documents, before the share of each label is rounded.
  private static let documentLimit = 4_000
  /// The minimum number of documents. With fewer, a difference is likely to be chance.
  private static let leastDocuments = 100
  /// The maximum product of the number of bytes of text and the number of labels.
  private static let workLimit = 10_000_000
  /// The seed of the sample, the folds and the classifier.
  private static let seed = 1

  /// Measures the alternatives that the stages propose.
  ///
  /// - Parameters:
  ///   - start: the preparation to start from.
  ///   - corpus: the training documents. The test and validation documents must not be among them.
  ///   - description: a pipeline with the classifier, and with the stages that may be used.
  ///   - measuresTokenizers: whether other tokenizers are candidates.
  ///   - accepts: returns whether a preparation is acceptable, apart from its accuracy.
  ///   - threads: the number of threads; never changes the result.
  /// - Returns: `nil` if there is nothing to measure, or no simple classifier to measure it with.
  /// - Throws: `MemoryError`; any error from reading a word list.
  init?(
    from start: TextVariant, on corpus: Corpus, _ description: PipelineDescription,
    measuresTokenizers: Bool, accepts: (TextVariant) -> Bool, threads: Int,
    report: @escaping (TrainingEvent) -> Void
  ) throws {
    guard let classifier = Self.classifier(of: description) else { return nil }
    report(.phase(PhaseRecord(.measuring)))
    let sample = Self.sample(of: corpus)
    let texts = SearchedTexts.accuracy(sample.map(\.text))
    let dimensions = TextDimension.all(in: description.stages)
      .filter { measuresTokenizers || !$0.isTokenizer }
    let count = dimensions.reduce(0) { $0 + $1.alternatives(to: start, texts).count }
    guard count > 0 else { return nil }
    best = start
    self.classifier = type(of: classifier).stageName
    let work = MeasuredFolds(
      sample, preparedBy: start, description, classifier: classifier.quick, folds: Self.folds,
      seed: Self.seed, threads: threads, total: count + 1, report: report)
    documents = work.count
    guard documents >= Self.leastDocuments, let first = try work.outcomes(of: start) else {
      return
    }
    var current = first
    trials = [Trial(settings: start.settings, correct: first.count { $0 }, isBetter: false)]
    for dimension in dimensions {
      var winner: (trial: Int, variant: TextVariant, outcomes: [Bool])?
      for variant in dimension.alternatives(to: best, texts) where accepts(variant) {
        guard let outcomes = try work.outcomes(of: variant) else { continue }
        let correct = outcomes.count { $0 }
        if Self.isBetter(outcomes, than: current),
          correct > winner?.outcomes.count(where: { $0 }) ?? 0
        {
          winner = (trials.count, variant, outcomes)
        }
        trials.append(Trial(settings: variant.settings, correct: correct, isBetter: false))
      }
      guard let winner else { continue }
      trials[winner.trial].isBetter = true
      (best, current) = (winner.variant, winner.outcomes)
    }
  }

  /// Returns whether more documents are classified correctly than before, by more than one standard
  /// error.
  static func isBetter(_ outcomes: [Bool], than before: [Bool]) -> Bool {
    let pairs = zip(outcomes, before)
    let gained = pairs.count { $0 && !$1 }
    let lost = pairs.count { !$0 && $1 }
    return Double(gained - lost - 1) > Double(gained + lost).squareRoot()
  }

  /// Returns the baseline of the pipeline, or the pipeline's own classifier if there is no other
  /// baseline; `nil` if that classifier is not fitted to tokens in one pass.
  private static func classifier(of description: PipelineDescription) -> (any Classifier)? {
    let own = description.classifier
    let classifier = description.stages.baseline(for: own) ?? own
    let type = type(of: classifier)
    return type.input == .tokens && type.fitsInOnePass ? classifier : nil
  }

  /// Returns a seeded sample that contains the same share of each label's documents.
  private static func sample(of corpus: Corpus) -> [CorpusDocument] {
    let labels = corpus.labels
    let bytes = corpus.documents.reduce(0) { $0 + $1.text.count }
    let share = min(
      1, Double(documentLimit) / Double(max(corpus.documents.count, 1)),
      Double(workLimit) / (Double(max(bytes, 1)) * Double(labels.count)))
    return NestedSubsets(of: corpus.documents, labels: labels, seed: seed).part(share)
  }
}

extension TextMeasurement {
  /// The measurements and the decisions, one sentence per line.
  var lines: [String] {
    guard let first = trials.first else {
      return [
        "Other text preparations were not measured: that requires at least "
          + "\(Self.leastDocuments) training documents and enough of each label."
      ]
    }
    let count = NumberFormat.count(documents, "training document", "training documents")
    return [
      "Measured on \(count) with \(classifier), \(Self.folds) folds: accuracy "
        + "\(accuracy(first)) without changes."
    ]
      + trials.dropFirst().map { trial in
        let verdict =
          trial.isBetter
          ? "better by more than one standard error, so it is used"
          : "not better by more than one standard error"
        return "With \(trial.settings.joined(separator: ", ")): \(accuracy(trial)), \(verdict)."
      }
  }

  private func accuracy(_ trial: Trial) -> String {
    NumberFormat.percent(Double(trial.correct) / Double(max(documents, 1)))
  }
}
