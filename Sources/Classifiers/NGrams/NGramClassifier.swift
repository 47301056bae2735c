import Learning
public import PipelineCore

/// Stage `ngrams.v1`: linear support vector machines and naive Bayes over n-grams of words and
/// characters.
///
/// A strong baseline that trains in seconds. It uses no vectors and no word order beyond its
/// n-grams, and on many corpora it is hard to beat. There is one machine per label, trained with
/// the squared hinge loss. Cross-validation chooses the cost, and the factors that weight the
/// scores of the machines and of naive Bayes. The result is one weight per feature and label.
///
/// **Source:** Wang, Manning 2012, for the accuracy of words and word pairs; see
/// `DualCoordinateDescent` and `NaiveBayes`.
public struct NGramClassifier: Classifier {
  /// The settings of `ngrams.v1`.
  public struct Configuration: StageConfiguration {
    /// The maximum length of a word n-gram, in tokens.
    public var words = 2
    /// The maximum length of an n-gram inside a token, in characters; 0 for no such n-grams.
    public var characters = 5
    /// The minimum number of training documents that an n-gram must occur in.
    public var minCount = 2
    /// The maximum number of features.
    public var features = 4_000_000
    /// The weight of errors relative to the penalty on large weights; 0 chooses it by
    /// cross-validation.
    public var cost = 0.0
    /// Whether the scores of naive Bayes are added to those of the support vector machines; with up
    /// to 256 labels, naive Bayes also scales their features.
    public var bayes = true
    /// Whether the final model is also trained on the validation documents, after they have been
    /// scored.
    public var relearn = true

    /// Creates default settings.
    public init() {}

    /// The settings.
    public static var settings: [Setting<Self>] {
      [
        .integer("words", \.words, 1...5, "maximum length of the word n-grams")
          .tuned(over: ["1", "2", "3"]),
        .integer(
          "characters", \.characters, 0...8,
          "maximum length of the character n-grams within a token; 0 for none"
        ).tuned(over: ["0", "3", "4", "5", "6"]),
        .integer(
          "minCount", \.minCount, 1...1_000_000,
          "minimum number of training documents that contain an n-gram; 2 becomes 1 if no n-gram "
            + "is in two documents"
        ).tuned(over: ["1", "2", "3", "5"]),
        .integer(
          "features", \.features, 1...16_000_000,
          "maximum number of features; the n-grams that occur in the most documents are kept"),
        .number(
          "cost", \.cost, 0...1e6,
          "weight of errors relative to the penalty on large weights; 0 chooses it by "
            + "cross-validation"),
        .boolean("bayes", \.bayes, "whether naive Bayes scales the features and adds its scores")
          .tuned(over: ["true", "false"]),
        .boolean(
          "relearn", \.relearn,
          "whether the final model is also trained on the validation documents"),
      ]
    }

    /// The n-grams that can be features.
    fileprivate var keys: NGramKeys { NGramKeys(words: words, characters: characters) }
  }

  /// The name in pipeline files.
  public static var stageName: String { "ngrams.v1" }
  /// A one-line summary.
  public static var summary: String {
    "linear classifier over n-grams of words and characters; trains in seconds"
  }
  /// `tokens`: the pipeline must not have an embedding.
  public static var input: ClassifierInput { .tokens }
  /// `true`: training solves one convex problem over all examples.
  public static var fitsInOnePass: Bool { true }
  /// `true`: label weights scale the loss.
  public static var usesLabelWeights: Bool { true }
  /// The settings of the stage.
  public let configuration: Configuration

  /// Creates a classifier with these settings.
  public init(configuration: Configuration) { self.configuration = configuration }

  /// The same classifier, but with a fixed cost if cross-validation would choose it, which takes
  /// three quarters of the time.
  public var quick: NGramClassifier {
    var configuration = configuration
    if configuration.cost == 0 { configuration.cost = configuration.bayes ? 0.15 : 0.5 }
    return NGramClassifier(configuration: configuration)
  }

  /// Checks that at least one n-gram occurs in enough documents to be a feature.
  ///
  /// - Throws: `NGramError`
  public func check(_ task: TrainingTask) throws {
    // Try single words first: there are fewer of them than n-grams of all lengths, and they nearly
    // always suffice.
    let all = configuration.keys
    let words = all.words > 0 ? [NGramKeys(words: 1, characters: 0)] : []
    for (keys, minCount) in words.map({ ($0, configuration.minCounts[0]) })
      + configuration.minCounts.map({ (all, $0) })
    {
      let features = try NGramFeatures(
        documents: task.examples.documents, keys: keys, minCount: minCount,
        labelCount: task.examples.labelCount, limit: 1, threads: task.threads)
      if features.count > 0 { return }
    }
    throw NGramError(.noFeatures(minCount: configuration.minCount), at: nil)
  }

