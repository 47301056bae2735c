public import NumericKernels
public import PipelineCore

/// The trained values of a network.
public struct NetworkWeights<Scalar: KernelScalar>: Sendable {
  /// The names, shapes and offsets of `parameters`.
  public let layout: ParameterLayout
  /// All weights except the word vectors, in the order of `layout`.
  public var parameters: [Scalar]
  /// The word vectors, `[V + 1, D]`, row-major.
  public var vectors: [Scalar] {
    get { storedVectors.array }
    set { storedVectors.array = newValue }
    _modify { yield &storedVectors.array }
  }
  /// The word vectors, which may be in a memory-mapped file.
  package var storedVectors: SharedArray<Scalar>
  /// The column groups of the word vectors, each with its learning rate; the counts sum to `D`.
  public let vectorColumns: [VectorColumns]

  /// Creates weights with these values.
  public init(
    layout: ParameterLayout, parameters: [Scalar], vectors: [Scalar],
    vectorColumns: [VectorColumns]
  ) {
    self.init(
      layout: layout, parameters: parameters, stored: SharedArray(vectors),
      vectorColumns: vectorColumns)
  }

  /// Creates weights with vectors that may be in a memory-mapped file.
  package init(
    layout: ParameterLayout, parameters: [Scalar], stored vectors: SharedArray<Scalar>,
    vectorColumns: [VectorColumns]
  ) {
    self.layout = layout
    self.parameters = parameters
    storedVectors = vectors
    self.vectorColumns = vectorColumns
  }

  /// Creates weights from the vectors of a table. There are no other weights, and no memory for
  /// them, until `initialize` or `load` is called, because a model file may declare any size.
  public init(layout: ParameterLayout, embedding: EmbeddingTable) {
    // For `Float`, the array is shared, because a table can take most of the memory.
    let values: Any = embedding.stored
    self.init(
      layout: layout, parameters: [],
      stored: values as? SharedArray<Scalar> ?? SharedArray(embedding.values.map { Scalar($0) }),
      vectorColumns: embedding.columns)
  }

  /// The width of a word vector: `D`.
  public var vectorWidth: Int { vectorColumns.reduce(0) { $0 + $1.count } }

  /// Whether any column of the vectors is trained.
  public var tunesVectors: Bool { vectorColumns.contains { $0.rateScale > 0 } }

  /// The number of vectors: `V + 1`.
  public var rowCount: Int { storedVectors.count / max(vectorWidth, 1) }

  /// Calls `body` with pointers to the first parameter and the first vector.
  public func withPointers<Result>(
    _ body: (_ parameters: UnsafePointer<Scalar>, _ vectors: UnsafePointer<Scalar>) -> Result
  ) -> Result {
    parameters.withUnsafeBufferPointer { parameters in
      storedVectors.withUnsafeBufferPointer { vectors in
        guard let first = parameters.baseAddress, let second = vectors.baseAddress else {
          preconditionFailure(
            "a network has parameters, from initialize or load, and a vector for unknown words")
        }
        return body(first, second)
      }
    }
  }
}

extension NetworkWeights {
  /// Draws the initial value of every parameter. Each entry of the layout has its own generator.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public mutating func initialize(seed: UInt64) {
    if parameters.isEmpty { parameters = Array(repeating: 0, count: layout.count) }
    for (number, entry) in layout.entries.enumerated() {
      guard let bound = entry.initialBound else { continue }
      var generator = SeededGenerator(seed: seed, 0x1417, number)
      for k in entry.range { parameters[k] = Scalar(generator.uniform(in: -bound...bound)) }
    }
  }
}

extension NetworkWeights<Float> {
  /// All weights except the vectors, as tensors of a model file.
  public var tensors: [NamedTensor] {
    layout.entries.map {
      NamedTensor(name: $0.name, shape: $0.shape, values: Array(parameters[$0.range]))
    }
  }

  /// Loads all weights except the vectors.
  ///
  /// - Throws: `TensorError` if a tensor is missing or has the wrong shape.
  public mutating func load(_ tensors: TensorCollection) throws(TensorError) {
    guard layout.count <= tensors.count else {
      throw .tooFew(expected: Double(layout.count), found: tensors.count)
    }
    if parameters.isEmpty { parameters = Array(repeating: 0, count: layout.count) }
    for entry in layout.entries {
      let values = try tensors.stored(entry.name, shape: entry.shape)
      values.withUnsafeBufferPointer { parameters.replaceSubrange(entry.range, with: $0) }
    }
  }

  /// Loads the weights of a model to continue from, after `initialize`. In entries with one row per
  /// label, the rows of new labels keep their initial values.
  ///
  /// - Throws: `TensorError` if a tensor is missing or has the wrong shape.
  public mutating func load(_ start: TrainingStart) throws(TensorError) {
    guard case .model(let labels) = start.extent else { return try load(start.tensors) }
    for entry in layout.entries {
      if entry.hasLabelRows {
        try loadRows(of: entry, from: start.tensors, labels)
      } else {
        let values = try start.tensors.values(entry.name, shape: entry.shape)
        parameters.replaceSubrange(entry.range, with: values)
      }
    }
  }

  /// Loads the rows of an entry for the labels of the old model; the rows of new labels are kept.
  package mutating func loadRows(
    of entry: ParameterLayout.Entry, from tensors: TensorCollection, _ labels: [Int?]
  ) throws(TensorError) {
    guard let oldCount = tensors.shape(entry.name)?.first else { throw .missing(entry.name) }
    let values = try tensors.values(entry.name, shape: [oldCount] + entry.shape.dropFirst())
    let width = entry.count / labels.count
    for (row, old) in labels.enumerated() {
      guard let old, old < oldCount else { continue }
      for k in 0..<width {
        parameters[entry.offset + row * width + k] = values[old * width + k]
      }
    }
  }
}

/// The gradients of one shard.
public final class ShardGradients<Scalar: KernelScalar> {
  /// The gradient of the parameters, in the order of the layout.
  public let parameters = Buffer<Scalar>()
  /// The distinct vector rows that the shard uses, `[U]`.
  public var touchedRows: [Int32] = []
  /// The gradient of each touched row, `[U, D]`, row-major.
  public let rows = Buffer<Scalar>()
  /// The scores of the shard's documents, `[B, C]`, later replaced by their gradient.
  private let scores = Buffer<Scalar>()

  /// Creates empty buffers, which grow on demand.
  public init() {}

  /// Computes the gradients of a shard with the two passes of a network.
  ///
  /// - Parameters:
  ///   - shard: the documents and their labels.
  ///   - layout: the parameters of the network.
  ///   - smoothing: the share of the target that is spread over all labels.
  ///   - forward: writes the scores, `[B, C]`.
  ///   - backward: receives the gradient of the scores and adds to these gradients.
  /// - Returns: the sum of the documents' losses, in nats.
  public func compute(
    _ shard: Batch, layout: ParameterLayout, smoothing: Double = 0,
    forward: (UnsafeMutablePointer<Scalar>) -> Void, backward: (UnsafePointer<Scalar>) -> Void
  ) -> Double {
    parameters.zeros(layout.count)
    touchedRows = []
    let scores = scores.reserve(shard.documents.count * layout.labelCount)
    forward(scores)
    let loss = shard.crossEntropy(scores, labelCount: layout.labelCount, smoothing: smoothing)
    backward(scores)
    return loss
  }
}
