public import PipelineCore

extension StageConformance {
  /// Training settings with which a small network can learn three labels in two epochs.
  public static var smallTraining: TrainingSettings {
    var settings = TrainingSettings()
    settings.epochs = 2
    settings.batch = 8
    settings.shard = 4
    settings.learningRate = 0.02
    return settings
  }

  /// Checks a classifier by training it several times on 36 short documents with three labels.
  ///
  /// Configure a small network, so that the checks take only seconds.
  ///
  /// - Parameters:
  ///   - classifier: the stage.
  ///   - training: the training settings.
  /// - Throws: any error from training with 1 thread and without interruption.
  public static func faults<C: Classifier>(
    in classifier: C, training: TrainingSettings = smallTraining
  ) throws -> [Fault] {
    var faults = FaultList()
    checkStage(classifier, &faults)
    let examples = SampleExamples(for: C.input)
    var task = TrainingTask(
      examples: examples.training, validation: examples.validation,
      embedding: examples.embedding, settings: training)
    var polls = 0
    task.shouldStop = {
      polls += 1
      return false
    }
    let model = try classifier.fit(task)
    task.shouldStop = { false }

    try checkTraining(classifier, task, model, &faults)
    checkInterruption(classifier, task, polls, &faults)
    try checkCheckpoints(classifier, task, model, &faults)
    checkModel(model, examples, &faults)
    checkRestoring(classifier, model, examples, &faults)
    return faults.faults
  }

  /// Checks that training a second time gives the same weights, for any number of threads.
  private static func checkTraining<C: Classifier>(
    _ classifier: C, _ task: TrainingTask, _ model: C.Model, _ faults: inout FaultList
  ) throws {
    let weights = bits(of: model)
    faults.require(
      bits(of: try classifier.fit(task)) == weights, .training,
      "training again gives different weights")
    for threads in [2, 3, 8] {
      var task = task
      task.threads = threads
      faults.require(
        bits(of: try classifier.fit(task)) == weights, .training,
        "training with \(threads) threads gives different weights")
    }
    // Without validation documents, no epoch is chosen.
    var whole = task
    whole.validation = nil
    faults.require(
      try classifier.fit(whole).history.allSatisfy { $0.validationAccuracy == nil && !$0.isKept },
      .history, "without validation documents, an epoch must not have an accuracy or be kept")
    let epochs = model.history.map(\.epoch)
    faults.require(
      epochs.isEmpty || epochs == Array(1...epochs.count), .history,
      "the epochs are numbered \(epochs)")
    faults.require(
      model.history.allSatisfy { $0.loss.isFinite && $0.seconds >= 0 && $0.tokens >= 0 }, .history,
      "an epoch has a loss that is NaN or infinite, or a negative time or token count")
  }

  /// Checks that training calls `shouldStop`, and throws `interrupted` when asked to stop, at the
  /// first call or half-way.
  private static func checkInterruption<C: Classifier>(
    _ classifier: C, _ task: TrainingTask, _ polls: Int, _ faults: inout FaultList
  ) {
    guard polls > 0 else {
      return faults.add(.interruption, "training never asks whether to stop")
    }
    for limit in Set([1, max(1, polls / 2)]).sorted() {
      var count = 0
      var task = task
      task.shouldStop = {
        count += 1
        return count >= limit
      }
      do {
        _ = try classifier.fit(task)
        faults.add(
          .interruption, "training ends normally after call \(limit) of shouldStop returned true")
      } catch {
        faults.require(
          error as? TrainingError == .interrupted, .interruption,
          "training throws \(error) when it is asked to stop")
      }
    }
  }

  /// Checks that saving checkpoints changes nothing, and that resuming gives the weights of an
  /// uninterrupted run.
  private static func checkCheckpoints<C: Classifier>(
    _ classifier: C, _ task: TrainingTask, _ model: C.Model, _ faults: inout FaultList
  ) throws {
    var states: [TrainingState] = []
    var task = task
    task.checkpoints = CheckpointPlan { states.append($0) }
    faults.require(
      bits(of: try classifier.fit(task)) == bits(of: model), .checkpoints,
      "saving checkpoints changes the weights")
    guard let first = states.first else { return }
    task.checkpoints = CheckpointPlan(resume: first) { _ in }
    do {
      faults.require(
        bits(of: try classifier.fit(task)) == bits(of: model), .checkpoints,
        "resuming from epoch \(first.epoch), step \(first.step) gives different weights")
    } catch {
      faults.add(.checkpoints, "resuming throws \(error)")
    }
  }

