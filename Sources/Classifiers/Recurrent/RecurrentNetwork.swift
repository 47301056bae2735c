package import Learning
package import NumericKernels
package import PipelineCore

/// A recurrent classifier: vectors, layers of directions, pooling, dropout, dense, softmax.
///
/// Generic so that gradients are checked in `Double` by the same code that works in `Float`.
package struct RecurrentNetwork<Scalar: KernelScalar>: Sendable {
  package let shape: NetworkShape
  package let layout: ParameterLayout
  package var weights: NetworkWeights<Scalar>
  package let tunesVectors: Bool
  package var vectorColumns: [VectorColumns]
  private var format: PackedFormat
  /// Layer by layer, the directions of a layer side by side.
  private(set) var directions: [Direction<Scalar>]
  private(set) var attention: Attention<Scalar>?
  private(set) var output: Dense<Scalar>
  /// What dropout multiplied `U` of each direction by; empty while nothing is dropped.
  private(set) var recurrentMasks: [[Scalar]] = []

  /// A network with these vectors, `[V + 1, D]`, and all other weights zero.
  package init(
    shape: NetworkShape, vectors: [Scalar], tunesVectors: Bool, format: PackedFormat = .lanes
  ) {
    var layout = ParameterLayout()
    self.shape = shape
    self.tunesVectors = tunesVectors
    vectorColumns = [VectorColumns(count: shape.vectorWidth, rateScale: 1)]
    self.format = format
    directions = (0..<shape.layers * shape.directionCount).map { number in
      let layer = number / shape.directionCount
      return Direction(
        cell: shape.cell, inputWidth: layer == 0 ? shape.vectorWidth : shape.stateWidth,
        width: shape.width, layer: layer, isReversed: number % shape.directionCount == 1,
        format: format, layout: &layout)
    }
    if shape.pooling == .attention { attention = Attention(shape, layout: &layout) }
    output = Dense(
      "classifier", inputWidth: shape.pooledWidth, outputWidth: shape.labelCount,
      layout: &layout)
    self.layout = layout
    weights = NetworkWeights(
      parameters: Array(repeating: 0, count: layout.count), vectors: vectors)
  }

  /// `D`
  package var vectorWidth: Int { shape.vectorWidth }

  /// How many vectors: `V + 1`.
  var tableRows: Int { weights.vectors.count / max(vectorWidth, 1) }

  /// The directions of a layer with their numbers.
  func directions(ofLayer layer: Int) -> Zip2Sequence<Range<Int>, ArraySlice<Direction<Scalar>>> {
    let range = layer * shape.directionCount..<(layer + 1) * shape.directionCount
    return zip(range, directions[range])
  }

  /// Packs all weights anew; to be called after they changed.
  package mutating func parametersChanged(threads: Int) {
    recurrentMasks = []
    let parameters = weights.parameters
    var jobs: [Direction<Scalar>.Packing] = []
    var ends: [Int] = []
    for number in directions.indices {
      jobs += directions[number].lendPacked()
      ends.append(jobs.count)
    }
    Shards.forEach(&jobs, threads: threads) { _, job in
      parameters.withUnsafeBufferPointer { buffer in
        guard let start = buffer.baseAddress else { return }
        job.pack(from: start)
      }
    }
    for (number, end) in ends.enumerated() {
      directions[number].takeBack(jobs[(number == 0 ? 0 : ends[number - 1])..<end])
    }
    parameters.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      attention?.pack(from: start)
      output.pack(from: start)
    }
  }

  /// Multiplies the scores of all labels by `factor`.
  mutating func scaleScores(by factor: Scalar) {
    for entry in layout.entries where entry.name.hasPrefix("classifier.") {
      for k in entry.offset..<entry.offset + entry.count { weights.parameters[k] *= factor }
    }
    parametersChanged(threads: 1)
  }

  /// The network with its weights packed in another format.
  func packed(as format: PackedFormat, threads: Int) -> RecurrentNetwork {
    guard format != self.format else { return self }
    var network = self
    network.format = format
    for number in directions.indices { network.directions[number].makeRoom(format) }
    network.parametersChanged(threads: threads)
    return network
  }

  /// Drops recurrent weights until the parameters change: the same ones for all shards of a step.
  ///
  /// **Source:** DropConnect, Wan et al. 2013; on recurrent weights, Merity et al. 2018.
  package mutating func beginStep(_ generator: SeededGenerator) {
    guard shape.dropout.weights > 0 else { return }
    recurrentMasks = directions.indices.map { number in
      let direction = directions[number]
      let count = direction.gateWidth * direction.width
      var generator = SeededGenerator(seed: generator.key, 0xdc, number)
      var mask = Array(repeating: Scalar(0), count: count)
      mask.withUnsafeMutableBufferPointer { buffer in
        guard let start = buffer.baseAddress else { return }
        generator.fillDropoutMask(start, count: count, rate: shape.dropout.weights)
      }
      let from = direction.recurrentWeights
      let dropped = zip(weights.parameters[from..<from + count], mask).map { $0 * $1 }
      dropped.withUnsafeBufferPointer { buffer in
        guard let start = buffer.baseAddress else { return }
        directions[number].packRecurrent(start)
      }
      return mask
    }
  }

  /// Fresh scratch memory for one worker.
  package func makeWorkspace() -> RecurrentWorkspace<Scalar> {
    RecurrentWorkspace(shape: shape, tableRows: tableRows, format: format)
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
