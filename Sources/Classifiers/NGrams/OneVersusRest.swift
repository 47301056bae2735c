import PipelineCore

/// One support vector machine per label, all trained on the same documents.
///
/// Only a few machines are in memory at a time, so ten thousand labels take hardly more memory than
/// ten. Training can stop between any two passes.
struct OneVersusRest {
  private let examples: LinearFit.Examples
  private let documents: [Int]
  private let features: Int
  private let generator: SeededGenerator
  /// The naive Bayes model that determines the scales of the features; `nil` for scales of 1.
  private let bayes: NaiveBayes?
  private let threads: Int
  private let progress: LinearProgress

  /// The number of labels above which machines start from a common solution instead of zero.
  ///
  /// Starting from zero, each machine would spend most of its time learning what the documents of
  /// all other labels have in common.
  static let independentLabels = 256
  /// The number of machines that are advanced together if they fit in `memory`.
  private static let together = 64
  /// The maximum memory in bytes for machines that are advanced together, unless there is only one
  /// per thread.
  private static let memory = 256 << 20
  /// The work of a machine between two calls of `LinearProgress.check`, in visited features; it
  /// takes a few milliseconds.
  private static let slice = 1 << 22

  /// Creates machines for these documents.
  ///
  /// - Parameters:
  ///   - documents: the documents of `examples` to train on.
  ///   - features: the number of features, `F`.
  ///   - generator: determines the order in which documents are visited.
  ///   - bayes: naive Bayes fitted to the same documents, whose relevance scales the features;
  ///     `nil` for scales of 1. Machines that start from a common solution always have scales of 1.
  init(
    _ examples: LinearFit.Examples, documents: [Int], features: Int, generator: SeededGenerator,
    bayes: NaiveBayes?, threads: Int, progress: LinearProgress
  ) {
    self.examples = examples
    self.documents = documents
    self.features = features
    self.generator = generator
    self.bayes = examples.labelCount > Self.independentLabels ? nil : bayes
    self.threads = threads
    self.progress = progress
  }

  /// A machine that is being trained.
  private struct Slot<Kept: Sendable>: Sendable {
    let label: Int
    var machine: DualCoordinateDescent
    /// The results for the costs that have been solved.
    var kept: [Kept] = []
  }

  /// Solves the problem of every label for each cost in turn, starting each time from the solution
  /// for the previous cost.
  ///
  /// - Parameters:
  ///   - result: returns the part of a solution to keep.
  ///   - keep: receives the results of a label, one per cost; labels are in no particular order.
  /// - Throws: `TrainingError.interrupted`
  func solve<Kept: Sendable>(
    costs: [Double], _ result: @escaping @Sendable (_ label: Int, DualCoordinateDescent) -> Kept,
    keep: (_ label: Int, _ kept: [Kept]) -> Void
  ) throws(TrainingError) {
    let labelCount = examples.labelCount
    let problems = costs.map { examples.problem(cost: $0) }
    let common = labelCount > Self.independentLabels ? try commonStart(problems[0]) : nil
    let members = common == nil ? [] : documentsByLabel
    func slot(_ label: Int) -> Slot<Kept> {
      var machine = common ?? machine(label)
      if !members.isEmpty { machine.release(members[label], of: examples.matrix) }
      machine.begin()
      return Slot(label: label, machine: machine)
    }
    let size = DualCoordinateDescent.size(features: features, documents: examples.matrix.count)
    let count = max(threads, min(Self.together, Self.memory / max(size, 1)))
    var slots = (0..<min(count, labelCount)).map(slot)
    var next = slots.count
    while !slots.isEmpty {
      try progress.check()
      advance(&slots, problems, result)
      for index in slots.indices.reversed() where slots[index].kept.count == costs.count {
        keep(slots[index].label, slots[index].kept)
        progress.finish(costs.count)
        if next < labelCount {
          slots[index] = slot(next)
          next += 1
        } else {
          slots.remove(at: index)
        }
      }
    }
  }

  /// Advances each machine by one slice of work on the problems that it has not solved yet.
  private func advance<Kept>(
    _ slots: inout [Slot<Kept>], _ problems: [DualCoordinateDescent.Problem],
    _ result: @escaping @Sendable (_ label: Int, DualCoordinateDescent) -> Kept
  ) {
    let (matrix, slice) = (examples.matrix, visits)
    Shards.forEach(&slots, threads: threads) { _, slot in
      var visits = slice
      while visits > 0, slot.kept.count < problems.count {
        let problem = problems[slot.kept.count].with(label: slot.label)
        guard slot.machine.advance(matrix, problem, visits: &visits) else { continue }
        slot.kept.append(result(slot.label, slot.machine))
        slot.machine.begin()
      }
    }
  }

  private func machine(_ label: Int) -> DualCoordinateDescent {
    DualCoordinateDescent(
      examples.matrix, documents: documents, features: features,
      generator: SeededGenerator(seed: generator.key, label),
      scales: bayes?.relevance(of: label) ?? [])
  }

  /// The number of documents to visit in a slice.
  private var visits: Int { max(1, Self.slice / (16 + examples.matrix.meanFeatureCount)) }

  /// Returns the solution of a problem in which no document is positive.
  private func commonStart(
    _ problem: DualCoordinateDescent.Problem
  ) throws(TrainingError) -> DualCoordinateDescent {
    var machine = machine(examples.labelCount)
    machine.begin()
    while true {
      try progress.check()
      var visits = visits
      if machine.advance(examples.matrix, problem, visits: &visits) { return machine }
    }
  }

  /// The documents of each label.
  private var documentsByLabel: [[Int32]] {
    var members: [[Int32]] = Array(repeating: [], count: examples.labelCount)
    for document in documents { members[examples.labels[document]].append(Int32(document)) }
    return members
  }
}
