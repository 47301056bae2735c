import Learning
import NumericKernels
import PipelineCore

/// The input of a layer, `[count, D]`: the vectors of the distinct words, or the states of the
/// layer below.
struct LayerInput<Scalar: BuiltInScalar> {
  /// A pointer to the first row.
  let values: UnsafePointer<Scalar>
  /// The number of rows.
  let count: Int
  /// A function that returns the row of a token, given the position of its document in
  /// `RaggedSteps.order`; `nil` if the input has one row per token, in the order of `RaggedSteps`
  /// with documents read forward.
  let row: ((_ position: Int, _ token: Int) -> Int32)?

  /// Sets the row that a direction reads at each step.
  fileprivate func fill(_ rows: inout [Int32], _ steps: RaggedSteps, isReversed: Bool) {
    if let row {
      steps.fill(&rows, isReversed: isReversed, value: row)
    } else if isReversed {
      rows = steps.mirroredRows
    } else {
      rows.removeAll(keepingCapacity: true)
      rows.append(contentsOf: 0..<Int32(steps.rowCount))
    }
  }
}

/// A recurrent layer: one direction, or two that read the documents from opposite ends.
struct RecurrentLayer<Scalar: BuiltInScalar>: Sendable {
  private let shape: NetworkShape
  /// The index of the first direction among the directions of all layers.
  private let first: Int
  /// How the states are pooled; `nil` if they are kept.
  private let pooling: Pooling?
  private(set) var directions: [Direction<Scalar>]

  /// Adds the weights of layer `number`, from 0, to `layout`.
  init(
    _ shape: NetworkShape, number: Int, format: PackedFormat, layout: inout ParameterLayout
  ) {
    self.shape = shape
    first = number * shape.directionCount
    pooling = shape.pooling(ofLayer: number)
    directions = (0..<shape.directionCount).map { direction in
      Direction(
        cell: shape.cell, inputWidth: number == 0 ? shape.vectorWidth : shape.stateWidth,
        width: shape.width, layer: number, isReversed: direction == 1, format: format,
        layout: &layout)
    }
  }

  /// Calls `change` with each direction and its index among the directions of all layers.
  mutating func forEachDirection(_ change: (Int, inout Direction<Scalar>) -> Void) {
    for k in directions.indices { change(first + k, &directions[k]) }
  }

  // MARK: Training

  /// Runs each direction of the layer over the documents of a shard, in its own sweep.
  ///
  /// - Parameter generator: the generator of the shard.
  func forward(
    _ input: LayerInput<Scalar>, _ steps: RaggedSteps, parameters: UnsafePointer<Scalar>,
    _ sweeps: inout [DirectionSweep<Scalar>], generator: SeededGenerator
  ) {
    for (k, direction) in directions.enumerated() {
      input.fill(&sweeps[k].rows, steps, isReversed: direction.isReversed)
      sweeps[k].project(direction, input.values, count: input.count, parameters: parameters)
      sweeps[k].drawStateMask(
        shape.dropout.states, steps,
        SeededGenerator(.stateDropout, of: generator, number: first + k))
      sweeps[k].forward(direction, steps, parameters: parameters)
    }
  }

  /// The backward pass of `forward` and `pool`: adds to the layer's gradients and, unless it is
  /// `nil`, to `dInput [count, D]`.
  ///
  /// - Parameters:
  ///   - dPooled: the gradient of the output of `pool`, `[B, parts, n, H]`. A layer that keeps its
  ///     states reads the gradients in its sweeps instead.
  ///   - scratch: memory for the part of `dPooled` that belongs to one direction.
  func backward(
    _ input: LayerInput<Scalar>, _ steps: RaggedSteps, parameters: UnsafePointer<Scalar>,
    _ sweeps: inout [DirectionSweep<Scalar>], dPooled: UnsafePointer<Scalar>,
    product: TransposedProduct<Scalar>, gradients: UnsafeMutablePointer<Scalar>,
    dInput: UnsafeMutablePointer<Scalar>?, scratch: Buffer<Scalar>
  ) {
    for (k, direction) in directions.enumerated() {
      stepsBackward(
        k, steps, parameters: parameters, &sweeps[k], dPooled: dPooled, count: input.count,
        product: product, gradients: gradients, scratch: scratch)
      sweeps[k].projectBackward(
        direction, input.values, count: input.count, product: product, gradients: gradients,
        dInput: dInput)
      direction.dropRecurrentWeightsBackward(gradients)
    }
  }

