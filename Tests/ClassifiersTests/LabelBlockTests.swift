import Classifiers
import PipelineCore
import Testing

/// Random documents of 30 features, half of which hint at one of 40 labels.
private struct RandomDocuments {
  static let features = 30
  static let labelCount = 40
  let matrix: FeatureMatrix
  let labels: [Int]

  init(_ count: Int) {
    var generator = SeededGenerator(seed: 11)
    let labels = (0..<count).map { _ in generator.next(below: Self.labelCount) }
    matrix = FeatureMatrix(
      labels.map { label in
        (0..<Self.features).filter { ($0 &* 7 &+ label) % 5 == 0 || generator.next(below: 6) == 0 }
          .map { NGramFeatures.Feature(row: Int32($0), value: generator.uniform(in: 0.1...1)) }
      })
    self.labels = labels
  }
}

@Suite("LabelBlock")
struct LabelBlockTests {
  @Test(
    "Machines trained in a block reach the solutions of machines trained one by one",
    arguments: [0..<16, 16..<32, 32..<40, 5..<6],
    [
      (weights: [], startsFromZero: true), ((0..<40).map { 0.2 + Double($0 % 4) }, true),
      ([], false),
    ])
  func sameSolutions(labels: Range<Int>, variant: (weights: [Double], startsFromZero: Bool)) {
    let documents = RandomDocuments(400)
    // Not all documents of the matrix are for training.
    let training = Array(0..<300)
    func problem(_ cost: Double) -> LinearProblem {
      LinearProblem(
        labels: documents.labels, cost: cost, labelWeights: variant.weights,
        labelCount: RandomDocuments.labelCount)
    }
    func block(_ labels: Range<Int>) -> LabelBlock {
      LabelBlock(
        labels: labels, documents.matrix, documents: training, features: RandomDocuments.features,
        generator: SeededGenerator(seed: 3))
    }
    var trained = block(labels)
    if !variant.startsFromZero {
      // The solution for a label that no document has.
      var common = block(RandomDocuments.labelCount..<RandomDocuments.labelCount + 1)
      common.solve(documents.matrix, problem(0.3), tolerance: 0.01)
      var members: [[Int32]] = Array(repeating: [], count: RandomDocuments.labelCount)
      for document in training { members[documents.labels[document]].append(Int32(document)) }
      trained = common.copy(
        for: labels, members: members, documents.matrix, generator: SeededGenerator(seed: 5))
    }
    // The second time, the machines start from the solution for another cost.
    for cost in [0.3, 1] {
      trained.solve(documents.matrix, problem(cost), tolerance: 1e-4)
      for label in labels {
        var machine = DualCoordinateDescent(
          label: label, documents.matrix, documents: training,
          features: RandomDocuments.features, generator: SeededGenerator(seed: 4))
        machine.solve(documents.matrix, problem(cost), tolerance: 1e-4)
        let difference = zip(
          trained.weights(of: label) + [trained.bias(of: label)], machine.weights + [machine.bias]
        ).map { ($0 - $1).magnitude }.max()
        #expect((difference ?? 1) < 1e-3, "label \(label), cost \(cost)")
        #expect(machine.weights.contains { $0.magnitude > 0.01 })
      }
    }
    for document in 300..<310 {
      let features = documents.matrix[document]
      let scores = labels.map { label in
        features.reduce(trained.bias(of: label)) {
          $0 + trained.weights(of: label)[Int($1.row)] * $1.value
        }
      }
      #expect(trained.scores(features) == scores)
    }
  }

  @Test("The solution does not depend on how often the solver is interrupted")
  func interruptions() {
    let documents = RandomDocuments(200)
    let problem = LinearProblem(
      labels: documents.labels, cost: 1, labelCount: RandomDocuments.labelCount)
    func solve(visits: Int) -> (block: LabelBlock, calls: Int) {
      var block = LabelBlock(
        labels: 0..<16, documents.matrix, documents: Array(0..<200),
        features: RandomDocuments.features, generator: SeededGenerator(seed: 3))
      block.begin()
      var calls = 0
      var isSolved = false
      while !isSolved {
        var left = visits
        isSolved = block.advance(documents.matrix, problem, tolerance: 0.01, visits: &left)
        calls += 1
      }
      return (block, calls)
    }
    let (whole, sliced) = (solve(visits: .max), solve(visits: 1))
    #expect(whole.calls == 1)
    #expect(sliced.calls > 5)
    for label in 0..<16 {
      #expect(whole.block.weights(of: label) == sliced.block.weights(of: label))
    }
  }
}

@Suite("n-gram classifier with more labels than are trained one by one")
struct ManyLabelsTests {
  private static let labelCount = 300

  /// Documents with one word that only their label has, among words that all labels have.
  private func examples(_ count: Int, seed: UInt64) -> LabelledExamples {
    var generator = SeededGenerator(seed: seed)
    let labels = (0..<count).map { $0 % Self.labelCount }
    let documents = labels.map { label in
      let words = (0..<6).map { _ in "word\(generator.next(below: 50))" }
      return EncodedDocument(text: (words + ["hint\(label)"]).joined(separator: " "))
    }
    return LabelledExamples(documents: documents, labels: labels, labelCount: Self.labelCount)
  }

  private func fit(threads: Int) throws -> NGramModel {
    var configuration = NGramClassifier.Configuration()
    configuration.characters = 0
    return try NGramClassifier(configuration: configuration).fit(
      TrainingTask(
        examples: examples(900, seed: 1), embedding: nil, settings: TrainingSettings(),
        threads: threads))
  }

  @Test("It finds the word of each label, with the same model for any number of threads")
  func learns() throws {
    let model = try fit(threads: 1)
    let test = examples(600, seed: 2)
    let rows = model.probabilities(of: test.documents, threads: 2)
    let right = zip(rows, test.labels).filter { Prediction(probabilities: $0).best == $1 }.count
    #expect(right > 590)
    let tensors = model.tensors.map { $0.values.map(\.bitPattern) }
    #expect(try fit(threads: 3).tensors.map { $0.values.map(\.bitPattern) } == tensors)
  }
}
