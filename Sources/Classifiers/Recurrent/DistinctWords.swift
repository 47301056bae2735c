import NumericKernels
import PipelineCore

/// The distinct words of a shard: each is looked up and projected once, however often it stands in
/// the documents. Of the tokens in a batch of documents, between a fifth and a half are distinct.
struct DistinctWords<Scalar: KernelScalar> {
  /// The rows of the vector table, in order of first use: `U`.
  private(set) var rows: [Int32] = []
  /// The vectors of `rows`, `[U, D]`.
  let vectors = Buffer<Scalar>()
  /// What dropout multiplied the vectors by, `[U, D]`.
  private let mask = Buffer<Scalar>()
  private var isDropping = false
  /// Place of a table row in `rows`, plus 1; 0 for rows not used. Empty until words are collected:
  /// who reads a projected table has no use for it.
  private var places: [Int32] = []

  private let tableRows: Int

  /// For a table of `tableRows` vectors.
  init(tableRows: Int) {
    self.tableRows = tableRows
  }

  /// Collects the words of `documents` and copies their vectors out of `table`, `[V + 1, D]`; rows
  /// behind its end are those of `newVectors`.
  mutating func collect(
    _ documents: [[Int32]], table: UnsafePointer<Scalar>, newVectors: [Scalar] = [], width: Int
  ) {
    for row in rows { places[Int(row)] = 0 }
    rows.removeAll(keepingCapacity: true)
    let missing = tableRows + newVectors.count / max(width, 1) - places.count
    if missing > 0 { places += Array(repeating: 0, count: missing) }
    for document in documents {
      for row in document where places[Int(row)] == 0 {
        rows.append(row)
        places[Int(row)] = Int32(rows.count)
      }
    }
    let input = vectors.reserve(rows.count * width)
    for (place, row) in rows.enumerated() {
      let target = input + place * width
      if Int(row) < tableRows {
        target.update(from: table + Int(row) * width, count: width)
      } else {
        let start = (Int(row) - tableRows) * width
        for k in 0..<width { target[k] = newVectors[start + k] }
      }
    }
  }

  /// Drops whole words and single values of the vectors. A word is dropped everywhere in the shard or
  /// nowhere, which is what makes projecting it once possible.
  ///
  /// **Source:** Gal, Ghahramani 2016 (section 4.2: dropout of word types, one mask for all steps).
  mutating func drop(_ rates: DropoutRates, width: Int, _ generator: inout SeededGenerator) {
    isDropping = rates.words > 0 || rates.vectors > 0
    guard isDropping else { return }
    let count = rows.count * width
    let mask = mask.reserve(count)
    generator.fillDropoutMask(mask, count: count, rate: rates.vectors)
    let kept = Scalar(1 / (1 - rates.words))
    for place in rows.indices {
      let factor = Double(generator.uniform()) < rates.words ? 0 : kept
      for k in 0..<width { mask[place * width + k] *= factor }
    }
    for k in 0..<count { vectors.start[k] *= mask[k] }
  }

  /// The backward of `drop`.
  func dropBackward(_ dVectors: UnsafeMutablePointer<Scalar>, width: Int) {
    guard isDropping else { return }
    for k in 0..<rows.count * width { dVectors[k] *= mask.start[k] }
  }

  /// Where the vector of a table row stands in `vectors`.
  func place(of row: Int32) -> Int32 { places[Int(row)] - 1 }
}
