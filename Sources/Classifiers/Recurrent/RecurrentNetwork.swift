package import Learning
package import NumericKernels
package import PipelineCore

/// A recurrent classifier: word vectors, recurrent layers, pooling, dropout, dense layer, softmax.
///
/// It is generic so that the same code runs in `Float` and is gradient-checked in `Double`.
package struct RecurrentNetwork<Scalar: BuiltInScalar>: Sendable {
  package let shape: NetworkShape
  package var weights: NetworkWeights<Scalar>
  private var format: PackedFormat
  private(set) var layers: [RecurrentLayer<Scalar>] = []
  private(set) var attention: Attention<Scalar>?
  private(set) var output: Dense<Scalar>

  /// Creates a network with these vectors, `[V + 1, D]`, either all trained or all frozen; all
  /// other weights are zero.
  package init(
    shape: NetworkShape, vectors: [Scalar], tunesVectors: Bool, format: PackedFormat = .lanes
  ) {
    let columns = VectorColumns(count: shape.vectorWidth, rateScale: tunesVectors ? 1 : 0)
    self.init(shape: shape, vectors: vectors, vectorColumns: [columns], format: format)
  }

  /// Creates a network with these vectors, `[V + 1, D]`; all other weights are zero.
  package init(
    shape: NetworkShape, vectors: [Scalar], vectorColumns: [VectorColumns],
    format: PackedFormat = .lanes
  ) {
    self.init(
      shape: shape, stored: SharedArray(vectors), vectorColumns: vectorColumns, format: format)
  }

  /// Creates a network with vectors that may be in a memory-mapped file; all other weights are
  /// zero.
  init(
    shape: NetworkShape, stored vectors: SharedArray<Scalar>, vectorColumns: [VectorColumns],
    format: PackedFormat
  ) {
    var layout = ParameterLayout()
    self.shape = shape
    self.format = format
    for number in 0..<shape.layers {
      layers.append(RecurrentLayer(shape, number: number, format: format, layout: &layout))
    }
    if shape.pooling == .attention { attention = Attention(shape, layout: &layout) }
    output = Dense(
      "classifier", outputWidth: shape.labelCount, inputWidth: shape.pooledWidth,
      hasLabelRows: true, layout: &layout)
    weights = NetworkWeights(
      layout: layout, parameters: Array(repeating: 0, count: layout.count), stored: vectors,
      vectorColumns: vectorColumns)
  }

  /// The names, shapes and offsets of the parameters.
  package var layout: ParameterLayout { weights.layout }
}

// MARK: Packed weights

extension RecurrentNetwork: Network where Scalar == Float {}

extension RecurrentNetwork {
  /// Packs all weights; call this after they change.
  package mutating func parametersChanged(threads: Int) {
    let parameters = weights.parameters
    var jobs: [PackedWeights<Scalar>.PackingJob] = []
    forEachDirection { _, direction in jobs += direction.beginPacking() }
    Shards.forEach(&jobs, threads: threads) { _, job in
      parameters.withUnsafeBufferPointer { buffer in
        guard let start = buffer.baseAddress else { return }
        job.run(start)
      }
    }
    var packed = jobs[...]
    forEachDirection { _, direction in direction.finishPacking(&packed) }
    parameters.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      attention?.pack(start)
      output.pack(start)
    }
  }

  /// Returns the network with its weights packed in another format.
  func packed(as format: PackedFormat, threads: Int) -> RecurrentNetwork {
    guard format != self.format else { return self }
    var network = self
    network.format = format
    network.forEachDirection { _, direction in direction.allocatePacked(format) }
    network.parametersChanged(threads: threads)
    return network
  }

  /// Returns the network with recurrent products in 8-bit numbers, for classification.
  func roundingRecurrence() -> RecurrentNetwork where Scalar == Float {
    var network = self
    weights.withPointers { parameters, _ in
      network.forEachDirection { _, direction in direction.roundRecurrent(parameters) }
    }
    return network
  }

  /// Drops recurrent weights until the parameters change, so all shards of a minibatch drop the
  /// same weights.
  package mutating func beginStep(_ generator: SeededGenerator) {
    guard shape.dropout.weights > 0 else { return }
    let parameters = weights.parameters
    parameters.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      let rate = shape.dropout.weights
      forEachDirection { number, direction in
        direction.dropRecurrentWeights(
          rate, start, SeededGenerator(seed: generator.key, 0xdc, number))
      }
    }
  }

  /// Multiplies the scores of all labels by `factor`.
  mutating func scaleScores(by factor: Scalar) {
    for entry in layout.entries where entry.hasLabelRows {
      for k in entry.range { weights.parameters[k] *= factor }
    }
    parametersChanged(threads: 1)
  }

  /// Whether the scores of all labels are 0 for every document.
  var hasNoScores: Bool {
    layout.entries.allSatisfy { entry in
      !entry.hasLabelRows || entry.range.allSatisfy { weights.parameters[$0] == 0 }
    }
  }

  private mutating func forEachDirection(_ change: (Int, inout Direction<Scalar>) -> Void) {
    for number in layers.indices { layers[number].forEachDirection(change) }
  }
}