  /// Checks the predictions of a model.
  private static func checkModel<Model: ClassifierModel>(
    _ model: Model, _ examples: SampleExamples, _ faults: inout FaultList
  ) {
    let documents = examples.documents
    let rows = documents.map { model.probabilities(of: [$0], threads: 1).first ?? [] }
    for (number, row) in rows.enumerated() {
      checkProbabilities(row, "document \(number)", .probabilities, &faults)
    }
    let empty = model.probabilities(of: [examples.empty], threads: 1)
    faults.require(empty.count == 1, .empty, "a document without tokens gets no prediction")
    for row in empty { checkProbabilities(row, "a document without tokens", .empty, &faults) }
    faults.require(
      model.probabilities(of: [], threads: 2).isEmpty, .empty,
      "there are predictions although there are no documents")

    for threads in 1...8 {
      let batch = model.probabilities(of: documents, threads: threads)
      faults.require(
        isSame(batch, rows), threads == 1 ? .batch : .threads,
        "with \(threads) threads, a document in a batch gets different probabilities than alone")
    }
    let reversed = model.probabilities(of: documents.reversed(), threads: 1)
    faults.require(
      isSame(reversed.reversed(), rows), .batch, "the order of the documents changes a result")
    let alone = documents.map { model.probabilities(of: [$0], threads: 1).first ?? [] }
    faults.require(
      isSame(alone, rows), .determinism,
      "classifying a document again gives different probabilities")
    let several = Shards.map(count: 8, threads: 8) {
      isSame(model.probabilities(of: documents, threads: $0 % 3 + 1), rows)
    }
    faults.require(
      several.allSatisfy { $0 }, .concurrency, "the results differ on several threads")
    checkShares(model, examples, &faults)
    checkTensors(model, examples, &faults)
  }

  private static func checkProbabilities(
    _ row: [Float], _ name: String, _ requirement: Requirement, _ faults: inout FaultList
  ) {
    faults.require(
      row.count == SampleExamples.labelCount, requirement,
      "\(name): \(row.count) probabilities for \(SampleExamples.labelCount) labels")
    faults.require(
      row.allSatisfy { $0 >= 0 && $0 <= 1 }, requirement, "\(name): a probability is not in 0...1")
    let sum = row.reduce(0) { $0 + Double($1) }
    faults.require(
      abs(sum - 1) < 1e-4, requirement, "\(name): the probabilities sum to \(sum)")
  }

  private static func checkShares(
    _ model: some ClassifierModel, _ examples: SampleExamples, _ faults: inout FaultList
  ) {
    for document in examples.documents.prefix(4) + examples.documents.suffix(1) + [examples.empty] {
      let shares = model.shares(of: document, for: 1, threads: 1)
      faults.require(
        shares.values.count == document.tokenCount && shares.values.allSatisfy(\.isFinite),
        .shares,
        "\(document.tokenCount) tokens have \(shares.values.count) shares, or some are not finite")
      faults.require(
        model.shares(of: document, for: 1, threads: 4) == shares, .shares,
        "with 4 threads, the shares differ")
      // A classifier with other faults may return too few probabilities for the default
      // implementation.
      guard faults.faults.isEmpty, let quick = model.quickShares(of: document, for: 1, threads: 1)
      else { continue }
      faults.require(
        quick.values.count == document.tokenCount && quick.values.allSatisfy(\.isFinite),
        .shares,
        "\(document.tokenCount) tokens have \(quick.values.count) quick shares, or some are not "
          + "finite")
      faults.require(
        model.quickShares(of: document, for: 1, threads: 4) == quick, .shares,
        "with 4 threads, the quick shares differ")
    }
    checkNGrams(model, examples.documents, &faults)
  }

