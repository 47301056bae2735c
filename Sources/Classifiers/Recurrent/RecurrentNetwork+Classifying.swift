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
        let (input, count) = layerInput(layer, steps, workspace)
        for (number, direction) in directions(ofLayer: layer) {
          let table = layer == 0 ? tables?[number] : nil
          fillRows(of: number, layer, documents, steps, workspace, readsTable: table != nil)
          workspace.useSweep(number) { sweep in
            if let table {
              table.withUnsafeBufferPointer { buffer in
                guard let start = buffer.baseAddress else { return }
                sweep.classify(direction, steps, projection: start, parameters: parameters)
              }
            } else {
              let room = sweep.projection.reserve(count * direction.gateWidth)
              direction.project(input, count: count, parameters: parameters, into: room)
              sweep.classify(direction, steps, projection: room, parameters: parameters)
            }
          }
        }
        alignStates(ofLayer: layer, steps, workspace)
      }
      pool(steps, workspace, parameters)
      return probabilities(steps, offsets, workspace, parameters)
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
