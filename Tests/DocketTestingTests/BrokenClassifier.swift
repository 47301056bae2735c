import PipelineCore

/// A classifier that counts the words of each label, correctly or with one deliberate fault.
struct BrokenClassifier: Classifier {
  enum Flaw: String, CaseIterable, Sendable {
    case none, sumsToTwo, negative, tooFew, refusesEmpty, dependsOnBatch, dependsOnOrder
    case dependsOnThreads, trainsByThreads, trainsRandomly, losesPriors, acceptsAnything
    case wrongRefusal, repeatedName, reservedName, neverPolls, ignoresStop, wrongError
    case notFinite, vectorsForTokens, fewShares, epochsFromZero, sharesState, random
    case savingChanges, resumesWrong, choosesEpoch
  }
  struct Configuration: StageConfiguration {
    var flaw = Flaw.none
    init() {}
    static var settings: [Setting<Self>] { [.choice("flaw", \.flaw, "deliberate fault")] }
  }
  /// An error without a code.
  struct PlainError: Error {}

  static let stageName = "broken.v1"
  static let summary = "counts the words of each label, with a deliberate fault"
  static let input = ClassifierInput.tokens
  /// The number of weights per label: one for each remainder of a hash.
  static let buckets = 64
  let configuration: Configuration

  init(configuration: Configuration) { self.configuration = configuration }

  func fit(_ task: TrainingTask) throws -> BrokenModel {
    let (flaw, count) = (configuration.flaw, task.examples.labelCount)
    var model = BrokenModel(flaw: flaw, labelCount: count)
    for epoch in 1...task.settings.epochs {
      if flaw != .neverPolls, task.shouldStop(), flaw != .ignoresStop {
        if flaw == .wrongError { throw PlainError() }
        throw TrainingError.interrupted
      }
      for (document, label) in zip(task.examples.documents, task.examples.labels) {
        model.priors[label] += 0.1
        for hash in document.hashes {
          model.counts[label * Self.buckets + Int(hash % UInt64(Self.buckets))] += 0.1
        }
      }
      model.history.append(
        EpochRecord(
          epoch: flaw == .epochsFromZero ? epoch - 1 : epoch, loss: 1, validationLoss: nil,
          validationAccuracy: flaw == .choosesEpoch ? 1 : nil, seconds: 0,
          tokens: task.examples.tokenCount))
      guard let checkpoints = task.checkpoints else { continue }
      if let state = checkpoints.resume, epoch < state.epoch, epoch == state.epoch - 1 {
        let tensors = TensorCollection(state.tensors)
        model = try restore(from: tensors, embedding: nil, labelCount: count)
        model.history = state.history
        if flaw == .resumesWrong { model.priors[0] += 1 }
      }
      try checkpoints.save(
        TrainingState(epoch: epoch + 1, step: 0, history: model.history, tensors: model.tensors))
      if flaw == .savingChanges { model.priors[0] += 1 }
    }
    if flaw == .trainsByThreads { model.priors[0] += Float(task.threads) }
    if flaw == .trainsRandomly { model.priors[0] += Float.random(in: 0...1) }
    return model
  }

  func restore(
    from tensors: TensorCollection, embedding: EmbeddingTable?, labelCount: Int
  ) throws -> BrokenModel {
    let flaw = configuration.flaw
    var model = BrokenModel(flaw: flaw, labelCount: labelCount)
    do {
      model.counts = try tensors.values(
        flaw == .reservedName ? "embedding.weight" : "counts", shape: [labelCount, Self.buckets])
      if flaw != .losesPriors, flaw != .repeatedName {
        model.priors = try tensors.values("priors", shape: [labelCount])
      }
    } catch {
      if flaw == .acceptsAnything { return model }
      if flaw == .wrongRefusal { throw PlainError() }
      throw error
    }
    return model
  }
}

/// The counts of a `BrokenClassifier`.
struct BrokenModel: ClassifierModel {
  let flaw: BrokenClassifier.Flaw
  /// `[C]`.
  var priors: [Float]
  /// `[C, buckets]`.
  var counts: [Float]
  var history: [EpochRecord] = []
  private let calls = Counter()

  init(flaw: BrokenClassifier.Flaw, labelCount: Int) {
    self.flaw = flaw
    priors = Array(repeating: 1, count: labelCount)
    counts = Array(repeating: 1, count: labelCount * BrokenClassifier.buckets)
  }

  var embedding: EmbeddingTable? {
    guard flaw == .vectorsForTokens else { return nil }
    return EmbeddingTable(
      vocabulary: Vocabulary(), dimensions: 1, values: [0], isTrainable: false, summary: "none")
  }

  var tensors: [NamedTensor] {
    let shape = [priors.count, BrokenClassifier.buckets]
    return [
      NamedTensor(
        name: flaw == .repeatedName ? "counts" : "priors", shape: [priors.count],
        values: flaw == .notFinite ? priors.map { _ in .nan } : priors),
      NamedTensor(
        name: flaw == .reservedName ? "embedding.weight" : "counts", shape: shape, values: counts),
    ].reversed()
  }

  func probabilities(of documents: [EncodedDocument], threads: Int) -> [[Float]] {
    _ = calls.enter()
    defer { calls.leave() }
    let usable = flaw == .refusesEmpty ? documents.filter { $0.tokenCount > 0 } : documents
    return usable.enumerated().map { number, document in
      var row = probabilities(of: document)
      switch flaw {
      case .sumsToTwo: row = row.map { 2 * $0 }
      case .negative: (row[0], row[1]) = (row[0] + row[1] + 0.5, -0.5)
      case .tooFew: row.removeLast()
      case .dependsOnBatch where documents.count > 1: row.swapAt(0, 1)
      case .dependsOnOrder where number % 2 == 1: row.swapAt(0, 1)
      case .dependsOnThreads where threads == 5: row.swapAt(0, 1)
      case .sharesState where calls.overlaps(): row.swapAt(0, 1)
      case .random: if Bool.random() { row.swapAt(0, 1) }
      default: break
      }
      return row
    }
  }

  func shares(of document: EncodedDocument, for label: Int, threads: Int) -> TokenShares {
    let count = flaw == .fewShares ? 0 : document.tokenCount
    return TokenShares(method: .removal, values: Array(repeating: 0, count: count))
  }

  private func probabilities(of document: EncodedDocument) -> [Float] {
    var scores = priors
    for hash in document.hashes {
      let bucket = Int(hash % UInt64(BrokenClassifier.buckets))
      for label in scores.indices {
        scores[label] += counts[label * BrokenClassifier.buckets + bucket]
      }
    }
    let sum = scores.reduce(0, +)
    return scores.map { $0 / sum }
  }
}
