import Learning

/// The documents of a shard laid out step by step without any padding.
///
/// Documents stand from long to short, so those still running at step `t` are the first `active[t]`;
/// their rows of step `t` follow those of step `t - 1`. A step works on exactly the documents that
/// have it, which is why padding can never change a result: there is none.
struct RaggedSteps {
  /// The documents from long to short: place to number in the shard.
  private(set) var order: [Int] = []
  /// The length of each document, by place.
  private(set) var lengths: [Int] = []
  /// How many documents have step `t`, `[T]`.
  private(set) var active: [Int] = []
  /// The first row of step `t`, `[T + 1]`.
  private(set) var offsets: [Int] = [0]

  /// The steps of documents with these lengths.
  init(lengths unsorted: [Int]) {
    order = unsorted.indices.sorted { (unsorted[$1], $0) < (unsorted[$0], $1) }
    lengths = order.map { unsorted[$0] }
    var running = lengths.count
    for step in 0..<(lengths.first ?? 0) {
      while lengths[running - 1] <= step { running -= 1 }
      active.append(running)
      offsets.append(offsets[step] + running)
    }
  }

  /// How many steps the longest document has: `T`.
  var count: Int { active.count }

  /// How many rows there are in all: `N`, the number of tokens.
  var rowCount: Int { offsets[count] }

  /// How many rows a run of steps has.
  func rowCount(of steps: Range<Int>) -> Int {
    offsets[steps.upperBound] - offsets[steps.lowerBound]
  }

  /// How many documents run on after step `t`.
  func active(after step: Int) -> Int { step + 1 < count ? active[step + 1] : 0 }

  /// For each row the value that `value` gives for its document's place and its token: forward, or
  /// with the document read from its end.
  func fill(
    _ rows: inout [Int32], isReversed: Bool, value: (_ place: Int, _ token: Int) -> Int32
  ) {
    rows.removeAll(keepingCapacity: true)
    for step in 0..<count {
      for place in 0..<active[step] {
        rows.append(value(place, isReversed ? lengths[place] - 1 - step : step))
      }
    }
  }
}
