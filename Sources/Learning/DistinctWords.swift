public import NumericKernels
public import PipelineCore

/// The distinct words of a shard. Each is looked up and projected only once, however often it
/// occurs. A fifth to a half of the tokens in a batch are distinct.
public struct DistinctWords<Scalar: KernelScalar> {
  /// The rows of the vector table, in order of first use, `[U]`.
  public private(set) var rows: [Int32] = []
  /// The vectors of `rows`, `[U, D]`.
  public let vectors = Buffer<Scalar>()
  /// The dropout mask of the vectors, `[U, D]`.
  private let mask = Buffer<Scalar>()
  private var isDropping = false
  /// The index of each table row in `rows`, plus 1; 0 for rows that are not used. Empty until words
  /// are collected, which is unnecessary if the words are already projected.
  private var indices: [Int32] = []
  /// The number of vectors in the table, `V + 1`.
  private let tableRows: Int
  /// The width of a vector, `D`.
  private let width: Int

  /// Creates an empty set of words for the vectors of a network.
  public init(for weights: NetworkWeights<Scalar>) {
    self.init(tableRows: weights.rowCount, width: weights.vectorWidth)
  }

  /// Creates an empty set of words for a table of `tableRows` vectors of `width` numbers.
  package init(tableRows: Int, width: Int) {
    self.tableRows = tableRows
    self.width = width
  }

  /// Collects the words of a batch and copies their vectors.
  public mutating func collect(_ batch: Batch, _ weights: NetworkWeights<Scalar>) {
    weights.withPointers { _, vectors in
      collect(batch.documents, table: vectors, newVectors: batch.newVectors.map { Scalar($0) })
    }
  }

  /// Collects the words of `documents` and copies their vectors from `table`, `[V + 1, D]`; rows
  /// past its end refer to `newVectors`.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package mutating func collect(
    _ documents: [[Int32]], table: UnsafePointer<Scalar>, newVectors: [Scalar] = []
  ) {
    for row in rows { indices[Int(row)] = 0 }
    rows.removeAll(keepingCapacity: true)
    let missing = tableRows + newVectors.count / max(width, 1) - indices.count
    if missing > 0 { indices += Array(repeating: 0, count: missing) }
    for document in documents {
      for row in document where indices[Int(row)] == 0 {
        rows.append(row)
        indices[Int(row)] = Int32(rows.count)
      }
    }
    let input = vectors.reserve(rows.count * width)
    for (index, row) in rows.enumerated() {
      let target = input + index * width
      if Int(row) < tableRows {
        target.update(from: table + Int(row) * width, count: width)
      } else {
        let start = (Int(row) - tableRows) * width
        for k in 0..<width { target[k] = newVectors[start + k] }
      }
    }
  }

  /// Returns the index of a table row in `rows` and `vectors`.
  ///
  /// - Precondition: `collect` has found the row in a document.
  public func index(of row: Int32) -> Int32 { indices[Int(row)] - 1 }

  /// Adds uniform noise with mean 0 and the given standard deviation to each value of the vectors.
  /// Its magnitude is at most `sqrt(3)` times the standard deviation. All occurrences of a word get
  /// the same noise, as with dropout.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  package func addNoise(_ deviation: Double, _ generator: SeededGenerator) {
    guard deviation > 0 else { return }
    var generator = generator
    let bound = Float(deviation * 3.0.squareRoot())
    for k in 0..<rows.count * width {
      vectors.start[k] += Scalar(Double(generator.uniform(in: -bound...bound)))
    }
  }

  /// Drops whole words and individual values of the vectors. A word is dropped either everywhere in
  /// the shard or nowhere, because it is projected only once.
  ///
  /// **Source:** Gal, Ghahramani 2016 (section 4.2: dropout of word types, one mask for all steps).
  ///
  /// - Parameters:
  ///   - wordRate: the share of words to drop.
  ///   - valueRate: the share of individual values to drop.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public mutating func drop(
    words wordRate: Double, values valueRate: Double, _ generator: SeededGenerator
  ) {
    isDropping = wordRate > 0 || valueRate > 0
    guard isDropping else { return }
    var generator = generator
    let count = rows.count * width
    let mask = mask.reserve(count)
    generator.fillDropoutMask(mask, count: count, rate: valueRate)
    let kept = Scalar(1 / (1 - wordRate))
    for index in rows.indices {
      let factor = Double(generator.uniform()) < wordRate ? 0 : kept
      for k in 0..<width { mask[index * width + k] *= factor }
    }
    for k in 0..<count { vectors.start[k] *= mask[k] }
  }

  /// The backward pass of `drop`, in place.
  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  public func dropBackward(_ dVectors: UnsafeMutablePointer<Scalar>) {
    guard isDropping else { return }
    for k in 0..<rows.count * width { dVectors[k] *= mask.start[k] }
  }

  /// Records that the shard uses these words and returns zeroed memory for the gradient of their
  /// vectors, `[U, D]`.
  ///
  /// A backward pass adds to this memory, then calls `dropBackward`.
  public func gradient(
    in gradients: ShardGradients<Scalar>
  ) -> UnsafeMutablePointer<Scalar> {
    gradients.touchedRows = rows
    return gradients.rows.zeros(rows.count * width)
  }
}
