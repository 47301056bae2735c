import NumericKernels

/// The distinct words of a shard: each is looked up and projected once, however often it stands in
/// the documents. Of the tokens in a batch of documents, between a fifth and a half are distinct.
struct DistinctWords<Scalar: KernelScalar> {
  /// The rows of the vector table, in order of first use: `U`.
  private(set) var rows: [Int32] = []
  /// The vectors of `rows`, `[U, D]`.
  let vectors = Buffer<Scalar>()
  /// Place of a table row in `rows`, plus 1; 0 for rows not used.
  private var places: [Int32]

  /// For a table of `tableRows` vectors.
  init(tableRows: Int) {
    places = Array(repeating: 0, count: tableRows)
  }

  /// Collects the words of `documents` and copies their vectors out of `table`, `[V + 1, D]`.
  mutating func collect(_ documents: [[Int32]], table: UnsafePointer<Scalar>, width: Int) {
    for row in rows { places[Int(row)] = 0 }
    rows.removeAll(keepingCapacity: true)
    for document in documents {
      for row in document where places[Int(row)] == 0 {
        rows.append(row)
        places[Int(row)] = Int32(rows.count)
      }
    }
    let input = vectors.reserve(rows.count * width)
    for (place, row) in rows.enumerated() {
      (input + place * width).update(from: table + Int(row) * width, count: width)
    }
  }

  /// Where the vector of a table row stands in `vectors`.
  func place(of row: Int32) -> Int32 { places[Int(row)] - 1 }
}