  /// Trains the classifier. `training.seed` determines the folds of the cross-validation and the
  /// order in which documents are visited.
  ///
  /// - Throws: `TrainingError.interrupted`; `NGramError` if there are no features.
  public func fit(_ task: TrainingTask) throws -> NGramModel {
    let started = ContinuousClock.now
    var fit = try NGramFit(configuration, task)
    guard fit.model.features.count > 0 else {
      throw NGramError(.noFeatures(minCount: configuration.minCount), at: nil)
    }
    if task.validatesEpochs { task.report(.phase(PhaseRecord(.validating))) }
    let heldOut = task.validation.map { validation in
      fit.heldOutPredictions(
        for: validation.keeping(validation.predictionSample), threads: task.threads)
    }
    let validation = task.validation.flatMap { fit.model.score(on: $0, threads: task.threads) }
    let record = EpochRecord(
      epoch: 1, loss: fit.model.score(on: task.examples, threads: task.threads)?.loss ?? 0,
      validationLoss: validation?.loss, validationAccuracy: validation?.accuracy,
      seconds: (ContinuousClock.now - started).inSeconds, tokens: task.examples.tokenCount)
    task.report(.epoch(record))
    try fit.includeValidation(task)
    var model = fit.model
    model.history = [record]
    model.heldOut = heldOut
    return model
  }

  /// Restores the model from its tensors.
  ///
  /// - Throws: `TensorError`
  public func restore(
    from tensors: TensorCollection, embedding: EmbeddingTable?, labelCount: Int
  ) throws -> NGramModel {
    try NGramModel(from: tensors, configuration, labelCount: labelCount)
  }
}

extension NGramClassifier.Configuration {
  /// The values of `minCount` to try until there is a feature: in a tiny corpus, every n-gram may
  /// occur only once.
  fileprivate var minCounts: [Int] { minCount == 2 ? [2, 1] : [minCount] }
}

/// A fit of `ngrams.v1`, first to the training documents alone so that the validation documents can
/// be scored, then to both.
struct NGramFit {
  /// The model as fitted so far, without history.
  private(set) var model: NGramModel
  private let configuration: NGramClassifier.Configuration
  private let fit: LinearFit
  private var examples: LinearFit.Examples

  /// Fits the model to the training documents of a task.
  ///
  /// - Throws: `TrainingError.interrupted`
  init(
    _ configuration: NGramClassifier.Configuration, _ task: TrainingTask
  ) throws(TrainingError) {
    self.configuration = configuration
    func features(
      of documents: [EncodedDocument], minCount: Int
    ) throws(TrainingError) -> NGramFeatures {
      try NGramFeatures(
        documents: documents, keys: configuration.keys, minCount: minCount,
        labelCount: task.examples.labelCount, limit: configuration.features, threads: task.threads,
        shouldStop: task.shouldStop)
    }
    task.report(.phase(PhaseRecord(.counting)))
    let progress = LinearProgress(task)
    let minCounts = configuration.minCounts
    var minCount = minCounts[0]
    var found = try features(of: task.examples.documents, minCount: minCount)
    if found.count == 0, let last = minCounts.dropFirst().last {
      minCount = last
      found = try features(of: task.examples.documents, minCount: last)
    }
    var labelled = task.examples
    if let pseudo = try PseudoLabels.examples(for: task, features: found, minCount: minCount) {
      labelled.documents += pseudo.documents
      labelled.labels += pseudo.labels
      // Many n-grams occur only in unlabelled documents.
      task.report(.phase(PhaseRecord(.counting)))
      minCount = minCounts[0]
      found = try features(of: labelled.documents, minCount: minCount)
    }
    examples = LinearFit.Examples(
      labelled, found, labelWeights: task.labelWeights, threads: task.threads)
    if labelled.count > task.examples.count { examples.trusted = task.examples.count }
    fit = try LinearFit(
      examples, features: found.count, minCount: minCount, cost: configuration.cost,
      bayes: configuration.bayes, seed: task.settings.seed, threads: task.threads,
      progress: progress)
    let weights = try fit.weights(
      fittedTo: examples, named: "training documents", features: found.count, progress: progress)
    model = NGramModel(features: found, weights: weights)
    model.crossValidated = fit.crossValidated
  }

  /// Returns the predictions for documents that the model has not been fitted to.
  func heldOutPredictions(for validation: LabelledExamples, threads: Int) -> HeldOutPredictions {
    let scores = fit.uncalibrated(model.scores(of: validation.documents, threads: threads))
    return HeldOutPredictions(
      probabilities: model.probabilities(of: validation.documents, threads: threads),
      labels: validation.labels, uncalibrated: scores.map { ScoreCalibration.uncalibrated([$0]) })
  }

  /// Fits the model to the training and validation documents, with the same features, cost and
  /// scale. Does nothing if there are no validation documents or `relearn` is off.
  ///
  /// - Throws: `TrainingError.interrupted`
  mutating func includeValidation(_ task: TrainingTask) throws(TrainingError) {
    guard configuration.relearn, let validation = task.validation, validation.count > 0 else {
      return
    }
    examples.append(
      LinearFit.Examples(validation, model.features, labelWeights: [], threads: task.threads))
    // Free the old weights first; with many labels, they are large.
    model.weights = LinearWeights(features: 0, labels: 0)
    model.weights = try fit.weights(
      fittedTo: examples, named: "all documents", features: model.features.count,
      progress: LinearProgress(task))
  }

