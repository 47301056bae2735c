import NumericKernels

/// What learning and classifying share: from layer to layer and from states to pooled values.
extension RecurrentNetwork {
  /// What a layer reads, `[count, width]`: distinct words, or the states of the layer below token by
  /// token.
  func layerInput(
    _ layer: Int, _ steps: RaggedSteps, _ workspace: RecurrentWorkspace<Scalar>
  ) -> (UnsafePointer<Scalar>, count: Int) {
    guard layer > 0 else {
      return (UnsafePointer(workspace.words.vectors.start), workspace.words.rows.count)
    }
    return (UnsafePointer(workspace.aligned[layer - 1].values.start), steps.rowCount)
  }

  /// Says which rows of its projection a direction reads.
  func fillRows(
    of number: Int, _ layer: Int, _ documents: [[Int32]], _ steps: RaggedSteps,
    _ workspace: RecurrentWorkspace<Scalar>, readsTable: Bool = false
  ) {
    let (words, isReversed) = (workspace.words, directions[number].isReversed)
    let mirrored = workspace.mirroredRows
    workspace.useSweep(number) { sweep in
      if layer == 0 {
        steps.fill(&sweep.rows, isReversed: isReversed) { place, token in
          let row = documents[steps.order[place]][token]
          return readsTable ? row : words.place(of: row)
        }
      } else if isReversed {
        sweep.rows = mirrored
      } else {
        sweep.rows.removeAll(keepingCapacity: true)
        sweep.rows.append(contentsOf: 0..<Int32(steps.rowCount))
      }
    }
  }

  /// Puts the states of a layer in the order of tokens, if anything reads them so.
  func alignStates(
    ofLayer layer: Int, _ steps: RaggedSteps, _ workspace: RecurrentWorkspace<Scalar>
  ) {
    guard shape.alignsStates(ofLayer: layer) else { return }
    if layer == 0 { steps.mirroredRows(&workspace.mirroredRows) }
    workspace.aligned[layer].gather(
      workspace.sweeps(ofLayer: layer), steps, workspace.mirroredRows)
  }

  /// Leaves the pooled states of all directions in the workspace, `[B, parts, n, H]`.
  func pool(
    _ steps: RaggedSteps, _ workspace: RecurrentWorkspace<Scalar>,
    _ parameters: UnsafePointer<Scalar>
  ) {
    let (count, width) = (steps.lengths.count, shape.width)
    let pooled = workspace.pooled.reserve(count * output.inputWidth)
    if let attention, let states = workspace.aligned.last?.values.start {
      attention.forward(
        states, steps, parameters: parameters, workspace.attention, into: pooled)
      return
    }
    for (number, sweep) in workspace.sweeps(ofLayer: shape.layers - 1).enumerated() {
      guard let values = sweep.pooled?.values.start else { continue }
      for part in 0..<shape.pooling.parts {
        copyColumns(
          values + part * count * width, count: count, width: width,
          to: pooled + part * shape.stateWidth + number * width, stride: output.inputWidth)
      }
    }
  }
}
