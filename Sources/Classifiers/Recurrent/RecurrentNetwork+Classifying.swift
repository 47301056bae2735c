import NumericKernels

extension RecurrentNetwork {
  /// The probability of each label for each document, `[B][C]`.
  ///
  /// - Parameters:
  ///   - tables: all vectors projected by each direction of the first layer, `[V + 1, G H]`; `nil`
  ///     projects the distinct words of the documents.
  ///   - offsets: what something else gives each document's labels, `[B][C]`; empty for nothing.
  func classify(
    _ documents: [[Int32]], tables: [[Scalar]]?, newVectors: [Scalar] = [],
    offsets: [[Scalar]] = [],
    _ workspace: RecurrentWorkspace<Scalar>
  ) -> [[Scalar]] {
    withPointers { parameters, vectors in
      let steps = RaggedSteps(lengths: documents.map(\.count))
      if tables == nil {
        workspace.words.collect(
          documents, table: vectors, newVectors: newVectors, width: vectorWidth)
      }
      for layer in 0..<shape.layers {
        let tables = layer == 0 ? tables : nil
        for (number, _) in directions(ofLayer: layer) {
          fillRows(of: number, layer, documents, steps, workspace, readsTable: tables != nil)
        }
        withProjections(ofLayer: layer, tables, steps, workspace, parameters) { projections in
          read(layer, projections, steps, workspace, parameters)
        }
        alignStates(ofLayer: layer, steps, workspace)
      }
      pool(steps, workspace, parameters)
      return probabilities(steps, offsets, workspace, parameters)
    }
  }

  /// What each direction of a layer reads: its table, or the projected inputs.
  private func withProjections(
    ofLayer layer: Int, _ tables: [[Scalar]]?, _ steps: RaggedSteps,
    _ workspace: RecurrentWorkspace<Scalar>, _ parameters: UnsafePointer<Scalar>,
    _ body: ([UnsafePointer<Scalar>]) -> Void
  ) {
    if let tables { return withPointers(to: tables[...], [], body) }
    let (input, count) = layerInput(layer, steps, workspace)
    body(
      directions(ofLayer: layer).map { number, direction in
        let room = workspace.projection(of: number).reserve(count * direction.gateWidth)
        direction.project(input, count: count, parameters: parameters, into: room)
        return UnsafePointer(room)
      })
  }

  private func withPointers(
    to arrays: ArraySlice<[Scalar]>, _ found: [UnsafePointer<Scalar>],
    _ body: ([UnsafePointer<Scalar>]) -> Void
  ) {
    guard let first = arrays.first else { return body(found) }
    first.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      withPointers(to: arrays.dropFirst(), found + [start], body)
    }
  }

  /// Runs the directions of a layer.
  private func read(
    _ layer: Int, _ projections: [UnsafePointer<Scalar>], _ steps: RaggedSteps,
    _ workspace: RecurrentWorkspace<Scalar>, _ parameters: UnsafePointer<Scalar>
  ) {
    if PairedReading<Scalar>.isPossible(shape, steps) {
      let sides = zip(directions(ofLayer: layer), projections).map { direction, projection in
        PairedReading.Side(direction: direction.1, projection: projection)
      }
      let pair = PairedReading(steps: steps, parameters: parameters)
      workspace.useSweeps(ofLayer: layer) { pair.classify(sides[0], &$0, sides[1], &$1) }
    } else {
      for ((number, direction), projection) in zip(directions(ofLayer: layer), projections) {
        workspace.useSweep(number) { sweep in
          sweep.classify(direction, steps, projection: projection, parameters: parameters)
        }
      }
    }
  }

  /// The output layer on the pooled states.
  private func probabilities(
    _ steps: RaggedSteps, _ offsets: [[Scalar]], _ workspace: RecurrentWorkspace<Scalar>,
    _ parameters: UnsafePointer<Scalar>
  ) -> [[Scalar]] {
    let (count, labelCount) = (steps.lengths.count, shape.labelCount)
    let scores = workspace.scores.reserve(count * labelCount)
    output.forward(workspace.pooled.start, count: count, parameters: parameters, into: scores)
    var results: [[Scalar]] = Array(repeating: [], count: count)
    for (place, document) in steps.order.enumerated() {
      let row = scores + place * labelCount
      if !offsets.isEmpty { for k in 0..<labelCount { row[k] += offsets[document][k] } }
      SoftmaxCrossEntropy.softmax(row, count: labelCount)
      results[document] = Array(UnsafeBufferPointer(start: row, count: labelCount))
    }
    return results
  }
}