// MARK: Training

extension RecurrentNetwork {
  /// Allocates the memory of one worker for training.
  package func makeWorkspace() -> RecurrentWorkspace<Scalar> {
    RecurrentWorkspace(shape, tableRows: weights.rowCount, format: format)
  }

  /// Computes the gradients of one shard: forward pass, loss and backward pass.
  ///
  /// - Returns: the summed loss of the documents, in nats.
  package func backpropagate(
    _ shard: Batch, _ workspace: RecurrentWorkspace<Scalar>,
    into gradients: ShardGradients<Scalar>
  ) -> Double {
    gradients.compute(
      shard, layout: layout, smoothing: shape.labelSmoothing,
      forward: { forward(shard, workspace, into: $0) },
      backward: { backward(shard, $0, workspace, into: gradients) })
  }

  /// Runs the forward pass from words to scores, with augmentation and dropout.
  private func forward(
    _ batch: Batch, _ workspace: RecurrentWorkspace<Scalar>,
    into scores: UnsafeMutablePointer<Scalar>
  ) {
    weights.withPointers { parameters, vectors in
      let steps = self.steps(of: batch.documents)
      workspace.steps = steps
      workspace.documents = shape.augmentation.swapped(
        batch.documents, SeededGenerator(.swaps, of: batch.generator))
      encode(workspace, parameters, vectors, batch.generator)
      score(batch, workspace, parameters, into: scores)
    }
  }

  /// Runs the forward pass from words to pooled states.
  private func encode(
    _ workspace: RecurrentWorkspace<Scalar>, _ parameters: UnsafePointer<Scalar>,
    _ vectors: UnsafePointer<Scalar>, _ generator: SeededGenerator
  ) {
    let (documents, steps) = (workspace.documents, workspace.steps)
    workspace.memory.words.collect(documents, table: vectors)
    workspace.memory.words.addNoise(
      shape.augmentation.noise, SeededGenerator(.noise, of: generator))
    workspace.memory.words.drop(
      words: shape.dropout.words, values: shape.dropout.vectors, generator)
    for (number, layer) in layers.enumerated() {
      let input = input(ofLayer: number, documents, steps, workspace.memory)
      layer.forward(
        input, steps, parameters: parameters, &workspace.sweeps[number], generator: generator)
      if shape.alignsStates(ofLayer: number) {
        workspace.memory.aligned[number].gather(workspace.sweeps[number].map(\.states), steps)
        workspace.memory.aligned[number].drop(
          number + 1 < shape.layers ? shape.dropout.layers : 0, steps,
          SeededGenerator(.layerDropout, of: generator, number: number))
      }
    }
    pool(workspace.sweeps.last?.map(\.states) ?? [], steps, workspace.memory, parameters)
  }

