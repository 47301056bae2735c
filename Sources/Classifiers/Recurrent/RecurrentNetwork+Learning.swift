package import Learning
import NumericKernels
import PipelineCore

/// One shard forward and backward.
extension RecurrentNetwork {
  /// Forward and backward over one shard; leaves its gradients.
  ///
  /// - Returns: the summed loss of the documents, in nats.
  package func backpropagate(
    _ shard: Batch, _ workspace: RecurrentWorkspace<Scalar>,
    into gradients: ShardGradients<Scalar>
  ) -> Double {
    withPointers { parameters, vectors in
      gradients.parameters.zeros(layout.count)
      let steps = RaggedSteps(lengths: shard.documents.map(\.count))
      forward(shard, steps, workspace, parameters, vectors)
      gradients.touchedRows = workspace.words.rows
      let loss = score(shard, steps, workspace, parameters, gradients.parameters.start)
      backward(steps, workspace, parameters, gradients)
      return loss
    }
  }

  private func forward(
    _ shard: Batch, _ steps: RaggedSteps, _ workspace: RecurrentWorkspace<Scalar>,
    _ parameters: UnsafePointer<Scalar>, _ vectors: UnsafePointer<Scalar>
  ) {
    var generator = shard.generator
    // Other streams than those of words (0), output (1), layers (2) and states (3).
    let documents = shape.augmentation.swapped(
      shard.documents, SeededGenerator(seed: shard.generator.key, 4))
    workspace.words.collect(documents, table: vectors, width: vectorWidth)
    workspace.words.addNoise(
      shape.augmentation.noise, width: vectorWidth, SeededGenerator(seed: shard.generator.key, 5))
    workspace.words.drop(shape.dropout, width: vectorWidth, &generator)
    for layer in 0..<shape.layers {
      let (input, count) = layerInput(layer, steps, workspace)
      for (number, direction) in directions(ofLayer: layer) {
        fillRows(of: number, layer, documents, steps, workspace)
        // Other streams than those of words (0) and of the output (1).
        let masks = SeededGenerator(seed: shard.generator.key, 3, number)
        workspace.useSweep(number) { sweep in
          direction.project(
            input, count: count, parameters: parameters,
            into: sweep.projection.reserve(count * direction.gateWidth), scratch: sweep.scratch)
          sweep.drawStateMask(shape.dropout.states, steps, masks)
          sweep.forward(direction, steps, parameters: parameters)
        }
      }
      alignStates(ofLayer: layer, steps, workspace)
      let rate = layer + 1 < shape.layers ? shape.dropout.layers : 0
      workspace.aligned[layer].drop(
        rate, steps, SeededGenerator(seed: shard.generator.key, 2, layer))
    }
    pool(steps, workspace, parameters)
  }

  /// Dropout, output layer and loss, forward and backward: leaves `dPooled` in the workspace.
  private func score(
    _ shard: Batch, _ steps: RaggedSteps, _ workspace: RecurrentWorkspace<Scalar>,
    _ parameters: UnsafePointer<Scalar>, _ gradients: UnsafeMutablePointer<Scalar>
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
      let label = shard.labels[steps.order[place]]
      loss += SoftmaxCrossEntropy.forwardAndBackward(
        scores + place * shape.labelCount, count: shape.labelCount, target: label,
        weight: Scalar(shard.weight(ofLabel: label)), smoothing: shape.labelSmoothing,
        focal: shard.focal)
    }
    let dPooled = workspace.dPooled.reserve(size)
    output.backward(
      scores, x: pooled, count: count, product: workspace.product,
      gradients: gradients, into: dPooled)
    for k in 0..<size { dPooled[k] *= mask[k] }
    return loss
  }

  private func backward(
    _ steps: RaggedSteps, _ workspace: RecurrentWorkspace<Scalar>,
    _ parameters: UnsafePointer<Scalar>, _ shard: ShardGradients<Scalar>
  ) {
    let gradients = shard.parameters.start
    if let attention, let states = workspace.aligned.last?.values.start {
      attention.backward(
        workspace.dPooled.start, states: states, steps, parameters: parameters,
        workspace.attention, product: workspace.product, gradients: gradients,
        into: workspace.dAligned.reserve(steps.rowCount * shape.stateWidth))
    }
    for layer in (0..<shape.layers).reversed() {
      if shape.alignsStates(ofLayer: layer) {
        let aligned = workspace.aligned[layer]
        aligned.dropBackward(workspace.dAligned.start, steps)
        aligned.scatter(
          workspace.dAligned.start, to: workspace.sweeps(ofLayer: layer), steps,
          workspace.mirroredRows)
      }
      backward(layer, steps, workspace, parameters, shard)
    }
    if tunesVectors {
      workspace.words.dropBackward(shard.rows.start, width: vectorWidth)
    }
    for (direction, mask) in zip(directions, recurrentMasks) {
      for k in mask.indices { gradients[direction.recurrentWeights + k] *= mask[k] }
    }
  }

  /// The directions of a layer, backward: leaves the gradient of what the layer read.
  private func backward(
    _ layer: Int, _ steps: RaggedSteps, _ workspace: RecurrentWorkspace<Scalar>,
    _ parameters: UnsafePointer<Scalar>, _ shard: ShardGradients<Scalar>
  ) {
    let (input, count) = layerInput(layer, steps, workspace)
    var dInput: UnsafeMutablePointer<Scalar>?
    if layer > 0 {
      // The sweeps have copies of what stood here.
      dInput = workspace.dAligned.zeros(count * shape.stateWidth)
    } else if tunesVectors {
      dInput = shard.rows.zeros(count * vectorWidth)
    }
    for (number, direction) in directions(ofLayer: layer) {
      let dPooled = dPooledColumns(of: number % shape.directionCount, steps, workspace)
      workspace.useSweep(number) { sweep in
        sweep.dProjection.zeros(count * direction.gateWidth)
        sweep.backward(
          direction, steps, parameters: parameters, dPooled: dPooled, product: workspace.product,
          gradients: shard.parameters.start)
        direction.projectBackward(
          sweep.dProjection.start, input: input, count: count, product: workspace.product,
          gradients: shard.parameters.start, dInput: dInput, scratch: sweep.scratch)
      }
    }
  }

  /// What the pooled gradient says of one direction, `[parts, B, H]`.
  private func dPooledColumns(
    of direction: Int, _ steps: RaggedSteps, _ workspace: RecurrentWorkspace<Scalar>
  ) -> UnsafePointer<Scalar> {
    let (count, width) = (steps.lengths.count, shape.width)
    let columns = workspace.dDirection.reserve(shape.pooling.parts * count * width)
    for part in 0..<shape.pooling.parts {
      let first = workspace.dPooled.start + part * shape.stateWidth + direction * width
      for place in 0..<count {
        (columns + (part * count + place) * width).update(
          from: first + place * output.inputWidth, count: width)
      }
    }
    return UnsafePointer(columns)
  }
}

extension DirectionSweep {
  /// Chooses which units are dropped from step to step.
  mutating func drawStateMask(
    _ rate: Double, _ steps: RaggedSteps, _ generator: SeededGenerator
  ) {
    guard rate > 0 else { return stateMask = nil }
    var generator = generator
    let mask = stateMask ?? Buffer<Scalar>()
    let count = steps.lengths.count * width
    generator.fillDropoutMask(mask.reserve(count), count: count, rate: rate)
    stateMask = mask
  }
}
