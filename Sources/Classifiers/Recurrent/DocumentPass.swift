import Learning
import NumericKernels
import PipelineCore

/// The forward and backward passes of a network over one document, at several points on the path
/// from zero vectors to the document's token vectors.
///
/// The input projection of the first layer is linear: with `q = W x`, the projection at point `a`
/// on the path is `a q + b`, and `dx . x = dq . q`. So `q` is computed once, and the passes neither
/// read nor write anything as wide as a word vector.
final class DocumentPass<Scalar: BuiltInScalar> {
  let network: RecurrentNetwork<Scalar>
  /// The memory of the passes. Its sweeps hold the gates and states between passes.
  let workspace: RecurrentWorkspace<Scalar>
  private let input: ProjectedDocument<Scalar>
  private let gradients = Buffer<Scalar>()
  private let dScores = Buffer<Scalar>()

  init(_ network: RecurrentNetwork<Scalar>, _ input: ProjectedDocument<Scalar>) {
    self.network = network
    self.input = input
    workspace = network.makeWorkspace()
  }

  /// The score of a label, minus the mean over all labels, and the gradient of that score along
  /// each token's vector.
  struct Slope {
    var score: Double
    /// `dS/dx_t . x_t`, `[T]`; empty unless requested.
    var values: [Double]
  }

  /// Returns the score of a label at each point and, if `withTokens` is set, the slope of the score
  /// along each token's vector.
  ///
  /// - Parameter points: positions on the path, from 0 for zero vectors to 1 for the document's
  ///   vectors.
  func slopes(at points: [Double], label: Int, withTokens: Bool) -> [Slope] {
    network.weights.withPointers { parameters, _ in
      forward(points, parameters)
      let labelCount = network.shape.labelCount
      let scores = workspace.memory.scores.start
      var results = points.indices.map { point in
        let row = UnsafeBufferPointer(start: scores + point * labelCount, count: labelCount)
        let mean = row.reduce(0) { $0 + Double($1) } / Double(labelCount)
        return Slope(score: Double(row[label]) - mean, values: [])
      }
      guard withTokens, input.count > 0 else { return results }
      backward(label: label, count: points.count, parameters)
      for point in points.indices { results[point].values = slopes(ofPoint: point) }
      return results
    }
  }

  /// Runs the forward pass from the projected vectors to the scores, `[points, C]`.
  func forward(_ points: [Double], _ parameters: UnsafePointer<Scalar>) {
    let (network, workspace, count) = (network, workspace, input.count)
    let steps = RaggedSteps(
      lengths: Array(repeating: count, count: points.count),
      mirrorsRows: network.shape.alignsStates(ofLayer: 0))
    workspace.steps = steps
    for (number, layer) in network.layers.enumerated() {
      if number == 0 {
        for (k, direction) in layer.directions.enumerated() {
          steps.fill(&workspace.sweeps[0][k].rows, isReversed: direction.isReversed) {
            Int32($0 * count + $1)
          }
          input.write(k, at: points, into: workspace.sweeps[0][k])
          workspace.sweeps[0][k].forward(direction, steps, parameters: parameters)
        }
      } else {
        layer.forward(
          network.input(ofLayer: number, [], steps, workspace.memory), steps,
          parameters: parameters, &workspace.sweeps[number], generator: SeededGenerator(seed: 0))
      }
      if network.shape.alignsStates(ofLayer: number) {
        workspace.memory.aligned[number].gather(workspace.sweeps[number].map(\.states), steps)
      }
    }
    network.pool(
      workspace.sweeps.last?.map(\.states) ?? [], steps, workspace.memory, parameters)
    network.output.forward(
      workspace.memory.pooled.start, count: points.count, parameters: parameters,
      into: workspace.memory.scores.reserve(points.count * network.shape.labelCount))
  }

  /// Runs the backward pass from the score of a label to the projected vectors.
  func backward(label: Int, count: Int, _ parameters: UnsafePointer<Scalar>) {
    let (network, workspace, steps) = (network, workspace, workspace.steps)
    let shape = network.shape
    // The gradients of the weights are not used, but the training passes compute them.
    let gradients = gradients.zeros(network.weights.parameters.count)
    let dScores = dScores.reserve(count * shape.labelCount)
    for row in 0..<count {
      for k in 0..<shape.labelCount {
        dScores[row * shape.labelCount + k] =
          (k == label ? 1 : 0) - 1 / Scalar(shape.labelCount)
      }
    }
    let dPooled = workspace.dPooled.reserve(count * shape.pooledWidth)
    network.output.backward(
      dScores, x: workspace.memory.pooled.start, count: count, product: workspace.product,
      gradients: gradients, into: dPooled)
    if let attention = network.attention, let aligned = workspace.memory.aligned.last {
      attention.backward(
        dPooled, states: aligned.values.start, steps, parameters: parameters,
        workspace.memory.attention, product: workspace.product, gradients: gradients,
        into: workspace.dAligned.reserve(steps.rowCount * shape.stateWidth))
    }
    for (number, layer) in network.layers.enumerated().reversed() {
      if shape.alignsStates(ofLayer: number) {
        workspace.memory.aligned[number].gatherBackward(
          workspace.dAligned.start, workspace.sweeps[number].map(\.states), steps)
      }
      if number > 0 {
        let input = network.input(ofLayer: number, [], steps, workspace.memory)
        layer.backward(
          input, steps, parameters: parameters, &workspace.sweeps[number], dPooled: dPooled,
          product: workspace.product, gradients: gradients,
          dInput: workspace.dAligned.zeros(input.count * shape.stateWidth),
          scratch: workspace.dDirection)
      } else {
        for k in layer.directions.indices {
          layer.stepsBackward(
            k, steps, parameters: parameters, &workspace.sweeps[0][k], dPooled: dPooled,
            count: steps.rowCount, product: workspace.product, gradients: gradients,
            scratch: workspace.dDirection)
        }
      }
    }
  }

