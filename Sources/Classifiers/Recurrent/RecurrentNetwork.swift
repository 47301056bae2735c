package import Learning
package import NumericKernels
import PipelineCore

/// The shape of a recurrent classifier.
package struct NetworkShape: Sendable, Equatable {
  /// `D`
  package var vectorWidth: Int
  /// `H`, per direction.
  package var width: Int
  package var isBidirectional: Bool
  package var pooling: Pooling
  /// What is dropped while learning.
  package var dropout: DropoutRates
  /// `C`
  package var labelCount: Int

  package init(
    vectorWidth: Int, width: Int, isBidirectional: Bool, pooling: Pooling, dropout: DropoutRates,
    labelCount: Int
  ) {
    self.vectorWidth = vectorWidth
    self.width = width
    self.isBidirectional = isBidirectional
    self.pooling = pooling
    self.dropout = dropout
    self.labelCount = labelCount
  }

  /// How many directions.
  var directionCount: Int { isBidirectional ? 2 : 1 }
}

/// A recurrent classifier: vectors, directions, pooling, dropout, dense, softmax.
///
/// Generic so that gradients are checked in `Double` by the same code that works in `Float`.
package struct RecurrentNetwork<Scalar: KernelScalar>: Sendable {
  package let shape: NetworkShape
  package let layout: ParameterLayout
  package var weights: NetworkWeights<Scalar>
  package let tunesVectors: Bool
  private(set) var directions: [Direction<Scalar>]
  private(set) var output: Dense<Scalar>

  /// A network with these vectors, `[V + 1, D]`, and all other weights zero.
  package init(shape: NetworkShape, vectors: [Scalar], tunesVectors: Bool) {
    var layout = ParameterLayout()
    self.shape = shape
    self.tunesVectors = tunesVectors
    directions = (0..<shape.directionCount).map { number in
      Direction(
        inputWidth: shape.vectorWidth, width: shape.width, layer: 0, isReversed: number == 1,
        layout: &layout)
    }
    output = Dense(
      "classifier", inputWidth: shape.directionCount * shape.width,
      outputWidth: shape.labelCount, layout: &layout)
    self.layout = layout
    weights = NetworkWeights(
      parameters: Array(repeating: 0, count: layout.count), vectors: vectors)
  }

  /// `D`
  package var vectorWidth: Int { shape.vectorWidth }

  /// How many vectors: `V + 1`.
  var tableRows: Int { weights.vectors.count / max(vectorWidth, 1) }

  /// Packs all weights anew; to be called after they changed.
  package mutating func parametersChanged(threads: Int) {
    let parameters = weights.parameters
    // The four matrices of a direction are packed by different threads.
    var jobs = directions.indices.flatMap { direction in
      (0..<4).map { (direction: self.directions[direction], which: $0) }
    }
    Shards.forEach(&jobs, threads: threads) { _, job in
      parameters.withUnsafeBufferPointer { buffer in
        guard let start = buffer.baseAddress else { return }
        job.direction.pack(job.which, from: start)
      }
    }
    for (number, job) in jobs.enumerated() {
      directions[number / 4].take(job.which, from: job.direction)
    }
    parameters.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      output.pack(from: start)
    }
  }

  /// Fresh scratch memory for one worker.
  package func makeWorkspace() -> RecurrentWorkspace<Scalar> {
    RecurrentWorkspace(shape: shape, tableRows: tableRows)
  }

  /// Forward and backward over one shard; leaves the gradients in `workspace`.
  ///
  /// - Returns: the summed loss of the documents, in nats.
  package func learn(_ shard: Batch, _ workspace: RecurrentWorkspace<Scalar>) -> Double {
    withPointers { parameters, vectors in
      workspace.gradients.zeros(layout.count)
      let steps = RaggedSteps(lengths: shard.documents.map(\.count))
      forward(shard, steps, workspace, parameters, vectors)
      let loss = score(shard, steps, workspace, parameters)
      backward(steps, workspace)
      return loss
    }
  }

  private func forward(
    _ shard: Batch, _ steps: RaggedSteps, _ workspace: RecurrentWorkspace<Scalar>,
    _ parameters: UnsafePointer<Scalar>, _ vectors: UnsafePointer<Scalar>
  ) {
    var generator = shard.generator
    workspace.words.collect(shard.documents, table: vectors, width: vectorWidth)
    workspace.words.drop(shape.dropout, width: vectorWidth, &generator)
    let (words, documents) = (workspace.words, shard.documents)
    let pooled = workspace.pooled.reserve(steps.lengths.count * output.inputWidth)
    for (number, direction) in directions.enumerated() {
      workspace.useSweep(number) { sweep in
        direction.project(
          words.vectors.start, count: words.rows.count, parameters: parameters,
          into: sweep.projection.reserve(words.rows.count * direction.gateWidth))
        steps.fill(&sweep.rows, isReversed: direction.isReversed) { place, token in
          words.place(of: documents[steps.order[place]][token])
        }
        sweep.forward(direction, steps)
        copyColumns(
          sweep.pooled.values.start, count: steps.lengths.count, width: shape.width,
          to: pooled + number * shape.width, stride: output.inputWidth)
      }
    }
  }

  /// Dropout, output layer and loss, forward and backward: leaves `dPooled` in the workspace.
  private func score(
    _ shard: Batch, _ steps: RaggedSteps, _ workspace: RecurrentWorkspace<Scalar>,
    _ parameters: UnsafePointer<Scalar>
  ) -> Double {
    let count = steps.lengths.count
    let size = count * output.inputWidth
    let mask = workspace.mask.reserve(size)
    // Another stream than the one that drops words.
    var generator = SeededGenerator(seed: shard.generator.key, 1)
    generator.fillDropoutMask(mask, count: size, rate: shape.dropout.pooled)
    let pooled = workspace.pooled.start
    for k in 0..<size { pooled[k] *= mask[k] }
    let scores = workspace.scores.reserve(count * shape.labelCount)
    output.forward(pooled, count: count, parameters: parameters, into: scores)
    var loss = 0.0
    for place in 0..<count {
      loss += SoftmaxCrossEntropy.forwardAndBackward(
        scores + place * shape.labelCount, count: shape.labelCount,
        target: shard.labels[steps.order[place]], weight: Scalar(shard.weight))
    }
    let dPooled = workspace.dPooled.reserve(size)
    output.backward(
      scores, x: pooled, count: count, product: workspace.product,
      gradients: workspace.gradients.start, into: dPooled)
    for k in 0..<size { dPooled[k] *= mask[k] }
    return loss
  }

  private func backward(_ steps: RaggedSteps, _ workspace: RecurrentWorkspace<Scalar>) {
    let words = workspace.words
    let count = steps.lengths.count
    let dVectors =
      tunesVectors
      ? workspace.rowGradients.zeros(words.rows.count * vectorWidth) : nil
    for (number, direction) in directions.enumerated() {
      let dPooled = workspace.dDirection.reserve(count * shape.width)
      for place in 0..<count {
        (dPooled + place * shape.width).update(
          from: workspace.dPooled.start + place * output.inputWidth + number * shape.width,
          count: shape.width)
      }
      workspace.useSweep(number) { sweep in
        sweep.dProjection.zeros(words.rows.count * direction.gateWidth)
        sweep.backward(
          direction, steps, dPooled: dPooled, product: workspace.product,
          gradients: workspace.gradients.start)
        direction.projectBackward(
          sweep.dProjection.start, input: words.vectors.start, count: words.rows.count,
          product: workspace.product, gradients: workspace.gradients.start, dInput: dVectors)
      }
    }
    if let dVectors { words.dropBackward(dVectors, width: vectorWidth) }
  }

  /// The weights as pointers, for the kernels.
  func withPointers<Result>(
    _ body: (_ parameters: UnsafePointer<Scalar>, _ vectors: UnsafePointer<Scalar>) -> Result
  ) -> Result {
    weights.parameters.withUnsafeBufferPointer { parameters in
      weights.vectors.withUnsafeBufferPointer { vectors in
        guard let first = parameters.baseAddress, let second = vectors.baseAddress else {
          preconditionFailure("a network has parameters and at least the unknown word's vector")
        }
        return body(first, second)
      }
    }
  }
}

/// Copies `count` rows of `width` numbers into a wider matrix.
func copyColumns<Scalar: KernelScalar>(
  _ from: UnsafePointer<Scalar>, count: Int, width: Int, to: UnsafeMutablePointer<Scalar>,
  stride: Int
) {
  for row in 0..<count { (to + row * stride).update(from: from + row * width, count: width) }
}

extension RecurrentNetwork: Network where Scalar == Float {}
