package import NumericKernels
package import PipelineCore

/// A network that `Trainer` can train: its weights are in one flat array, its word vectors in
/// another.
///
/// The weights are shared and read-only while shards are processed. A worker writes to its
/// `Workspace` and to the `ShardGradients` of its shard.
package protocol Network: Sendable {
  /// The scratch memory of one worker, reused for all its shards.
  associatedtype Workspace: AnyObject
  /// All trained values.
  var weights: NetworkWeights<Float> { get set }
  /// The width of a word vector: `D`.
  var vectorWidth: Int { get }
  /// Whether the word vectors are trained.
  var tunesVectors: Bool { get }
  /// The training rates of the columns of the word vectors; the counts sum to `D`.
  var vectorColumns: [VectorColumns] { get }
  /// Creates scratch memory for one worker.
  func makeWorkspace() -> Workspace
  /// Runs the forward and the backward pass over one shard and writes its gradients.
  ///
  /// - Returns: the sum of the documents' losses, in nats.
  func backpropagate(
    _ shard: Batch, _ workspace: Workspace, into gradients: ShardGradients<Float>
  ) -> Double
  /// Prepares a step: draws the random numbers that all shards of a minibatch share.
  ///
  /// - Parameter generator: depends only on the seed, the epoch and the batch.
  mutating func beginStep(_ generator: SeededGenerator)
  /// Called after the weights have changed, before they are used.
  mutating func parametersChanged(threads: Int)
}

extension Network {
  /// One group of columns, trained at the same rate as all other weights.
  package var vectorColumns: [VectorColumns] {
    [VectorColumns(count: vectorWidth, rateScale: 1)]
  }
  /// Does nothing.
  package mutating func beginStep(_ generator: SeededGenerator) {}
}

/// The trained values of a network.
package struct NetworkWeights<Scalar: KernelScalar>: Sendable {
  /// All weights except the word vectors, in the order of a `ParameterLayout`.
  package var parameters: [Scalar]
  /// The word vectors, `[V + 1, D]`, row-major.
  package var vectors: [Scalar]

  /// Creates weights.
  package init(parameters: [Scalar], vectors: [Scalar]) {
    self.parameters = parameters
    self.vectors = vectors
  }
}

/// The gradients of one shard.
package final class ShardGradients<Scalar: KernelScalar> {
  /// The gradient of the parameters.
  package let parameters = Buffer<Scalar>()
  /// The distinct vector rows that the shard uses, `[U]`.
  package var touchedRows: [Int32] = []
  /// The gradient of each touched row, `[U, D]`, row-major.
  package let rows = Buffer<Scalar>()

  /// Creates empty buffers, which grow on demand.
  package init() {}
}

/// The layout of all weight matrices in one flat array of parameters.
///
/// With a single array, gradient reduction, clipping and the optimizer are loops that can be split
/// anywhere, whatever the structure of the network.
package struct ParameterLayout: Sendable {
  /// A named part of the array.
  package struct Entry: Sendable {
    /// The name, following PyTorch.
    package let name: String
    /// The length of each axis.
    package let shape: [Int]
    /// The index of the first element.
    package let offset: Int
    /// The number of elements.
    package var count: Int { shape.reduce(1, *) }
  }

  /// The parts in order, without gaps.
  package private(set) var entries: [Entry] = []
  /// The length of the array.
  package private(set) var count = 0

  /// Creates an empty layout.
  package init() {}

  /// Appends a part. Returns the index of its first element.
  package mutating func add(_ name: String, _ shape: Int...) -> Int {
    let offset = count
    entries.append(Entry(name: name, shape: shape, offset: offset))
    count += shape.reduce(1, *)
    return offset
  }
}
