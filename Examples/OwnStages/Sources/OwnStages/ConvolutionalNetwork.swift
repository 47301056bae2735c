import Docket

/// The network of `convolution.v1`.
///
///     z_t = W [x_t ... x_(t+w-1)] + b     p = max(0, max_t z_t)     scores = V (mask p) + c
///
/// for each width `w` of 3, 4 and 5, with `F` filters `W [F, w D]`; zeros follow the last word.
package struct ConvolutionalNetwork<Scalar: KernelScalar>: Sendable {
  static var widths: [Int] { [3, 4, 5] }
  /// The number of zero vectors after the last word, so that every word begins a window of every
  /// width.
  private static var padding: Int { 4 }

  package var weights: NetworkWeights<Scalar>
  private let configuration: ConvolutionalClassifier.Configuration
  private var convolutions: [Convolution<Scalar>] = []
  /// The indices of `V [C, 3 F]` and `c [C]` among the parameters.
  private let output: (weight: Int, bias: Int)

  // sample: parameters
  /// Creates a network for these vectors.
  package init(
    _ configuration: ConvolutionalClassifier.Configuration, embedding: EmbeddingTable,
    labelCount: Int
  ) {
    var layout = ParameterLayout()
    let filters = configuration.filters
    for width in Self.widths {
      convolutions.append(
        Convolution(
          width: width, filters: filters, vectorWidth: embedding.dimensions, &layout))
    }
    let pooledWidth = Self.widths.count * filters
    output = (
      layout.add(
        "classifier.weight", labelCount, pooledWidth, initialValues: .glorot, hasLabelRows: true),
      layout.add("classifier.bias", labelCount, hasLabelRows: true)
    )
    self.configuration = configuration
    weights = NetworkWeights(layout: layout, embedding: embedding)
  }
  // end of sample

  private var labelCount: Int { weights.layout.labelCount }
  private var filters: Int { configuration.filters }
  /// The width of the pooled values, `3 F`.
  private var pooledWidth: Int { Self.widths.count * filters }

  /// The scratch memory of one worker. Documents are numbered in the order of the batch.
  package final class Workspace {
    var words: DistinctWords<Scalar>
    /// The vectors of one document and the padding, `[T + 4, D]`; later their gradient.
    let vectors = Buffer<Scalar>()
    /// `z` of one document and width, `[T, F]`.
    let features = Buffer<Scalar>()
    /// The largest `z` of each document, later `mask p`, `[B, 3 F]`.
    let pooled = Buffer<Scalar>()
    /// The word with the largest `z`, `[B, 3 F]`.
    var winners: [Int32] = []
    /// The dropout mask, `[B, 3 F]`.
    let mask = Buffer<Scalar>()

    init(_ weights: NetworkWeights<Scalar>) { words = DistinctWords(for: weights) }
  }

  package func makeWorkspace() -> Workspace { Workspace(weights) }

  /// Packs the filters for the product.
  package mutating func parametersChanged(threads: Int) {
    let parameters = weights.parameters
    parameters.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      for k in convolutions.indices { convolutions[k].pack(start) }
    }
  }
}

/// The forward and backward passes. The training loop uses the `Float` version.
extension ConvolutionalNetwork: ScoringNetwork, Network where Scalar == Float {}

extension ConvolutionalNetwork {
  /// Runs the forward pass from words to scores, `[B, C]`.
  package func forward(
    _ batch: Batch, _ work: Workspace, into scores: UnsafeMutablePointer<Scalar>
  ) {
    work.words.collect(batch, weights)
    if batch.isTraining {
      work.words.drop(
        words: configuration.wordDropout, values: configuration.vectorDropout, batch.generator)
    }
    let size = batch.documents.count * pooledWidth
    let pooled = work.pooled.reserve(size)
    if work.winners.count < size { work.winners = Array(repeating: 0, count: size) }
    weights.withPointers { parameters, _ in
      for (number, document) in batch.documents.enumerated() {
        let vectors = self.vectors(of: document, work)
        for (k, convolution) in convolutions.enumerated() {
          let place = number * pooledWidth + k * filters
          convolution.forward(
            vectors, count: max(document.count, 1), parameters, features: work.features,
            largest: pooled + place, winners: &work.winners, at: place)
        }
      }
      let mask = work.mask.reserve(size)
      var generator = SeededGenerator(seed: batch.generator.key, 1)
      generator.fillDropoutMask(
        mask, count: size, rate: batch.isTraining ? configuration.dropout : 0)
      for k in 0..<size { pooled[k] = max(pooled[k], 0) * mask[k] }
      for document in batch.documents.indices {
        for label in 0..<labelCount {
          let row = parameters + output.weight + label * pooledWidth
          let values = pooled + document * pooledWidth
          var sum = parameters[output.bias + label]
          for k in 0..<pooledWidth { sum += row[k] * values[k] }
          scores[document * labelCount + label] = sum
        }
      }
    }
  }

  /// Runs the backward pass of `forward`.
  package func backward(
    _ batch: Batch, _ dScores: UnsafePointer<Scalar>, _ work: Workspace,
    into gradients: ShardGradients<Scalar>
  ) {
    let dWords = work.words.gradient(in: gradients)
    let (sums, pooled, mask) = (gradients.parameters.start, work.pooled.start, work.mask.start)
    weights.withPointers { parameters, _ in
      for (number, document) in batch.documents.enumerated() {
        let first = number * pooledWidth
        let dDocument = dScores + number * labelCount
        for label in 0..<labelCount {
          Scalar.Kernels.add(
            pooledWidth, dDocument[label], pooled + first,
            to: sums + output.weight + label * pooledWidth)
          sums[output.bias + label] += dDocument[label]
        }
        let vectors = self.vectors(of: document, work)
        let dVectors = vectors + (document.count + Self.padding + 1) * weights.vectorWidth
        for k in 0..<pooledWidth where pooled[first + k] > 0 {
          var slope: Scalar = 0
          for label in 0..<labelCount {
            slope += dDocument[label] * parameters[output.weight + label * pooledWidth + k]
          }
          convolutions[k / filters].backward(
            slope * mask[first + k], filter: k % filters, word: Int(work.winners[first + k]),
            vectors, parameters, sums, into: dVectors)
        }
        addGradient(dVectors, of: document, work, to: dWords)
      }
    }
    work.words.dropBackward(dWords)
  }

  /// Gathers the vectors of a document and the padding, `[T + 4, D]`, followed by the same number
  /// of zeros for their gradient. The vector of an empty document is zero.
  private func vectors(
    of document: [Int32], _ work: Workspace
  ) -> UnsafeMutablePointer<Scalar> {
    let width = weights.vectorWidth
    let vectors = work.vectors.zeros(2 * (document.count + Self.padding + 1) * width)
    for (number, row) in document.enumerated() {
      (vectors + number * width).update(
        from: work.words.vectors.start + Int(work.words.index(of: row)) * width, count: width)
    }
    return vectors
  }

  /// Adds the gradient of a document's vectors to the gradient of its words.
  private func addGradient(
    _ dVectors: UnsafePointer<Scalar>, of document: [Int32], _ work: Workspace,
    to dWords: UnsafeMutablePointer<Scalar>
  ) {
    let width = weights.vectorWidth
    for (number, row) in document.enumerated() {
      Scalar.Kernels.add(
        width, 1, dVectors + number * width,
        to: dWords + Int(work.words.index(of: row)) * width)
    }
  }
}
