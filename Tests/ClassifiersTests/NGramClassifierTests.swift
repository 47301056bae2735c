import Classifiers
import Learning
import PipelineCore
import Synchronization
import Testing

/// Documents of random words, some of which hint at the label.
private func examples(_ count: Int, seed: UInt64, labelCount: Int = 3) -> LabelledExamples {
  var generator = SeededGenerator(seed: seed)
  let labels = (0..<count).map { _ in generator.next(below: labelCount) }
  let documents = labels.enumerated().map { number, label in
    let length = number % 20 == 0 ? 0 : 1 + generator.next(below: 12)
    let words = (0..<length).map { _ in
      generator.next(below: 3) == 0
        ? "hint\(label)\(generator.next(below: 9))" : "word\(generator.next(below: 40))"
    }
    return EncodedDocument(text: words.joined(separator: " "))
  }
  return LabelledExamples(documents: documents, labels: labels, labelCount: labelCount)
}

@Suite("NGramClassifier")
struct NGramClassifierTests {
  private func classifier(
    _ change: (inout NGramClassifier.Configuration) -> Void = { _ in }
  ) -> NGramClassifier {
    var configuration = NGramClassifier.Configuration()
    change(&configuration)
    return NGramClassifier(configuration: configuration)
  }

  private func bits(_ model: NGramModel) -> [[UInt32]] {
    model.tensors.map { $0.values.map(\.bitPattern) }
  }

  @Test(
    "The solver stops where the gradient of the problem is zero, with and without label weights and scales",
    arguments: [0.1, 0.5, 1], [(weights: [], scaled: false), ([0.3, 4], false), ([], true)])
  func solvesTheProblem(cost: Double, variant: (weights: [Double], scaled: Bool)) {
    let labelWeights = variant.weights
    var generator = SeededGenerator(seed: 5)
    let count = 12
    let rows = (0..<60).map { _ in
      (0..<count).filter { _ in generator.next(below: 3) == 0 }.map {
        NGramFeatures.Feature(row: Int32($0), value: generator.uniform(in: -1...1))
      }
    }
    let isPositive = rows.map { row in
      row.reduce(0) { $0 + $1.value } + generator.uniform(in: -1...1) > 0
    }
    let matrix = FeatureMatrix(rows)
    let scales = variant.scaled ? (0..<count).map { Float($0) / 4 } : []
    var machine = DualCoordinateDescent(
      label: 1, matrix, documents: Array(rows.indices), features: count, generator: generator,
      scales: scales)
    // Starts from the solution for another cost, as it does when the cost is chosen.
    func problem(cost: Double) -> LinearProblem {
      LinearProblem(
        labels: isPositive.map { $0 ? 1 : 0 }, cost: cost, labelWeights: labelWeights,
        labelCount: 2)
    }
    machine.solve(matrix, problem(cost: cost / 3), tolerance: 0.05)
    machine.solve(matrix, problem(cost: cost), tolerance: 0.001)
    // The gradient, multiplied by the scale s: w - s 2 sum_i cost_i max(0, 1 - y_i f_i) y_i x_i,
    // and the same for b with x = 1. An error of 0.001 in the gradient of the dual changes this
    // gradient by 2 cost_i * 0.001 |x_i|.
    var rest = Array(repeating: 1e-4, count: count + 1)
    var slopes = (machine.weights + [machine.bias]).map(Double.init)
    let size = slopes.reduce(0) { $0 + $1 * $1 }
    for (row, positive) in zip(rows, isPositive) {
      let sign = positive ? 1.0 : -1.0
      let score = row.reduce(Double(machine.bias)) {
        $0 + Double(machine.weights[Int($1.row)] * $1.value)
      }
      let cost = labelWeights.isEmpty ? cost : cost * labelWeights[positive ? 1 : 0]
      let pull = 2 * cost * max(0, 1 - sign * score) * sign
      for feature in row {
        let scale = scales.isEmpty ? 1 : Double(scales[Int(feature.row)])
        slopes[Int(feature.row)] -= scale * pull * Double(feature.value)
        rest[Int(feature.row)] += scale * 0.002 * cost * Double(feature.value.magnitude)
      }
      slopes[count] -= pull
      rest[count] += 0.002 * cost
    }
    #expect(size > 0.01)
    #expect(scales.isEmpty || machine.weights[0] == 0, "a feature of scale 0 has no weight")
    #expect(zip(slopes, rest).allSatisfy { $0.magnitude < $1 }, "\(slopes)")
  }