  /// The backward pass of `pool` and of the steps of direction `k`; stores the gradient of the
  /// projected input, `[count, G H]`, in the sweep. For the parameters, see `backward`.
  func stepsBackward(
    _ k: Int, _ steps: RaggedSteps, parameters: UnsafePointer<Scalar>,
    _ sweep: inout DirectionSweep<Scalar>, dPooled: UnsafePointer<Scalar>, count: Int,
    product: TransposedProduct<Scalar>, gradients: UnsafeMutablePointer<Scalar>,
    scratch: Buffer<Scalar>
  ) {
    let dStates =
      pooling == nil ? nil : poolBackward(dPooled, direction: k, steps, into: scratch)
    sweep.backward(
      directions[k], steps, parameters: parameters, dPooled: dStates, count: count,
      product: product, gradients: gradients)
  }

  // MARK: Pooling

  /// Writes the pooled states of all directions side by side, `[B, parts, n, H]`.
  func pool(
    _ states: [DirectionStates<Scalar>], _ steps: RaggedSteps,
    into pooled: UnsafeMutablePointer<Scalar>
  ) {
    let (count, width) = (steps.lengths.count, shape.width)
    for (k, states) in states.enumerated() {
      for part in 0..<shape.pooling.parts {
        let source = states.pooled.start + part * count * width
        let target = pooled + part * shape.stateWidth + k * width
        for document in 0..<count {
          (target + document * shape.pooledWidth).update(
            from: source + document * width, count: width)
        }
      }
    }
  }

  /// The backward pass of `pool` for one direction: returns its part of `dPooled`, `[parts, B, H]`.
  private func poolBackward(
    _ dPooled: UnsafePointer<Scalar>, direction k: Int, _ steps: RaggedSteps,
    into dStates: Buffer<Scalar>
  ) -> UnsafePointer<Scalar> {
    let (count, width) = (steps.lengths.count, shape.width)
    let dStates = dStates.reserve(shape.pooling.parts * count * width)
    for part in 0..<shape.pooling.parts {
      let source = dPooled + part * shape.stateWidth + k * width
      let target = dStates + part * count * width
      for document in 0..<count {
        (target + document * width).update(
          from: source + document * shape.pooledWidth, count: width)
      }
    }
    return UnsafePointer(dStates)
  }

  // MARK: Classifying

  /// Returns the rows of `vectors [count, D]` projected by each direction, `[count, G H]` each.
  func project(
    _ vectors: UnsafePointer<Scalar>, count: Int, parameters: UnsafePointer<Scalar>
  ) -> [[Scalar]] {
    directions.map { direction in
      let size = count * direction.gateWidth
      return Array(unsafeUninitializedCapacity: size) { buffer, initialized in
        guard let start = buffer.baseAddress else { return }
        SystemMemory.adviseHugePages(UnsafeMutableRawBufferPointer(buffer))
        direction.input.forward(vectors, count: count, parameters: parameters, into: start)
        initialized = size
      }
    }
  }

  /// Runs each direction of the layer over the documents.
  ///
  /// - Parameter projected: the projected input of each direction; `nil` to project `input`.
  /// - Returns: the states of each direction, pooled or kept.
  func classify(
    _ input: LayerInput<Scalar>, projected: [UnsafePointer<Scalar>]?, _ steps: RaggedSteps,
    parameters: UnsafePointer<Scalar>
  ) -> [DirectionStates<Scalar>] {
    var readers = directions.map { direction in
      var reader = DirectionReader<Scalar>(width: shape.width, pooling: pooling)
      input.fill(&reader.rows, steps, isReversed: direction.isReversed)
      return reader
    }
    if let projected {
      read(projected, steps, parameters, &readers)
    } else {
      let projections = zip(directions, readers).map { direction, reader in
        reader.project(direction, input.values, count: input.count, parameters: parameters)
      }
      read(projections, steps, parameters, &readers)
    }
    return readers.map(\.states)
  }

