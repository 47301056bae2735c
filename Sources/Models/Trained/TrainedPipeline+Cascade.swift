import Messages
public import PipelineCore

extension TrainedPipeline {
  /// Returns the cascade in which at least this share of the validation documents gets the same
  /// label as from the whole model; `nil` if there is none.
  ///
  /// The linear part of the model classifies the documents on which it is confident. The other
  /// documents take as long as without a cascade and get the same probabilities.
  public func cascade(agreement: Double = Cascade.defaultAgreement) -> Cascade? {
    model is any CascadingModel ? linearAnswers?.cascade(agreement: agreement) : nil
  }

  /// What cascades with different thresholds do on the validation documents, from the whole model
  /// alone to the linear part alone; empty if the model has no cascade.
  public var cascadeCurve: [CascadePoint] {
    model is any CascadingModel ? linearAnswers?.curve ?? [] : []
  }

  /// The shares of validation documents that the linear part classifies alone, for `docket show`
  /// and the report; empty if there is no cascade.
  package var cascadeSummary: String {
    let shares = [0.99, Cascade.defaultAgreement, 0.999].compactMap { agreement in
      cascade(agreement: agreement).map {
        "\(NumberFormat.percent($0.coverage)) of documents with "
          + "\(NumberFormat.percent(agreement)) of labels unchanged"
      }
    }
    guard !shares.isEmpty else { return "" }
    return "the linear part alone classifies " + shares.joined(separator: ", ")
  }
}