  @Test("It learns the hints, and its probabilities are well calibrated")
  func learns() throws {
    let (train, test) = (examples(600, seed: 1), examples(600, seed: 2))
    for characters in [0, 5] {
      let model = try classifier { $0.characters = characters }.fit(TrainingTask(examples: train))
      let rows = model.probabilities(of: test.documents, threads: 1)
      let right = zip(rows, test.labels).filter { Prediction(probabilities: $0).best == $1 }.count
      let confidence = rows.reduce(0.0) { $0 + Double($1.max() ?? 0) } / 600
      #expect(right > 480)
      #expect((confidence - Double(right) / 600).magnitude < 0.05)
    }
  }

  @Test("Naive Bayes gives the held-out documents a smaller loss, and can be turned off")
  func naiveBayes() throws {
    func loss(bayes: Bool) throws -> Double {
      var task = TrainingTask(
        examples: examples(60, seed: 31, labelCount: 6), embedding: nil,
        settings: TrainingSettings(), threads: 2)
      task.validation = examples(2000, seed: 32, labelCount: 6)
      return try #require(
        try classifier { $0.bayes = bayes }.fit(task).history.first?.validationLoss)
    }
    let (without, with) = (try loss(bayes: false), try loss(bayes: true))
    #expect(with < 0.97 * without, "\(with) \(without)")
  }

  @Test("Any number of threads gives the same bits", arguments: [2, 3, 8])
  func threadsChangeNothing(threads: Int) throws {
    var task = TrainingTask(examples: examples(300, seed: 3), validation: examples(40, seed: 4))
    let stage = classifier { $0.characters = 4 }
    let one = try stage.fit(task)
    task.threads = threads
    let several = try stage.fit(task)
    #expect(bits(several) == bits(one))
    let documents = examples(50, seed: 6).documents
    #expect(
      several.probabilities(of: documents, threads: threads)
        == documents.flatMap { one.probabilities(of: [$0], threads: 1) })
  }

  @Test("A model restored from its tensors gives the same bits", arguments: [0, 5])
  func restores(characters: Int) throws {
    let stage = classifier { $0.characters = characters }
    let model = try stage.fit(TrainingTask(examples: examples(120, seed: 7)))
    let again = try stage.restore(
      from: TensorCollection(model.tensors), embedding: nil, labelCount: 3)
    #expect(again.tensors == model.tensors)
    let documents = examples(50, seed: 8).documents
    #expect(
      again.probabilities(of: documents, threads: 1)
        == model.probabilities(of: documents, threads: 1))
  }

  @Test("Impossible n-gram keys are refused")
  func wrongKeys() throws {
    let model = try classifier().fit(TrainingTask(examples: examples(60, seed: 9)))
    let keys = try #require(model.tensors.firstIndex { $0.name == "ngrams.key" })
    for (number, value) in [(0, Float(0.5)), (1, -1), (2, 16_777_216), (3, .infinity)] {
      var tensors = model.tensors
      tensors[keys].values[number] = value
      #expect(throws: TensorError.self) {
        try classifier().restore(
          from: TensorCollection(tensors), embedding: nil, labelCount: 3)
      }
    }
    var tensors = model.tensors
    tensors[keys].values.replaceSubrange(2..<4, with: tensors[keys].values[0..<2])
    #expect(throws: TensorError.invalid("ngrams.key", "the key of feature 1")) {
      try classifier().restore(from: TensorCollection(tensors), embedding: nil, labelCount: 3)
    }
  }

  @Test("Tiny corpora can be trained on if they have a feature", arguments: [1, 2, 3, 7])
  func fewDocuments(count: Int) throws {
    func task(_ text: String) -> TrainingTask {
      TrainingTask(
        examples: LabelledExamples(
          documents: (0..<count).map { _ in EncodedDocument(text: text) },
          labels: (0..<count).map { $0 % 2 }, labelCount: 2))
    }
    let small = task("a b")
    let model = try classifier { $0.minCount = 1 }.fit(small)
    let rows = model.probabilities(of: small.examples.documents, threads: 2)
    #expect(rows.allSatisfy { ($0.reduce(0, +) - 1).magnitude < 1e-5 && $0.count == 2 })
    #expect(throws: NGramError.self) { try classifier { $0.minCount = 1 }.fit(task("")) }
    #expect(throws: NGramError.self) { try classifier { $0.minCount = count + 2 }.fit(small) }
    // With the default of 2, a corpus whose n-grams all occur once is learned from all of them.
    #expect(try bits(classifier().fit(small)) == bits(model))
  }

  @Test("The model is trained on the validation documents only after they were scored")
  func relearns() throws {
    let (train, validation) = (examples(200, seed: 10), examples(60, seed: 11))
    let task = TrainingTask(examples: train, validation: validation)
    let with = try classifier().fit(task)
    let without = try classifier { $0.relearn = false }.fit(task)
    #expect(with.history.map(\.validationLoss) == without.history.map(\.validationLoss))
    #expect(without.score(on: validation, threads: 1)?.loss == without.history[0].validationLoss)
    let relearned = try #require(with.score(on: validation, threads: 1))
    #expect(relearned.loss < (without.history[0].validationLoss ?? 0))
  }

  @Test("Training stops when asked to")
  func stops() {
    #expect(throws: TrainingError.interrupted) {
      try classifier().fit(
        TrainingTask(examples: examples(60, seed: 12), shouldStop: { true }))
    }
  }

  @Test("Training asks often enough whether to stop, also within a machine")
  func asksOften() throws {
    // Labels without a pattern keep the three support vector machines busy for many slices.
    let count = 1000
    let documents = (0..<count).map { number in
      EncodedDocument(text: (0..<300).map { "w\(number * $0 % 503)" }.joined(separator: " "))
    }
    let many = LabelledExamples(
      documents: documents, labels: (0..<count).map { $0 * $0 % 7 % 3 }, labelCount: 3)
    let asked = Mutex(0)
    func fit(stopAfter limit: Int) throws {
      asked.withLock { $0 = 0 }
      _ = try classifier().fit(
        TrainingTask(
          examples: many, threads: 2,
          shouldStop: {
            asked.withLock { asked in
              asked += 1
              return asked > limit
            }
          }))
    }
    try fit(stopAfter: .max)
    #expect(asked.withLock { $0 } > 40)
    #expect(throws: TrainingError.interrupted) { try fit(stopAfter: 20) }
    #expect(asked.withLock { $0 } == 21)
  }
}