  private static func checkNGrams(
    _ model: some ClassifierModel, _ documents: [EncodedDocument], _ faults: inout FaultList
  ) {
    let lists = model.strongestNGrams(in: documents, count: 3, threads: 1)
    faults.require(
      lists.isEmpty || lists.count == SampleExamples.labelCount, .shares,
      "\(lists.count) lists of n-grams for \(SampleExamples.labelCount) labels")
    faults.require(
      model.strongestNGrams(in: documents, count: 3, threads: 4) == lists, .shares,
      "with 4 threads, the n-grams differ")
    for list in lists {
      let weights = list.map(\.weight)
      faults.require(
        list.count <= 3 && weights == weights.sorted(by: >) && weights.allSatisfy { $0 > 0 },
        .shares, "n-gram weights \(weights): expected at most 3, positive, largest first")
      let isInside = list.allSatisfy { ngram in
        documents.indices.contains(ngram.document) && !ngram.tokens.isEmpty
          && ngram.tokens.lowerBound >= 0
          && ngram.tokens.upperBound <= documents[ngram.document].tokenCount
      }
      faults.require(isInside, .shares, "an n-gram is not in a document")
    }
  }

  private static func checkTensors(
    _ model: some ClassifierModel, _ examples: SampleExamples, _ faults: inout FaultList
  ) {
    let tensors = model.tensors
    let names = tensors.map(\.name)
    for name in names {
      let isReserved =
        ["embedding.", "vocab.", "words."].contains(where: name.hasPrefix) || name.isEmpty
      faults.require(
        !isReserved && names.count { $0 == name } == 1, .tensorNames,
        "the tensor name \(name.debugDescription) is empty, repeated or reserved")
    }
    faults.require(
      tensors.allSatisfy { $0.values.allSatisfy(\.isFinite) }, .finite,
      "a tensor contains NaN or infinity")
    faults.require(model.facts.weightCount >= 0, .finite, "the number of weights is negative")
    switch (model.embedding, examples.embedding) {
    case (nil, nil): break
    case (let own?, let given?):
      faults.require(
        own.vocabulary == given.vocabulary && own.dimensions == given.dimensions, .vectors,
        "the vectors of the model have different words or dimensions")
      faults.require(
        own.values.allSatisfy(\.isFinite), .finite, "a vector contains NaN or infinity")
    default:
      faults.add(
        .vectors, "the model has vectors although the classifier reads tokens, or the reverse")
    }
  }

  /// Checks that a model can be restored from its tensors, and that other tensors are rejected.
  private static func checkRestoring<C: Classifier>(
    _ classifier: C, _ model: C.Model, _ examples: SampleExamples, _ faults: inout FaultList
  ) {
    func restored(_ tensors: [NamedTensor], labelCount: Int) throws -> C.Model {
      try classifier.restore(
        from: TensorCollection(tensors), embedding: model.embedding, labelCount: labelCount)
    }
    let count = SampleExamples.labelCount
    do {
      // A file stores tensors in a different order.
      let copy = try restored(model.tensors.reversed(), labelCount: count)
      faults.require(
        bits(of: copy) == bits(of: model), .restoring, "the tensors of the restored model differ")
      faults.require(
        isSame(
          copy.probabilities(of: examples.documents, threads: 2),
          model.probabilities(of: examples.documents, threads: 2)), .restoring,
        "the restored model gives different probabilities")
    } catch {
      faults.add(.restoring, "restoring throws \(error)")
    }
    func mustRefuse(_ what: String, _ tensors: [NamedTensor], labelCount: Int = count) {
      do {
        _ = try restored(tensors, labelCount: labelCount)
        faults.add(.refusal, "restoring accepts \(what)")
      } catch {
        faults.require(
          error is TensorError, .refusal, "restoring with \(what) throws \(error)")
      }
    }
    for (number, tensor) in model.tensors.enumerated() {
      var others = model.tensors
      others.remove(at: number)
      mustRefuse("a model without \(tensor.name)", others)
      let longer = NamedTensor(
        name: tensor.name, shape: [tensor.values.count + 1], values: tensor.values + [0])
      mustRefuse("\(tensor.name) with a wrong shape", others + [longer])
    }
    mustRefuse("a wrong number of labels", model.tensors, labelCount: count + 1)
  }

  /// Returns the bits of all tensors and vectors of a model.
  private static func bits(of model: some ClassifierModel) -> [[UInt32]] {
    (model.tensors.map(\.values) + [model.embedding?.values ?? []]).map { $0.map(\.bitPattern) }
  }

  private static func isSame(_ one: [[Float]], _ other: [[Float]]) -> Bool {
    one.map { $0.map(\.bitPattern) } == other.map { $0.map(\.bitPattern) }
  }
}
