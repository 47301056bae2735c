import NumericKernels
import PipelineCore

/// What one worker writes while it learns vectors from a shard of text, and how it does so.
///
/// For each word of the text, with inputs `x` from the words around it and outputs `y` for itself and
/// some noise words: `-log sigmoid(x . y)` for itself and `-log sigmoid(-x . y)` for noise, summed
/// over all pairs, one step of gradient descent a word. All inputs of a window meet the same noise,
/// which is several times as fast as noise for each input, and as good. Where an input is the mean of
/// several rows, each row moves as far as one alone would.
///
/// **Source:** Mikolov and others 2013; shared noise, Ji and others 2016; means of n-grams,
/// Bojanowski and others 2017.
final class VectorShard {
  /// Rows of words, and of n-grams behind them.
  let inputs: LocalRows
  /// Rows of the words to be predicted.
  let outputs: LocalRows
  /// How likely the right answers were.
  private(set) var likelihood = Likelihood()

  private let width: Int
  /// The words of the sentence that were not passed over.
  private var words: [Int32] = []
  /// The input places of word `k` of the sentence: `places[starts[k]..<starts[k + 1]]`.
  private var places: [Int32] = []
  private var starts: [Int] = [0]
  /// The inputs of one window: `windowPlaces[ends[u - 1]..<ends[u]]` for input `u`.
  private var windowPlaces: [Int32] = []
  private var ends: [Int] = []
  private var outputPlaces: [Int32] = []
  /// Means of rows, `[m, width]`.
  private let means = Buffer<Float>()
  /// `[m, n]`
  private let errors = Buffer<Float>()
  /// What is to be added to each input, `[m, width]`.
  private let steps = Buffer<Float>()

  init(inputRows: Int, outputRows: Int, width: Int) {
    self.width = width
    inputs = LocalRows(tableRows: inputRows, width: width)
    outputs = LocalRows(tableRows: outputRows, width: width)
  }

  /// Learns from one shard; leaves in `inputs` and `outputs` what it would add to the tables.
  ///
  /// - Parameters:
  ///   - shard: runs of the text's tokens.
  ///   - tables: the tables as they are for all shards of the round.
  func learn(
    _ shard: [Range<Int>], _ plan: VectorTrainingPlan, _ tables: VectorTables.Pointers,
    rate: Float, _ generator: SeededGenerator
  ) {
    var generator = generator
    likelihood = Likelihood()
    let tokens = shard.reduce(0) { $0 + $1.count }
    inputs.begin(most: tokens * plan.mostRowsAWord)
    outputs.begin(most: tokens * (1 + plan.settings.negatives))
    for run in shard {
      collect(run, plan, tables, &generator)
      for position in words.indices {
        step(at: position, plan, tables, rate: rate, &generator)
      }
    }
    inputs.becomeChanges(of: tables.inputs)
    outputs.becomeChanges(of: tables.outputs)
  }

  /// The words of a run, without those passed over, and the places of their rows.
  private func collect(
    _ run: Range<Int>, _ plan: VectorTrainingPlan, _ tables: VectorTables.Pointers,
    _ generator: inout SeededGenerator
  ) {
    words.removeAll(keepingCapacity: true)
    places.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
    starts.append(0)
    for token in plan.text.tokens[run] {
      guard UInt32(truncatingIfNeeded: generator.next() >> 32) <= plan.keep[Int(token)] else {
        continue
      }
      words.append(token)
      plan.forEachInputRow(of: token) { places.append(inputs.place(of: $0, in: tables.inputs)) }
      starts.append(places.count)
    }
  }

  /// One window: a step of all its inputs and outputs.
  private func step(
    at position: Int, _ plan: VectorTrainingPlan, _ tables: VectorTables.Pointers, rate: Float,
    _ generator: inout SeededGenerator
  ) {
    // A window of random size: nearer words count more.
    let reach = plan.settings.window - generator.next(below: plan.settings.window)
    let window = max(0, position - reach)...min(words.count - 1, position + reach)
    guard window.count > 1 else { return }
    gather(window, around: position, isMean: plan.settings.method == .cbow)
    let word = words[position]
    outputPlaces.removeAll(keepingCapacity: true)
    outputPlaces.append(outputs.place(of: word, in: tables.outputs))
    for _ in 0..<plan.settings.negatives {
      let noise = plan.noise.draw(&generator)
      if noise != word { outputPlaces.append(outputs.place(of: noise, in: tables.outputs)) }
    }
    let (m, n) = (ends.count, outputPlaces.count)
    errors.reserve(m * n)
    steps.reserve(m * width)
    let isDirect = windowPlaces.count == m
    if !isDirect { average() }
    let rows = isDirect ? windowPlaces : Array(0..<Int32(m))
    Float.negativeSampling(
      m: m, n: n, width: width, input: isDirect ? inputs.values.start : means.start,
      inputRows: rows, output: outputs.values.start, outputRows: outputPlaces, rate: rate,
      errors: errors.start, dInput: steps.start)
    var start = 0
    for (unit, end) in ends.enumerated() {
      for place in windowPlaces[start..<end] {
        Float.add(
          width, 1, steps.start + unit * width, to: inputs.values.start + Int(place) * width)
      }
      start = end
    }
    if position % 8 == 0 { likelihood.add(errors.start, count: m * n, rate: rate) }
  }

  /// The inputs of a window: each word's rows, or the rows of all words as one input.
  private func gather(_ window: ClosedRange<Int>, around position: Int, isMean: Bool) {
    windowPlaces.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    for index in window where index != position {
      windowPlaces += places[starts[index]..<starts[index + 1]]
      if !isMean { ends.append(windowPlaces.count) }
    }
    if isMean { ends.append(windowPlaces.count) }
  }

  /// The mean of the rows of each input.
  private func average() {
    let means = means.zeros(ends.count * width)
    var start = 0
    for (unit, end) in ends.enumerated() {
      for place in windowPlaces[start..<end] {
        Float.add(
          width, 1 / Float(end - start), inputs.values.start + Int(place) * width,
          to: means + unit * width)
      }
      start = end
    }
  }
}