/// Documents with two labels, one of which is rare; few of the words hint at the label.
private func imbalanced(_ count: Int, seed: UInt64) -> LabelledExamples {
  var generator = SeededGenerator(seed: seed)
  let labels = (0..<count).map { $0 % 40 == 0 ? 1 : 0 }
  let documents = labels.map { label in
    let words = (0..<10).map { _ in
      generator.next(below: 5) == 0
        ? "hint\(label)\(generator.next(below: 40))" : "word\(generator.next(below: 60))"
    }
    return EncodedDocument(text: words.joined(separator: " "))
  }
  return LabelledExamples(documents: documents, labels: labels, labelCount: 2)
}

@Suite("Label weights of the linear part")
struct LinearLabelWeightTests {
  /// The share of each label's documents that are classified correctly.
  private func recall(_ labelWeights: [Double]) throws -> [Double] {
    var task = TrainingTask(examples: imbalanced(600, seed: 3))
    task.labelWeights = labelWeights
    let model = try NGramClassifier(configuration: NGramClassifier.Configuration()).fit(task)
    let unseen = imbalanced(2000, seed: 4)
    var (right, all) = ([0.0, 0.0], [0.0, 0.0])
    for (row, label) in zip(model.probabilities(of: unseen.documents, threads: 2), unseen.labels) {
      all[label] += 1
      if Prediction(probabilities: row).best == label { right[label] += 1 }
    }
    return zip(right, all).map { $0 / $1 }
  }

  @Test("A larger weight of the rare label finds more of its documents")
  func rareLabel() throws {
    let (equal, balanced) = (try recall([]), try recall([0.51, 20]))
    #expect(balanced[1] > equal[1] + 0.1, "\(equal) \(balanced)")
    #expect(balanced[0] + balanced[1] > equal[0] + equal[1], "\(equal) \(balanced)")
  }

  @Test("Equal weights change nothing")
  func equalWeights() throws {
    #expect(try recall([]) == recall([1, 1]))
  }
}
