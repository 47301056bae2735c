import NumericKernels
import PipelineCore

/// Joins the gradients of the shards in shard order, so that the sum is the same bits for any number
/// of threads.
struct GradientReduction {
  /// A run of parameters that one thread sums; also fixes the order in which squares are added.
  static let piece = 16_384

  /// The touched vector rows of the whole batch, in order of first use.
  private(set) var rows: [Int32] = []
  /// The summed gradient of each of `rows`, `[rows.count, D]`.
  let rowGradients = Buffer<Float>()
  /// The place of a row in `rows`, plus 1; 0 for rows not touched.
  private var places: [Int32]
  private let width: Int
  private let columns: [VectorColumns]

  /// A reduction for `rowCount` vectors of these columns.
  init(rowCount: Int, columns: [VectorColumns]) {
    places = Array(repeating: 0, count: rowCount)
    width = columns.reduce(0) { $0 + $1.count }
    self.columns = columns
  }

  /// A run of parameters with the same run of every shard's gradient.
  private struct Piece {
    var pointers: [UnsafeMutablePointer<Float>]
    var range: Range<Int>
    var squares = 0.0
  }

  /// Adds the parameter gradients of all shards into the first one's.
  ///
  /// - Returns: the sum of squares of the result.
  static func sumParameters(
    _ shards: ArraySlice<ShardGradients<Float>>, count: Int, threads: Int
  ) -> Double {
    let pointers = shards.map { $0.parameters.start }
    var pieces = Shards.ranges(of: count, size: piece).map { range in
      Piece(pointers: pointers, range: range)
    }
    Shards.forEach(&pieces, threads: threads) { _, piece in
      let sum = piece.pointers[0] + piece.range.lowerBound
      for other in piece.pointers.dropFirst() {
        Float.Kernels.add(piece.range.count, 1, other + piece.range.lowerBound, to: sum)
      }
      piece.squares = Float.Kernels.squares(piece.range.count, sum)
    }
    return pieces.reduce(0) { $0 + $1.squares }
  }

  /// Joins the row gradients of all shards: a row that several shards used gets their sum, and
  /// zeros in the columns that do not learn.
  ///
  /// - Returns: the sum of squares of the result.
  mutating func sumRows(_ shards: ArraySlice<ShardGradients<Float>>) -> Double {
    for row in rows { places[Int(row)] = 0 }
    rows.removeAll(keepingCapacity: true)
    let most = shards.reduce(0) { $0 + $1.touchedRows.count }
    let sums = rowGradients.reserve(most * width)
    for shard in shards {
      for (k, row) in shard.touchedRows.enumerated() {
        let gradient = shard.rows.start + k * width
        let place = Int(places[Int(row)])
        if place == 0 {
          (sums + rows.count * width).update(from: gradient, count: width)
          rows.append(row)
          places[Int(row)] = Int32(rows.count)
        } else {
          Float.Kernels.add(width, 1, gradient, to: sums + (place - 1) * width)
        }
      }
    }
    // What does not move counts nothing for clipping.
    for run in columns.still {
      for place in rows.indices {
        (sums + place * width + run.lowerBound).update(repeating: 0, count: run.count)
      }
    }
    return Float.Kernels.squares(rows.count * width, sums)
  }
}