  /// Runs the forward pass from pooled states to scores: dropout and output layer.
  private func score(
    _ batch: Batch, _ workspace: RecurrentWorkspace<Scalar>, _ parameters: UnsafePointer<Scalar>,
    into scores: UnsafeMutablePointer<Scalar>
  ) {
    let (count, labelCount) = (workspace.steps.lengths.count, shape.labelCount)
    let size = count * output.inputWidth
    let mask = workspace.mask.reserve(size)
    var generator = SeededGenerator(.pooledDropout, of: batch.generator)
    generator.fillDropoutMask(mask, count: size, rate: shape.dropout.pooled)
    let pooled = workspace.memory.pooled.start
    for k in 0..<size { pooled[k] *= mask[k] }
    let sorted = workspace.memory.scores.reserve(count * labelCount)
    output.forward(pooled, count: count, parameters: parameters, into: sorted)
    for (row, document) in workspace.steps.order.enumerated() {
      (scores + document * labelCount).update(from: sorted + row * labelCount, count: labelCount)
    }
  }

  /// The backward pass of `score`. Stores the gradient of the pooled states in the workspace.
  private func scoreBackward(
    _ dScores: UnsafePointer<Scalar>, _ workspace: RecurrentWorkspace<Scalar>,
    _ gradients: UnsafeMutablePointer<Scalar>
  ) {
    let (count, labelCount) = (workspace.steps.lengths.count, shape.labelCount)
    let (size, sorted) = (count * output.inputWidth, workspace.memory.scores.start)
    for (row, document) in workspace.steps.order.enumerated() {
      (sorted + row * labelCount).update(from: dScores + document * labelCount, count: labelCount)
    }
    let dPooled = workspace.dPooled.reserve(size)
    output.backward(
      sorted, x: workspace.memory.pooled.start, count: count, product: workspace.product,
      gradients: gradients, into: dPooled)
    let mask = workspace.mask.start
    for k in 0..<size { dPooled[k] *= mask[k] }
  }

  /// The backward pass of `forward`.
  private func backward(
    _ batch: Batch, _ dScores: UnsafePointer<Scalar>, _ workspace: RecurrentWorkspace<Scalar>,
    into gradients: ShardGradients<Scalar>
  ) {
    weights.withPointers { parameters, _ in
      scoreBackward(dScores, workspace, gradients.parameters.start)
      encodeBackward(workspace, parameters, gradients)
    }
  }

  /// The backward pass of `encode`.
  private func encodeBackward(
    _ workspace: RecurrentWorkspace<Scalar>, _ parameters: UnsafePointer<Scalar>,
    _ gradients: ShardGradients<Scalar>
  ) {
    let (documents, steps, dAligned) = (workspace.documents, workspace.steps, workspace.dAligned)
    let words = workspace.memory.words
    let dWords = weights.tunesVectors ? words.gradient(in: gradients) : nil
    // Without attention, the last layer performs the backward pass of pooling.
    if let attention, let aligned = workspace.memory.aligned.last?.values.start {
      attention.backward(
        workspace.dPooled.start, states: aligned, steps, parameters: parameters,
        workspace.memory.attention, product: workspace.product,
        gradients: gradients.parameters.start,
        into: dAligned.reserve(steps.rowCount * shape.stateWidth))
    }
    for (number, layer) in layers.enumerated().reversed() {
      if shape.alignsStates(ofLayer: number) {
        workspace.memory.aligned[number].dropBackward(dAligned.start, steps)
        workspace.memory.aligned[number].gatherBackward(
          dAligned.start, workspace.sweeps[number].map(\.states), steps)
      }
      let input = input(ofLayer: number, documents, steps, workspace.memory)
      var dInput: UnsafeMutablePointer<Scalar>?
      if number > 0 {
        // The previous contents, the gradient of the layer above, are now in the sweeps.
        dInput = dAligned.zeros(input.count * shape.stateWidth)
      } else {
        dInput = dWords
      }
      layer.backward(
        input, steps, parameters: parameters, &workspace.sweeps[number],
        dPooled: workspace.dPooled.start, product: workspace.product,
        gradients: gradients.parameters.start, dInput: dInput, scratch: workspace.dDirection)
    }
    if let dWords { words.dropBackward(dWords) }
  }
}

// MARK: Between the layers

