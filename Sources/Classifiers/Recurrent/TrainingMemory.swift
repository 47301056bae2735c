import Learning
import PipelineCore

/// An estimate of the memory needed to train a network. It counts only large parts that are not
/// shared.
struct TrainingMemory {
  let shape: NetworkShape
  /// The number of vectors, and whether they are trained.
  let vectorRows: Int
  let tunesVectors: Bool
  let settings: TrainingSettings
  /// The number of tokens of each training document.
  let lengths: [Int]
  let threads: Int

  /// The estimate in bytes.
  var bytes: Double {
    let batch = lengths.sorted(by: >).prefix(settings.batch)
    let shards = Double(
      BatchSampler(lengths: Array(batch), batch: settings.batch, seed: 0)
        .shards(of: Array(batch.indices), size: settings.shard).count)
    let states: Double = [.adam, .adamw].contains(settings.optimizer) ? 2 : 1
    let averages: Double = settings.averaging > 0 ? 2 : 0
    // The weights, the optimizer's state and the average, now and at the start of the epoch, and
    // the best weights.
    let copies = 2 * (1 + states) + averages + 1
    // Plus the packed weights and the gradient of each shard.
    let parameters = shape.parameterCount * (copies + 1 + shards)
    let table = Double(vectorRows) * Double(shape.vectorWidth) * (tunesVectors ? copies : 0)
    return 4
      * (parameters + table + Double(min(threads, Int(shards))) * shardNumbers(batch, shards))
  }

  /// The number of values that the sweeps of one shard keep for the backward pass.
  private func shardNumbers(_ batch: ArraySlice<Int>, _ shards: Double) -> Double {
    guard shape.memory == .full else { return 0 }
    let tokens = max(Double(batch.reduce(0, +)) / shards, Double(batch.first ?? 0))
    let perToken =
      Double(shape.cell.gateCount + 1) * Double(shape.stateWidth)
      + Double(shape.cell.memoryWidth(hidden: shape.width) * shape.directionCount)
    return tokens * perToken * Double(shape.layers)
  }

  /// Checks that enough memory is available.
  ///
  /// - Throws: `MemoryError`
  func require() throws(MemoryError) {
    try MemoryLimit.require(
      bytes,
      for:
        "training a network of \(shape.layers) layers with \(shape.width) hidden units and vectors "
        + "of \(shape.vectorWidth) dimensions")
  }
}

extension NetworkShape {
  /// The number of weights, without the vectors.
  ///
  /// The type is `Double` because products of sizes cannot overflow it.
  var parameterCount: Double {
    let (width, states) = (Double(self.width), Double(stateWidth))
    let gates = Double(cell.gateCount) * width
    let layers = (0..<layers).reduce(0.0) { sum, layer in
      let input = layer == 0 ? Double(vectorWidth) : states
      return sum + Double(directionCount) * gates * (input + width + 1)
    }
    let attention = pooling == .attention ? width * (states + 2) : 0
    return layers + attention + Double(labelCount) * (Double(pooledWidth) + 1)
  }
}