  /// Multiplies all scores of the model by `factor`.
  mutating func scale(by factor: Float) { model.weights.scale(by: factor) }
}

/// A trained linear classifier.
public struct NGramModel: ClassifierModel {
  let features: NGramFeatures
  fileprivate(set) var weights: LinearWeights
  /// The record of training, which counts as a single epoch; empty after restoring.
  public fileprivate(set) var history: [EpochRecord] = []
  /// The predictions for the validation documents by the model fitted to the training documents
  /// alone.
  public fileprivate(set) var heldOut: HeldOutPredictions?
  /// The predictions from the cross-validation that chose the cost; `nil` after restoring.
  public fileprivate(set) var crossValidated: HeldOutPredictions?

  fileprivate init(features: NGramFeatures, weights: LinearWeights) {
    self.features = features
    self.weights = weights
  }

  /// Reads the model of a stage with this configuration from `tensors`.
  ///
  /// - Throws: `TensorError` if a tensor is missing, has the wrong shape, or contains an invalid
  ///   key.
  init(
    from tensors: TensorCollection, _ configuration: NGramClassifier.Configuration, labelCount: Int
  ) throws(TensorError) {
    features = try NGramFeatures(from: tensors, keys: configuration.keys)
    weights = try LinearWeights(from: tensors, features: features.count, labels: labelCount)
  }

  /// `nil`: the classifier reads no vectors.
  public var embedding: EmbeddingTable? { nil }

  /// The weights, the biases, and the features.
  public var tensors: [NamedTensor] { weights.tensors + features.tensors }

  /// The number of weights and biases, and the number of n-grams.
  public var facts: ModelFacts {
    ModelFacts(
      weightCount: weights.count, ngramCount: features.count)
  }

  /// Returns the probability of each label, `[B][C]`.
  public func probabilities(of documents: [EncodedDocument], threads: Int) -> [[Float]] {
    map(documents, threads: threads) { LinearWeights.softmax($0) }
  }

  /// Returns the number of tokens that are not features by themselves.
  public func unknownTokenCount(in document: EncodedDocument) -> Int? {
    document.hashes.count { features.row(of: NGramKeys.key(ofToken: $0)) == nil }
  }

  /// Returns whether no token is a feature by itself. Stops at the first one that is.
  public func knowsNoToken(of document: EncodedDocument) -> Bool {
    !document.hashes.isEmpty
      && document.hashes.allSatisfy { features.row(of: NGramKeys.key(ofToken: $0)) == nil }
  }

  /// Returns `W x + b` for each document, `[B][C]`.
  func scores(of documents: [EncodedDocument], threads: Int) -> [[Float]] {
    map(documents, threads: threads) { $0 }
  }

  /// Returns `W x + b`, `[C]`.
  func scores(of document: EncodedDocument) -> [Float] {
    weights.scores(features.features(document))
  }

  /// Returns the score of a label, its logit minus the mean of all logits, for a document without
  /// tokens.
  func score(ofNoTokensFor label: Int) -> Double {
    let scores = scores(of: EncodedDocument(rows: [], hashes: [])).map { Double($0) }
    return scores[label] - scores.reduce(0, +) / Double(scores.count)
  }

  private func map(
    _ documents: [EncodedDocument], threads: Int,
    _ result: @Sendable (_ scores: [Float]) -> [Float]
  ) -> [[Float]] {
    // Use small blocks, so that all threads stay busy until the end.
    let blocks = Shards.ranges(of: documents.count, size: 64)
    return Shards.map(count: blocks.count, threads: threads) { number in
      var scratch = FeatureScratch()
      return blocks[number].map { document in
        features.find(documents[document], &scratch)
        return result(scratch.withFeatures { weights.scores($0) })
      }
    }.flatMap { $0 }
  }

  /// Returns the contribution of each token to the linear score of a label.
  ///
  /// The contribution of an n-gram is divided equally among its occurrences and, within each, among
  /// the tokens of the n-gram. A character n-gram belongs to the token that contains it.
  public func shares(
    of document: EncodedDocument, for label: Int, threads: Int
  ) -> TokenShares {
    var contributions: [Int: Double] = [:]
    for feature in features.features(document) {
      let row = Int(feature.row)
      contributions[row, default: 0] +=
        Double(feature.value) * weights.centered(row: row, label: label)
    }
    var counts: [Int: Int] = [:]
    for (key, count) in features.keys.counts(document).joined() {
      if let row = features.row(of: key) { counts[row, default: 0] += count }
    }
    var values = Array(repeating: 0.0, count: document.tokenCount)
    features.keys.forEachOccurrence(in: document) { key, count, tokens in
      guard let row = features.row(of: key), let total = counts[row] else { return }
      let share = (contributions[row] ?? 0) * Double(count) / Double(total)
      for token in tokens { values[token] += share / Double(tokens.count) }
    }
    return TokenShares(method: .linear, values: values)
  }
}
