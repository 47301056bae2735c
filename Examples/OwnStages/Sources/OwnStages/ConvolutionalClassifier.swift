import Docket

/// Stage `convolution.v1`: convolutions over word vectors, the maximum of each filter over the
/// document, dropout, a dense layer, and softmax.
///
/// **Source:** Kim 2014, "Convolutional neural networks for sentence classification".
package struct ConvolutionalClassifier: Classifier {
  /// The settings of `convolution.v1`.
  package struct Configuration: StageConfiguration {
    /// The number of filters of each width, `F`.
    package var filters = 100
    /// The share of pooled values dropped in training.
    package var dropout = 0.5
    /// The share of words dropped in training.
    package var wordDropout = 0.0
    /// The share of word-vector values dropped in training.
    package var vectorDropout = 0.0

    package init() {}

    package static var settings: [Setting<Self>] {
      [
        .integer("filters", \.filters, 1...4096, "filters of each of the widths 3, 4 and 5"),
        .number("dropout", \.dropout, 0...0.95, "share of pooled values dropped in training"),
        .number("wordDropout", \.wordDropout, 0...0.95, "share of words dropped in training"),
        .number(
          "vectorDropout", \.vectorDropout, 0...0.95,
          "share of word-vector values dropped in training"),
      ]
    }
  }

  package typealias Model = NetworkModel<ConvolutionalNetwork<Float>>

  package static let stageName = "convolution.v1"
  package static let summary =
    "convolutions of widths 3, 4 and 5 over word vectors, maximum, softmax"
  package static let input = ClassifierInput.vectors
  package let configuration: Configuration

  package init(configuration: Configuration) { self.configuration = configuration }

  // sample: training
  /// Trains the classifier: the training loop needs only the network.
  package func fit(_ task: TrainingTask) throws -> Model {
    guard let embedding = task.embedding else {
      preconditionFailure("a pipeline whose classifier reads vectors has an embedding")
    }
    return try NetworkModel(
      training: ConvolutionalNetwork(
        configuration, embedding: embedding, labelCount: task.examples.labelCount),
      on: task)
  }

  /// Restores a trained model.
  package func restore(
    from tensors: TensorCollection, embedding: EmbeddingTable?, labelCount: Int
  ) throws -> Model {
    guard let embedding else { throw TensorError.missing("embedding.weight") }
    return try NetworkModel(
      restoring: ConvolutionalNetwork(
        configuration, embedding: embedding, labelCount: labelCount),
      from: tensors, embedding: embedding)
  }
  // end of sample
}
