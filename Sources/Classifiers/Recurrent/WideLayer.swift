import PipelineCore

/// The linear part beside a network: n-grams of a document and what they give each label.
///
///     z = a (W_dense pooled + b_dense) + s (W_wide x + b_wide)
///
/// **Source:** "wide and deep", Cheng et al. 2016. There both parts learn together. Here each learns
/// alone, the linear part as a convex problem that is solved in seconds, and `a` and `s` are what the
/// validation documents say (`ScoreMixture`): a network that learns after n-grams leaves to them what
/// it could have learned itself, and then adds next to nothing (Benchmarks/README.md).
/// `a` and `s` are multiplied into the weights when training is over.
struct WideLayer: Sendable {
  /// `x` of a document.
  let features: NGramFeatures
  /// `W_wide` and `b_wide`
  var weights: LinearWeights

  /// `W_wide x + b_wide`
  func scores(_ document: EncodedDocument) -> [Float] {
    weights.scores(features.features(document))
  }
}

extension WideLayer {
  /// What a model file holds of it.
  var tensors: [NamedTensor] { weights.tensors + features.tensors }

  /// Takes over what `tensors` wrote.
  ///
  /// - Throws: `TensorError`
  init(from tensors: TensorCollection, keys: NGramKeys, labelCount: Int) throws(TensorError) {
    features = try NGramFeatures(from: tensors, keys: keys)
    weights = try LinearWeights(from: tensors, features: features.count, labels: labelCount)
  }
}
