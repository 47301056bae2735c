import PipelineCore

/// One support vector machine per label, all trained on the same documents.
///
/// Only a few machines are in memory at a time, so ten thousand labels take hardly more memory than
/// ten. Training can stop between any two passes.
///
/// Up to 256 labels are trained one by one, with features scaled for each label. More labels are
/// trained in blocks, starting from the solution of a machine without positive documents: starting
/// from zero, each machine would spend most of its time learning what the documents of all other
/// labels have in common.
struct OneVersusRest {
  private let examples: LinearFit.Examples
  private let documents: [Int]
  private let features: Int
  private let generator: SeededGenerator
  /// The naive Bayes model that determines the scales of the features; `nil` for scales of 1.
  private let bayes: NaiveBayes?
  private let threads: Int
  private let progress: LinearProgress

  /// The number of labels above which machines are trained in blocks.
  static let independentLabels = 256
  /// The number of independent machines that are advanced together if they fit in `memory`.
  private static let together = 64
  /// The maximum memory in bytes for machines that are advanced together, unless there is only one
  /// per thread.
  private static let memory = 256 << 20
  /// The work of a machine or block between two calls of `LinearProgress.check`, in visited
  /// features; it takes a few milliseconds.
  private static let slice = 1 << 22
  /// The spread of the projected gradient at which a problem counts as solved.
  private static let tolerance: Float = 0.05

  /// Creates machines for these documents.
  ///
  /// - Parameters:
  ///   - documents: the documents of `examples` to train on.
  ///   - features: the number of features, `F`.
  ///   - generator: determines the order in which documents are visited.
  ///   - bayes: naive Bayes fitted to the same documents, whose relevance scales the features of
  ///     machines that are trained one by one; `nil` for scales of 1.
  init(
    _ examples: LinearFit.Examples, documents: [Int], features: Int, generator: SeededGenerator,
    bayes: NaiveBayes?, threads: Int, progress: LinearProgress
  ) {
    self.examples = examples
    self.documents = documents
    self.features = features
    self.generator = generator
    self.bayes = bayes
    self.threads = threads
    self.progress = progress
  }

  /// Solves the problem of every label for each cost in turn, starting each time from the solution
  /// for the previous cost.
  ///
  /// - Parameters:
  ///   - result: returns the part of a solution to keep.
  ///   - keep: receives the results for some labels, one per cost; labels are in no particular
  ///     order.
  /// - Throws: `TrainingError.interrupted`
  func solve<Kept: Sendable>(
    costs: [Double], _ result: @escaping @Sendable (any LinearMachines) -> Kept,
    keep: (_ labels: Range<Int>, _ kept: [Kept]) -> Void
  ) throws(TrainingError) {
    let labelCount = examples.labelCount
    let problems = costs.map { examples.problem(cost: $0) }
    guard labelCount > Self.independentLabels else {
      let size = DualCoordinateDescent.size(features: features, documents: examples.matrix.count)
      let together = max(threads, min(Self.together, Self.memory / max(size, 1)))
      return try solve(
        problems, count: labelCount, together: together, start: machine, result, keep: keep)
    }
    let start = try commonStart(problems[0])
    let members = documentsByLabel
    let blocks = Shards.ranges(of: labelCount, size: LabelBlock.width)
    try solve(
      problems, count: blocks.count, together: threads,
      start: { number in
        start.copy(
          for: blocks[number], members: members, examples.matrix,
          generator: SeededGenerator(seed: generator.key, number))
      }, result, keep: keep)
  }

  /// Machines that are being trained.
  private struct Slot<Machines: LinearMachines, Kept: Sendable>: Sendable {
    var machines: Machines
    /// The results for the costs that have been solved.
    var kept: [Kept] = []
  }

  /// Trains machines number `0..<count`, `together` at a time.
  private func solve<Machines: LinearMachines, Kept: Sendable>(
    _ problems: [LinearProblem], count: Int, together: Int, start: (Int) -> Machines,
    _ result: @escaping @Sendable (any LinearMachines) -> Kept,
    keep: (_ labels: Range<Int>, _ kept: [Kept]) -> Void
  ) throws(TrainingError) {
    func slot(_ number: Int) -> Slot<Machines, Kept> {
      var machines = start(number)
      machines.begin()
      return Slot(machines: machines)
    }
    var slots = (0..<min(together, count)).map(slot)
    var next = slots.count
    while !slots.isEmpty {
      try progress.check()
      advance(&slots, problems, result)
      for index in slots.indices.reversed() where slots[index].kept.count == problems.count {
        let labels = slots[index].machines.labels
        keep(labels, slots[index].kept)
        progress.finish(problems.count * labels.count)
        if next < count {
          slots[index] = slot(next)
          next += 1
        } else {
          slots.remove(at: index)
        }
      }
    }
  }

  /// Advances all machines by one slice of work on the problems that they have not solved yet.
  private func advance<Machines, Kept>(
    _ slots: inout [Slot<Machines, Kept>], _ problems: [LinearProblem],
    _ result: @escaping @Sendable (any LinearMachines) -> Kept
  ) {
    let (matrix, slice) = (examples.matrix, visits)
    Shards.forEach(&slots, threads: threads) { _, slot in
      var visits = slice
      while visits > 0, slot.kept.count < problems.count {
        let problem = problems[slot.kept.count]
        guard
          slot.machines.advance(matrix, problem, tolerance: Self.tolerance, visits: &visits)
        else { continue }
        slot.kept.append(result(slot.machines))
        slot.machines.begin()
      }
    }
  }

  private func machine(_ label: Int) -> DualCoordinateDescent {
    DualCoordinateDescent(
      label: label, examples.matrix, documents: documents, features: features,
      generator: SeededGenerator(seed: generator.key, label),
      scales: bayes?.relevance(of: label) ?? [])
  }

  /// The number of documents to visit in a slice.
  private var visits: Int { max(1, Self.slice / (16 + examples.matrix.meanFeatureCount)) }

  /// Returns the solution of a problem in which no document is positive.
  private func commonStart(_ problem: LinearProblem) throws(TrainingError) -> LabelBlock {
    var block = LabelBlock(
      labels: examples.labelCount..<examples.labelCount + 1, examples.matrix,
      documents: documents, features: features,
      generator: SeededGenerator(seed: generator.key, examples.labelCount))
    block.begin()
    while true {
      try progress.check()
      var visits = visits
      if block.advance(examples.matrix, problem, tolerance: Self.tolerance, visits: &visits) {
        return block
      }
    }
  }

  /// The documents of each label.
  private var documentsByLabel: [[Int32]] {
    var members: [[Int32]] = Array(repeating: [], count: examples.labelCount)
    for document in documents { members[examples.labels[document]].append(Int32(document)) }
    return members
  }
}