  private func read(
    _ projections: [UnsafePointer<Scalar>], _ steps: RaggedSteps,
    _ parameters: UnsafePointer<Scalar>, _ readers: inout [DirectionReader<Scalar>]
  ) {
    let inputs = zip(directions, projections).map { direction, projection in
      DirectionReader.ProjectedInput(
        direction: direction, projection: projection, parameters: parameters)
    }
    if DirectionReader<Scalar>.canInterleave(shape, steps),
      directions.allSatisfy({ $0.roundedRecurrent == nil })
    {
      readers.withUnsafeMutableBufferPointer { readers in
        DirectionReader.readInterleaved(&readers[0], inputs[0], &readers[1], inputs[1], steps)
      }
    } else {
      for (k, input) in inputs.enumerated() { readers[k].read(input, steps) }
    }
  }
}

/// The states of a layer token by token, with both directions side by side: the input of the next
/// layer or of attention.
///
/// The rows are in the order of `RaggedSteps` with documents read forward. The states for token `t`
/// of a document are in the document's row for step `t`, even those of the direction that reads
/// backward.
struct AlignedStates<Scalar: BuiltInScalar> {
  /// The states, `[N, n H]`.
  let values = Buffer<Scalar>()
  /// The dropout mask of the states, `[B, n H]`.
  private let mask = Buffer<Scalar>()
  private var isDropping = false
  private let width: Int
  private let stateWidth: Int

  init(_ shape: NetworkShape) {
    width = shape.width
    stateWidth = shape.stateWidth
  }

  /// Gathers the states that the directions have kept.
  func gather(_ states: [DirectionStates<Scalar>], _ steps: RaggedSteps) {
    let values = values.reserve(steps.rowCount * stateWidth)
    for (direction, states) in states.enumerated() {
      for row in 0..<steps.rowCount {
        let target = direction == 0 ? row : Int(steps.mirroredRows[row])
        (values + target * stateWidth + direction * width).update(
          from: states.kept.start + row * width, count: width)
      }
    }
  }

  /// The backward pass of `gather`: copies the gradient `dValues [N, n H]` to the directions.
  func gatherBackward(
    _ dValues: UnsafePointer<Scalar>, _ states: [DirectionStates<Scalar>], _ steps: RaggedSteps
  ) {
    for (direction, states) in states.enumerated() {
      let dKept = states.dKept.reserve(steps.rowCount * width)
      for row in 0..<steps.rowCount {
        let source = direction == 0 ? row : Int(steps.mirroredRows[row])
        (dKept + row * width).update(
          from: dValues + source * stateWidth + direction * width, count: width)
      }
    }
  }

  /// Drops units, the same ones at every token of a document.
  ///
  /// **Source:** Gal, Ghahramani 2016.
  mutating func drop(_ rate: Double, _ steps: RaggedSteps, _ generator: SeededGenerator) {
    isDropping = rate > 0
    guard isDropping else { return }
    var generator = generator
    let count = steps.lengths.count * stateWidth
    generator.fillDropoutMask(mask.reserve(count), count: count, rate: rate)
    applyMask(to: values.start, steps)
  }

  /// The backward pass of `drop`, in place.
  func dropBackward(_ dValues: UnsafeMutablePointer<Scalar>, _ steps: RaggedSteps) {
    if isDropping { applyMask(to: dValues, steps) }
  }

  private func applyMask(to values: UnsafeMutablePointer<Scalar>, _ steps: RaggedSteps) {
    // The documents that reach a step come first in the mask.
    for step in 0..<steps.count {
      let rows = values + steps.offsets[step] * stateWidth
      for k in 0..<steps.active[step] * stateWidth { rows[k] *= mask.start[k] }
    }
  }
}
