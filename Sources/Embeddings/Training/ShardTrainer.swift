import Platform
import NumericKernels
import PipelineCore

/// Trains on one shard of text, and holds the memory that one worker writes to.
///
/// Each word of the text has inputs `x` from its context, and outputs `y` for the word itself and
/// for some noise words. The loss is `-log sigmoid(x . y)` for the word and `-log sigmoid(-x . y)`
/// for noise words, summed over all pairs. Each word takes one step of gradient descent. All inputs
/// of a window share their noise words, and all windows of a shard sample theirs from one pool.
/// This is several times faster than sampling separate noise for each input from the whole
/// vocabulary, with equal quality. If an input is the mean of several rows, each row takes the full
/// step.
///
/// **Source:** Mikolov and others, 2013; Ji and others, 2016, for shared noise; Bojanowski and
/// others, 2017, for means of n-grams.
struct ShardTrainer {
  /// The rows of the input table that the shard uses, for words and n-grams.
  private(set) var inputs: LocalRows
  /// The rows of the output table that the shard uses, for predicted words and noise words.
  private(set) var outputs: LocalRows
  /// The loss of the shard.
  private(set) var loss = MeanLogLoss()

  private let width: Int
  private let window: Int
  private let negatives: Int
  private let isMean: Bool
  /// The noise words of the shard.
  private var pool: [Int32] = []
  /// The words of the current run that remain after downsampling.
  private var words: [Int32] = []
  /// The input rows of word `k` of the run: `places[starts[k]..<starts[k + 1]]`.
  private var places: [Int32] = []
  private var starts: [Int] = [0]
  /// The rows of one window's inputs: `windowPlaces[ends[u - 1]..<ends[u]]` for input `u`.
  private var windowPlaces: [Int32] = []
  private var ends: [Int] = []
  private var outputPlaces: [Int32] = []
  /// `0, 1, 2, ...`, the rows of `means`.
  private var meanRows: [Int32] = []
  /// Means of rows, `[m, width]`.
  private let means = Buffer<Float>()
  /// The error of each pair of an input and an output, times the learning rate, `[m, n]`.
  private let errors = Buffer<Float>()
  /// The step of each input, `[m, width]`.
  private let steps = Buffer<Float>()

  init(_ plan: VectorTrainingPlan, width: Int) {
    self.width = width
    window = plan.settings.window
    negatives = plan.settings.negatives
    isMean = plan.settings.method == .cbow
    inputs = LocalRows(tableRows: plan.inputRows, width: width)
    outputs = LocalRows(tableRows: plan.text.vocabulary.count, width: width)
    meanRows = Array(0..<Int32(2 * window))
  }

  /// Trains on one shard and stores its changes to the tables in `inputs` and `outputs`.
  ///
  /// - Parameters:
  ///   - shard: the shard, as ranges of the text's tokens.
  ///   - tables: the tables at the start of the round.
  mutating func train(
    on shard: [Range<Int>], _ plan: VectorTrainingPlan, _ tables: VectorTables.Pointers,
    rate: Float, _ generator: SeededGenerator
  ) {
    var generator = generator
    loss = MeanLogLoss()
    let tokens = shard.reduce(0) { $0 + $1.count }
    fillPool(max(1, tokens / 2), plan.noise, &generator)
    inputs.removeAll(reserving: tokens * plan.maximumRowsPerWord)
    outputs.removeAll(reserving: tokens + pool.count)
    for run in shard {
      collect(run, plan, tables, &generator)
      for position in words.indices {
        step(at: position, tables, rate: rate, &generator)
      }
    }
    inputs.subtract(tables.inputs)
    outputs.subtract(tables.outputs)
  }

  private mutating func fillPool(
    _ count: Int, _ noise: NoiseDistribution, _ generator: inout SeededGenerator
  ) {
    pool.removeAll(keepingCapacity: true)
    for _ in 0..<count { pool.append(noise.sample(&generator)) }
  }

  /// Collects the words of a run that remain after downsampling, and their input rows.
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
      plan.forEachInputRow(of: token) { places.append(inputs.index(of: $0, in: tables.inputs)) }
      starts.append(places.count)
    }
  }

  /// Performs the step of one window: one kernel runs the forward and backward passes and updates
  /// the outputs; then the inputs are updated.
  private mutating func step(
    at position: Int, _ tables: VectorTables.Pointers, rate: Float,
    _ generator: inout SeededGenerator
  ) {
    // The window size is random, so that nearer words have more weight.
    let reach = window - generator.next(below: window)
    let first = max(0, position - reach)
    let last = min(words.count - 1, position + reach)
    guard last > first else { return }
    gatherInputs(first...last, around: position)
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
        m: m, n: n, width: width, input: average(), inputRows: meanRows,
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
    if position % 8 == 0 { loss.add(errors, count: m * n, rate: rate) }
  }

  /// Selects the outputs: the word itself, and noise words that differ from it.
  private mutating func chooseOutputs(
    for word: Int32, _ tables: VectorTables.Pointers, _ generator: inout SeededGenerator
  ) {
    outputPlaces.removeAll(keepingCapacity: true)
    outputPlaces.append(outputs.index(of: word, in: tables.outputs))
    for _ in 0..<negatives {
      let noise = pool[generator.next(below: pool.count)]
      if noise != word { outputPlaces.append(outputs.index(of: noise, in: tables.outputs)) }
    }
  }

  /// Gathers the inputs of a window: one input per word, or one for all words together.
  private mutating func gatherInputs(_ window: ClosedRange<Int>, around position: Int) {
    windowPlaces.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    for index in window where index != position {
      for place in starts[index]..<starts[index + 1] { windowPlaces.append(places[place]) }
      if !isMean { ends.append(windowPlaces.count) }
    }
    if isMean { ends.append(windowPlaces.count) }
  }

  /// Returns the mean of the rows of each input, `[m, width]`.
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

/// The mean negative logarithm of many probabilities, computed with one multiplication each.
struct MeanLogLoss {
  /// The product of the probabilities is `mantissa * 2^exponent`.
  private var mantissa = 1.0
  private var exponent = 0
  private var count = 0

  /// Adds the probabilities `1 - |error| / rate`.
  mutating func add(_ errors: UnsafePointer<Float>, count: Int, rate: Float) {
    // NaN counts as the smallest probability, so that the product never becomes NaN.
    for k in 0..<count { multiply(Double(max(1e-6, 1 - abs(errors[k]) / rate))) }
    self.count += count
  }

  /// Adds the probabilities of another loss.
  mutating func add(_ other: MeanLogLoss) {
    rescale()
    // Neither product is zero, so both have exponents.
    multiply(other.mantissa.significand)
    exponent += other.exponent + Int(other.mantissa.exponent)
    count += other.count
  }

  private mutating func multiply(_ factor: Double) {
    mantissa *= factor
    if mantissa < 0x1p-900 { rescale() }
  }

  private mutating func rescale() {
    exponent += Int(mantissa.exponent)
    mantissa = mantissa.significand
  }

  /// The mean of `-log p`, in nats.
  var mean: Double {
    -(log(mantissa) + Double(exponent) * log(2)) / Double(max(count, 1))
  }
}
