import Learning
import NumericKernels

/// The documents of a shard laid out step by step without padding.
///
/// Documents are ordered from long to short, so the documents that reach step `t` are the first
/// `active[t]`. Their rows for step `t` follow the rows for step `t - 1`. Each step computes
/// exactly these documents, so there is no padding that could change a result.
struct RaggedSteps {
  /// The index in the shard of each document, from long to short.
  private(set) var order: [Int] = []
  /// The length of each document, in that order.
  private(set) var lengths: [Int] = []
  /// The number of documents that reach step `t`, `[T]`.
  private(set) var active: [Int] = []
  /// The first row of step `t`, `[T + 1]`.
  private(set) var offsets: [Int] = [0]
  /// For each row of a direction that reads backward, the row of the same token in the other
  /// direction. The permutation is its own inverse, so it also maps rows the other way. Empty
  /// unless requested.
  private(set) var mirroredRows: [Int32] = []

  /// Creates the steps of documents with these lengths.
  init(lengths unsorted: [Int], mirrorsRows: Bool) {
    order = unsorted.indices.sorted { (unsorted[$1], $0) < (unsorted[$0], $1) }
    lengths = order.map { unsorted[$0] }
    var running = lengths.count
    for step in 0..<(lengths.first ?? 0) {
      while lengths[running - 1] <= step { running -= 1 }
      active.append(running)
      offsets.append(offsets[step] + running)
    }
    guard mirrorsRows else { return }
    var rows: [Int32] = []
    fill(&rows, isReversed: true) { position, token in Int32(offsets[token] + position) }
    mirroredRows = rows
  }

  /// The number of steps of the longest document, `T`.
  var count: Int { active.count }

  /// The number of rows, `N`: one per token.
  var rowCount: Int { offsets[count] }

  /// Returns the number of rows in a range of steps.
  func rowCount(of steps: Range<Int>) -> Int {
    offsets[steps.upperBound] - offsets[steps.lowerBound]
  }

  /// Returns the number of documents that continue after a step.
  func active(after step: Int) -> Int { step + 1 < count ? active[step + 1] : 0 }

  /// Sets one value per row.
  ///
  /// - Parameters:
  ///   - isReversed: whether documents are read backward.
  ///   - value: returns the value for a document, given by its position in `order`, and the index
  ///     of a token.
  func fill(
    _ rows: inout [Int32], isReversed: Bool, value: (_ position: Int, _ token: Int) -> Int32
  ) {
    rows.removeAll(keepingCapacity: true)
    for step in 0..<count {
      for position in 0..<active[step] {
        rows.append(value(position, isReversed ? lengths[position] - 1 - step : step))
      }
    }
  }
}

/// The states that a sweep keeps for the backward pass.
public enum SweepMemory: String, CaseIterable, Sendable {
  /// The states of all steps.
  case full
  /// The states of about every `sqrt T`-th step; the others are recomputed. This takes a third more
  /// work but reduces the memory for a long document to that for a few hundred steps. The gradients
  /// are bitwise identical.
  case low
}

extension RaggedSteps {
  /// Returns the ranges of steps whose states are in memory at the same time: one range, or several
  /// of about `sqrt T` steps.
  ///
  /// A segment begins only at a step where the sweep adds to `dU` (`addsRecurrentGradient`), so
  /// sums have the same terms in the same order for any division into segments.
  ///
  /// **Source:** Chen et al. 2016, "Training deep nets with sublinear memory cost".
  func segments(_ memory: SweepMemory) -> [Range<Int>] {
    guard memory == .low, count > 1 else { return [0..<count] }
    let spacing = Int(Double(count).squareRoot().rounded(.up))
    var segments: [Range<Int>] = []
    var (end, pending) = (count, rowCount)
    for step in (1..<count).reversed() where addsRecurrentGradient(step, pendingUpTo: pending) {
      pending = offsets[step]
      if end - step >= spacing, step > 1 {
        segments.append(step..<end)
        end = step
      }
    }
    segments.append(0..<end)
    return segments.reversed()
  }

  /// Returns whether the backward pass adds the rows from `step` up to row `pending` to `dU`. It
  /// does so as soon as there are enough rows for one product, while they are still in the cache.
  func addsRecurrentGradient(_ step: Int, pendingUpTo pending: Int) -> Bool {
    pending - offsets[step] >= transposedRows || step == 1
  }
}
