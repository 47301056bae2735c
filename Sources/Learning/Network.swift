public import NumericKernels
public import PipelineCore

/// A network that `Trainer` can train: its weights are in one flat array, its word vectors in
/// another.
///
/// A classifier conforms to `ScoringNetwork`, which provides the loss, so only the forward and
/// backward passes remain to be implemented. `Network` alone is for other losses.
///
/// The weights are shared and read-only while shards are processed. A worker writes to its
/// `Workspace` and to the `ShardGradients` of its shard.
public protocol Network: Sendable {
  /// The scratch memory of one worker, reused for all its shards. Data left over from one shard
  /// must not affect the next.
  associatedtype Workspace: AnyObject
  /// All trained weights.
  var weights: NetworkWeights<Float> { get set }
  /// Creates scratch memory for one worker.
  func makeWorkspace() -> Workspace
  /// Runs the forward and backward passes over one shard and writes its gradients.
  ///
  /// - Returns: the sum of the documents' losses, in nats.
  func backpropagate(
    _ shard: Batch, _ workspace: Workspace, into gradients: ShardGradients<Float>
  ) -> Double
  /// Prepares a step: draws the random numbers that all shards of a minibatch share. The default
  /// does nothing.
  ///
  /// - Parameter generator: a generator that depends only on the seed, the epoch and the batch.
  mutating func beginStep(_ generator: SeededGenerator)
  /// Called after the weights change and before they are used, so that the network can pack its
  /// matrices.
  mutating func parametersChanged(threads: Int)
}

extension Network {
  /// Does nothing.
  public mutating func beginStep(_ generator: SeededGenerator) {}
}

/// A network that computes one score per label: the part that is specific to a classifier.
///
/// `Trainer` and `NetworkModel` provide everything else: loss, minibatches, shards, threads,
/// optimizer, checkpoints, epoch selection, continued training, classification, and the model file.
///
/// A network that is generic over `Float` and `Double`, so that its gradients can be compared with
/// finite differences, conforms `where Scalar == Float`. The compiler then specializes the passes
/// for `Float`; generic code would be many times slower.
public protocol ScoringNetwork: Network {
  /// The share of the target that is spread over all labels in training; the default is 0.
  var labelSmoothing: Double { get }
  /// Computes the scores of all labels, before the softmax.
  ///
  /// The scores of a document must not depend on the other documents of the batch. If
  /// `batch.isTraining` is set, `backward` follows and reads what `forward` stored in the
  /// workspace; otherwise there is no dropout.
  ///
  /// - Parameter scores: receives the scores, `[B, C]`, row-major.
  func forward(
    _ batch: Batch, _ workspace: Workspace, into scores: UnsafeMutablePointer<Float>)
  /// The backward pass of `forward`.
  ///
  /// - Parameters:
  ///   - dScores: the gradient of the scores, `[B, C]`.
  ///   - gradients: `parameters` is all zeros on entry, and the pass adds to it; the rows of the
  ///     word vectors are set up by `DistinctWords.gradient(in:)`.
  func backward(
    _ batch: Batch, _ dScores: UnsafePointer<Float>, _ workspace: Workspace,
    into gradients: ShardGradients<Float>)
}

extension ScoringNetwork {
  /// 0: the target is the label alone.
  public var labelSmoothing: Double { 0 }

  /// Runs forward, computes the loss and its gradient, and runs backward.
  public func backpropagate(
    _ shard: Batch, _ workspace: Workspace, into gradients: ShardGradients<Float>
  ) -> Double {
    gradients.compute(
      shard, layout: weights.layout, smoothing: labelSmoothing,
      forward: { forward(shard, workspace, into: $0) },
      backward: { backward(shard, $0, workspace, into: gradients) })
  }
}
