/// A model with a linear part that can classify documents on its own, in a fraction of the time.
package protocol CascadingModel: ClassifierModel {
  /// Returns the probability of each label, `[B][C]`, and whether they come from the linear part
  /// alone.
  func probabilities(
    of documents: [EncodedDocument], _ cascade: Cascade, threads: Int
  ) -> [(probabilities: [Float], isLinear: Bool)]
}
