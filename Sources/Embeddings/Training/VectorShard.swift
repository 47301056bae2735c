import NumericKernels
import PipelineCore

/// What one worker writes while it learns vectors from a shard of text, and how it does so.
///
/// For each word of the text, with inputs `x` from the words around it and outputs `y` for itself and
/// some noise words: `-log sigmoid(x . y)` for itself and `-log sigmoid(-x . y)` for noise, summed
/// over all pairs, one step of gradient descent a word. All inputs of a window meet the same noise,
/// and all windows of a shard choose theirs from one pool: several times as fast as noise for each
/// input out of the whole vocabulary, and as good. Where an input is the mean of several rows, each
/// row moves as far as one alone would.
///
/// **Source:** Mikolov and others 2013; shared noise, Ji and others 2016; means of n-grams,
/// Bojanowski and others 2017.
struct VectorShard {
  /// Rows of words, and of n-grams behind them.
  private(set) var inputs: LocalRows
  /// Rows of the words to be predicted.
  private(set) var outputs: LocalRows
  /// How likely the right answers were.
  private(set) var likelihood = Likelihood()

  private let width: Int
  private let window: Int
  private let negatives: Int
  private let isMean: Bool
  /// The noise words of the shard.
  private var pool: [Int32] = []
  /// The words of the sentence that were not passed over.
  private var words: [Int32] = []
  /// The input places of word `k` of the sentence: `places[starts[k]..<starts[k + 1]]`.
  private var places: [Int32] = []
  private var starts: [Int] = [0]
  /// The inputs of one window: `windowPlaces[ends[u - 1]..<ends[u]]` for input `u`.
  private var windowPlaces: [Int32] = []
  private var ends: [Int] = []
  private var outputPlaces: [Int32] = []
  /// `0, 1, 2, ...`, the rows of `means`.
  private var countedRows: [Int32] = []
  /// Means of rows, `[m, width]`.
  private let means = Buffer<Float>()
  /// `[m, n]`
  private let errors = Buffer<Float>()
  /// What is to be added to each input, `[m, width]`.
  private let steps = Buffer<Float>()

  init(_ plan: VectorTrainingPlan, width: Int) {
    self.width = width
    window = plan.settings.window
    negatives = plan.settings.negatives
    isMean = plan.settings.method == .cbow
    inputs = LocalRows(tableRows: plan.inputRows, width: width)
    outputs = LocalRows(tableRows: plan.text.vocabulary.count, width: width)
    countedRows = Array(0..<Int32(2 * window))
  }

  /// Learns from one shard; leaves in `inputs` and `outputs` what it would add to the tables.
  ///
  /// - Parameters:
  ///   - shard: runs of the text's tokens.
  ///   - tables: the tables as they are for all shards of the round.
  mutating func learn(
    _ shard: [Range<Int>], _ plan: VectorTrainingPlan, _ tables: VectorTables.Pointers,
    rate: Float, _ generator: SeededGenerator
  ) {
    var generator = generator
    likelihood = Likelihood()
    let tokens = shard.reduce(0) { $0 + $1.count }
    fillPool(max(1, tokens / 2), plan.noise, &generator)
    inputs.begin(most: tokens * plan.mostRowsAWord)
    outputs.begin(most: tokens + pool.count)
    for run in shard {
      collect(run, plan, tables, &generator)
      for position in words.indices {
        step(at: position, tables, rate: rate, &generator)
      }
    }
    inputs.becomeChanges(of: tables.inputs)
    outputs.becomeChanges(of: tables.outputs)
  }

  private mutating func fillPool(
    _ count: Int, _ noise: NoiseWords, _ generator: inout SeededGenerator
  ) {
    pool.removeAll(keepingCapacity: true)
    for _ in 0..<count { pool.append(noise.draw(&generator)) }
  }

  /// The words of a run, without those passed over, and the places of their rows.
  private mutating func collect(
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
  private mutating func step(
    at position: Int, _ tables: VectorTables.Pointers, rate: Float,
    _ generator: inout SeededGenerator
  ) {
    // A window of random size: nearer words count more.
    let reach = window - generator.next(below: window)
    let first = max(0, position - reach)
    let last = min(words.count - 1, position + reach)
    guard last > first else { return }
    gather(first...last, around: position)
    chooseOutputs(for: words[position], tables, &generator)
    let (m, n) = (ends.count, outputPlaces.count)
    let errors = errors.reserve(m * n)
    let steps = steps.reserve(m * width)
    if windowPlaces.count == m {
      Float.Kernels.negativeSampling(
        m: m, n: n, width: width, input: inputs.values, inputRows: windowPlaces,
        output: outputs.values, outputRows: outputPlaces, rate: rate, errors: errors,
        dInput: steps)
    } else {
      Float.Kernels.negativeSampling(
        m: m, n: n, width: width, input: average(), inputRows: countedRows,
        output: outputs.values, outputRows: outputPlaces, rate: rate, errors: errors,
        dInput: steps)
    }
    var place = 0
    for unit in 0..<m {
      while place < ends[unit] {
        Float.Kernels.add(
          width, 1, steps + unit * width, to: inputs.values + Int(windowPlaces[place]) * width)
        place += 1
      }
    }
    if position % 8 == 0 { likelihood.add(errors, count: m * n, rate: rate) }
  }

  /// The word itself and its noise, without what is the word itself by chance.
  private mutating func chooseOutputs(
    for word: Int32, _ tables: VectorTables.Pointers, _ generator: inout SeededGenerator
  ) {
    outputPlaces.removeAll(keepingCapacity: true)
    outputPlaces.append(outputs.place(of: word, in: tables.outputs))
    for _ in 0..<negatives {
      let noise = pool[generator.next(below: pool.count)]
      if noise != word { outputPlaces.append(outputs.place(of: noise, in: tables.outputs)) }
    }
  }

  /// The inputs of a window: each word's rows, or the rows of all words as one input.
  private mutating func gather(_ window: ClosedRange<Int>, around position: Int) {
    windowPlaces.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    for index in window where index != position {
      for place in starts[index]..<starts[index + 1] { windowPlaces.append(places[place]) }
      if !isMean { ends.append(windowPlaces.count) }
    }
    if isMean { ends.append(windowPlaces.count) }
  }

  /// The mean of the rows of each input, `[m, width]`.
  private func average() -> UnsafeMutablePointer<Float> {
    let means = means.zeros(ends.count * width)
    var place = 0
    for (unit, end) in ends.enumerated() {
      let share = 1 / Float(end - place)
      while place < end {
        Float.Kernels.add(
          width, share, inputs.values + Int(windowPlaces[place]) * width, to: means + unit * width)
        place += 1
      }
    }
    return means
  }
}
