import PipelineCore

/// Documents cut into parts of which each is judged by weights learned from the others.
struct Folds {
  /// The documents of each fold.
  let documents: [[Int]]
  private let examples: LinearFit.Examples
  private let features: Int
  private let generator: SeededGenerator
  private let threads: Int

  private static let count = 5

  /// Random folds of about the same size; no more than there are documents.
  init(_ examples: LinearFit.Examples, features: Int, seed: Int, threads: Int) {
    generator = SeededGenerator(seed: UInt64(seed), 0x96a)
    var order = Array(0..<examples.matrix.count)
    var generator = generator
    generator.shuffle(&order)
    let count = max(1, min(Self.count, order.count))
    documents = (0..<count).map { fold in
      Array(order[order.count * fold / count..<order.count * (fold + 1) / count])
    }
    self.examples = examples
    self.features = features
    self.threads = threads
  }

  /// So many folds that they have at least `count` documents, or all.
  func judges(atLeast count: Int) -> Range<Int> {
    var (folds, judged) = (0, 0)
    while folds < documents.count, judged < count {
      judged += documents[folds].count
      folds += 1
    }
    return 0..<max(folds, 1)
  }

  /// The scores of a fold's documents at each cost, behind those of folds before it.
  func scores(of fold: Int, costs: [Double], addedTo scores: [[[Float]]]) -> [[[Float]]] {
    let others = documents.indices.filter { $0 != fold || documents.count == 1 }
      .flatMap { documents[$0] }
    var machines = LinearMachines(
      examples, documents: others, features: features,
      generator: SeededGenerator(seed: generator.key, fold))
    return costs.enumerated().map { number, cost in
      let weights = machines.solve(examples.matrix, cost: cost, threads: threads)
      let before = scores.indices.contains(number) ? scores[number] : []
      return before + documents[fold].map { weights.scores(examples.matrix[$0]) }
    }
  }
}