extension RecurrentNetwork {
  private func steps(of documents: [[Int32]]) -> RaggedSteps {
    RaggedSteps(lengths: documents.map(\.count), mirrorsRows: shape.alignsStates(ofLayer: 0))
  }

  /// Returns the input of a layer: the collected words, or the aligned states of the layer below.
  func input(
    ofLayer number: Int, _ documents: [[Int32]], _ steps: RaggedSteps,
    _ memory: ForwardMemory<Scalar>
  ) -> LayerInput<Scalar> {
    if number > 0 {
      return LayerInput(
        values: memory.aligned[number - 1].values.start, count: steps.rowCount, row: nil)
    }
    let (words, order) = (memory.words, steps.order)
    return LayerInput(values: words.vectors.start, count: words.rows.count) { position, token in
      words.index(of: documents[order[position]][token])
    }
  }

  /// Pools the states of the last layer, `[B, parts, n, H]`.
  func pool(
    _ states: [DirectionStates<Scalar>], _ steps: RaggedSteps, _ memory: ForwardMemory<Scalar>,
    _ parameters: UnsafePointer<Scalar>
  ) {
    let pooled = memory.pooled.reserve(steps.lengths.count * output.inputWidth)
    if let attention, let aligned = memory.aligned.last?.values.start {
      attention.forward(aligned, steps, parameters: parameters, memory.attention, into: pooled)
    } else {
      layers.last?.pool(states, steps, into: pooled)
    }
  }
}

// MARK: Classifying

extension RecurrentNetwork {
  /// Returns the probability of each label for each document, `[B][C]`.
  ///
  /// - Parameters:
  ///   - documents: for each token, its row in the table or, if given, in `projected`.
  ///   - projected: the projected input of each direction of the first layer; `nil` to project the
  ///     distinct words of the documents.
  ///   - newVectors: the vectors of words past the end of the table; used only without `projected`.
  ///   - offsets: values to add to the scores of each document, `[B][C]`; empty for none.
  func classify(
    _ documents: [[Int32]], projected: [UnsafePointer<Scalar>]? = nil,
    newVectors: [Scalar] = [], offsets: [[Scalar]] = []
  ) -> [[Scalar]] {
    weights.withPointers { parameters, vectors in
      let (steps, tableRows) = (self.steps(of: documents), weights.rowCount)
      var memory = ForwardMemory<Scalar>(shape, tableRows: tableRows)
      var states: [DirectionStates<Scalar>] = []
      if projected == nil {
        memory.words.collect(documents, table: vectors, newVectors: newVectors)
      }
      for (number, layer) in layers.enumerated() {
        let projected = number == 0 ? projected : nil
        let input =
          projected == nil
          ? input(ofLayer: number, documents, steps, memory)
          : LayerInput(values: vectors, count: tableRows) { position, token in
            documents[steps.order[position]][token]
          }
        states = layer.classify(input, projected: projected, steps, parameters: parameters)
        if shape.alignsStates(ofLayer: number) { memory.aligned[number].gather(states, steps) }
      }
      pool(states, steps, memory, parameters)
      return probabilities(steps, offsets, memory, parameters)
    }
  }

  /// Applies the output layer and the softmax.
  private func probabilities(
    _ steps: RaggedSteps, _ offsets: [[Scalar]], _ memory: ForwardMemory<Scalar>,
    _ parameters: UnsafePointer<Scalar>
  ) -> [[Scalar]] {
    let (count, labelCount) = (steps.lengths.count, shape.labelCount)
    let scores = memory.scores.reserve(count * labelCount)
    output.forward(memory.pooled.start, count: count, parameters: parameters, into: scores)
    var results: [[Scalar]] = Array(repeating: [], count: count)
    for (position, document) in steps.order.enumerated() {
      let row = scores + position * labelCount
      if !offsets.isEmpty { for k in 0..<labelCount { row[k] += offsets[document][k] } }
      SoftmaxCrossEntropy.softmax(row, count: labelCount)
      results[document] = Array(UnsafeBufferPointer(start: row, count: labelCount))
    }
    return results
  }
}
