package import NumericKernels
package import PipelineCore

/// A network that can be trained by `Trainer`: weights in one flat array, vectors in another.
///
/// Weights are shared and only read while shards work. What a worker writes is in its `Workspace`, and
/// what it leaves of each shard in `ShardGradients`.
package protocol Network: Sendable {
  /// What one worker works in, shard after shard.
  associatedtype Workspace: AnyObject
  /// Everything that learns.
  var weights: NetworkWeights<Float> { get set }
  /// `D`
  var vectorWidth: Int { get }
  /// Whether the vectors learn too.
  var tunesVectors: Bool { get }
  /// How fast the columns of the vectors learn, if they do; their counts add up to `D`.
  var vectorColumns: [VectorColumns] { get }
  /// Fresh scratch memory for one worker.
  func makeWorkspace() -> Workspace
  /// Forward and backward over one shard: leaves its gradients, returns the summed loss of its
  /// documents in nats.
  func learn(
    _ shard: Batch, _ workspace: Workspace, into gradients: ShardGradients<Float>
  ) -> Double
  /// Is called before the shards of a minibatch are learned from, with a generator that depends on
  /// the seed, the epoch and the batch only: for what is random but the same for all shards.
  mutating func beginStep(_ generator: SeededGenerator)
  /// Is called after the parameters changed, before they are used.
  mutating func parametersChanged(threads: Int)
}

extension Network {
  /// Vectors mostly learn as fast as all other weights.
  package var vectorColumns: [VectorColumns] {
    [VectorColumns(count: vectorWidth, rateScale: 1)]
  }
  /// Most networks have nothing random that all shards share.
  package mutating func beginStep(_ generator: SeededGenerator) {}
}

/// Everything in a network that learns.
package struct NetworkWeights<Scalar: KernelScalar>: Sendable {
  /// All weights but the word vectors, laid out by a `ParameterLayout`.
  package var parameters: [Scalar]
  /// The word vectors, `[V + 1, D]`.
  package var vectors: [Scalar]

  /// These weights.
  package init(parameters: [Scalar], vectors: [Scalar]) {
    self.parameters = parameters
    self.vectors = vectors
  }
}