  private func slopes(ofPoint point: Int) -> [Double] {
    var values = Array(repeating: 0.0, count: input.count)
    for (k, sweep) in workspace.sweeps[0].enumerated() {
      input.addSlopes(k, sweep.dProjection.start, ofPoint: point, to: &values)
    }
    return values
  }
}

/// The vectors of a document's tokens, projected by each direction of the first layer.
struct ProjectedDocument<Scalar: BuiltInScalar>: Sendable {
  /// The number of tokens, `T`.
  let count: Int
  /// `W x` of each direction, `[T, G H]`.
  private var products: [[Scalar]]
  /// `b` of each direction, `[G H]`.
  private let biases: [[Scalar]]

  /// Projects the vectors `[T, D]` of a document.
  init(_ vectors: [Scalar], _ network: RecurrentNetwork<Scalar>) {
    let width = network.shape.vectorWidth
    let count = vectors.count / width
    self.count = count
    // The projection of a zero vector is the bias.
    let rows = vectors + Array(repeating: 0, count: width)
    let projected = network.weights.withPointers { parameters, _ in
      rows.withUnsafeBufferPointer { rows in
        rows.baseAddress.flatMap { start in
          network.layers.first?.project(start, count: count + 1, parameters: parameters)
        } ?? []
      }
    }
    biases = projected.map { Array($0.suffix($0.count / (count + 1))) }
    products = projected.map { Array($0.dropLast($0.count / (count + 1))) }
    for (k, bias) in biases.enumerated() {
      for token in 0..<count {
        for gate in bias.indices { products[k][token * bias.count + gate] -= bias[gate] }
      }
    }
  }

  /// Writes the projected input of direction `k` at the given points, `[points, T, G H]`, into a
  /// sweep.
  fileprivate func write(_ k: Int, at points: [Double], into sweep: DirectionSweep<Scalar>) {
    let (product, bias) = (products[k], biases[k])
    var target = sweep.reserveProjection(points.count * product.count)
    product.withUnsafeBufferPointer { product in
      guard let start = product.baseAddress else { return }
      for point in points {
        for token in 0..<count {
          target.update(from: bias, count: bias.count)
          Scalar.Kernels.add(bias.count, Scalar(point), start + token * bias.count, to: target)
          target += bias.count
        }
      }
    }
  }

  /// Adds `dq . q` for each token, in direction `k`, to `values`, given `dq [points, T, G H]`.
  fileprivate func addSlopes(
    _ k: Int, _ gradient: UnsafePointer<Scalar>, ofPoint point: Int, to values: inout [Double]
  ) {
    let (product, width) = (products[k], biases[k].count)
    let gradient = gradient + point * product.count
    for token in 0..<count {
      var sum = 0.0
      for index in token * width..<(token + 1) * width {
        sum += Double(gradient[index]) * Double(product[index])
      }
      values[token] += sum
    }
  }
}

extension RecurrentNetwork where Scalar == Float {
  /// Returns the network with the same weights in another number type, without word vectors or
  /// anything that only affects training.
  func forExplaining<Other: BuiltInScalar>(in type: Other.Type) -> RecurrentNetwork<Other> {
    var plain = shape
    (plain.dropout, plain.augmentation) = (DropoutRates(), Augmentation())
    (plain.labelSmoothing, plain.truncate, plain.memory) = (0, 0, .full)
    var network = RecurrentNetwork<Other>(
      shape: plain, vectors: Array(repeating: 0, count: shape.vectorWidth), tunesVectors: false)
    network.weights.parameters = weights.parameters.map { Other($0) }
    network.parametersChanged(threads: 1)
    return network
  }

  /// Returns the vectors of a document's tokens, `[T, D]`.
  func vectors<Other: BuiltInScalar>(of document: EncodedDocument, in type: Other.Type) -> [Other] {
    let (width, table) = (shape.vectorWidth, weights.vectors)
    return document.rows.flatMap { row -> [Other] in
      let start = Int(row) * width
      return start < table.count
        ? table[start..<start + width].map { Other($0) }
        : document.newVectors[start - table.count..<start - table.count + width].map { Other($0) }
    }
  }
}
