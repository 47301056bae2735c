import NumericKernels
import PipelineCore

/// The sum of the shards' gradients, taken in shard order so that it is bitwise identical for any
/// number of threads.
struct GradientReduction {
  /// The number of parameters per chunk of parallel work; it also determines the order in which
  /// squares are added.
  static let parameterChunk = 16_384

  /// The vector rows that the batch touches, in the order of first use.
  private(set) var rows: [Int32] = []
  /// The summed gradient of each of `rows`, `[rows.count, D]`, row-major.
  let rowGradients = Buffer<Float>()
  /// The index of each row in `rows`, plus 1; 0 for untouched rows.
  private var places: [Int32]
  private let width: Int
  private let columns: [VectorColumns]

  /// Creates a reduction for `rowCount` vectors with the given columns.
  init(rowCount: Int, columns: [VectorColumns]) {
    places = Array(repeating: 0, count: rowCount)
    width = columns.reduce(0) { $0 + $1.count }
    self.columns = columns
  }

  /// A range of parameters in the gradients of all shards.
  private struct Chunk {
    var pointers: [UnsafeMutablePointer<Float>]
    var range: Range<Int>
    var squares = 0.0

    /// Adds all arrays to the first, one after the other.
    func add() {
      let sum = pointers[0] + range.lowerBound
      for other in pointers.dropFirst() {
        Float.Kernels.add(range.count, 1, other + range.lowerBound, to: sum)
      }
    }
  }

  /// Sums the parameter gradients of all shards into those of the first shard.
  ///
  /// - Returns: the sum of squares of the result.
  static func sumParameters(
    _ shards: ArraySlice<ShardGradients<Float>>, count: Int, threads: Int
  ) -> Double {
    let pointers = shards.map { $0.parameters.start }
    var chunks = Shards.ranges(of: count, size: parameterChunk).map { range in
      Chunk(pointers: pointers, range: range)
    }
    Shards.forEach(&chunks, threads: threads) { _, chunk in
      chunk.add()
      chunk.squares = Float.Kernels.squares(
        chunk.range.count, chunk.pointers[0] + chunk.range.lowerBound)
    }
    return chunks.reduce(0) { $0 + $1.squares }
  }

  /// Adds a range of several arrays to `sum`, one array after the other.
  static func add(
    _ others: [UnsafeMutablePointer<Float>], to sum: UnsafeMutablePointer<Float>,
    _ range: Range<Int>
  ) {
    Chunk(pointers: [sum] + others, range: range).add()
  }

  /// Sums the row gradients of all shards, with zeros in frozen columns.
  ///
  /// - Returns: the sum of squares of the result.
  mutating func sumRows(_ shards: ArraySlice<ShardGradients<Float>>) -> Double {
    removeRows()
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
    return squaresOfRows()
  }

  /// Sets the frozen columns of `rowGradients` to zero.
  ///
  /// - Returns: the sum of squares of the result.
  func squaresOfRows() -> Double {
    let sums = rowGradients.start
    // Frozen columns must not affect the norm.
    for frozen in columns.frozen {
      for place in rows.indices {
        (sums + place * width + frozen.lowerBound).update(repeating: 0, count: frozen.count)
      }
    }
    return Float.Kernels.squares(rows.count * width, sums)
  }

  private mutating func removeRows() {
    for row in rows { places[Int(row)] = 0 }
    rows.removeAll(keepingCapacity: true)
  }

  /// Replaces `rows` with the rows of an earlier sum, to which the rows of more shards will be
  /// added.
  mutating func setRows(_ rows: [Int32]) {
    removeRows()
    for row in rows { addRow(row) }
  }

  /// Adds the rows of a shard that are not in `rows` yet.
  ///
  /// - Returns: the index of each of its rows in `rows`.
  mutating func addRows(of shard: ShardGradients<Float>) -> [Int] {
    shard.touchedRows.map { row in
      if places[Int(row)] == 0 { addRow(row) }
      return Int(places[Int(row)]) - 1
    }
  }

  private mutating func addRow(_ row: Int32) {
    rows.append(row)
    places[Int(row)] = Int32(rows.count)
  }

  /// Clips every component of a gradient to `-limit...limit`.
  ///
  /// - Returns: the sum of squares of the result.
  static func clip(
    _ gradient: UnsafeMutablePointer<Float>, count: Int, to limit: Float
  ) -> Double {
    for k in 0..<count { gradient[k] = min(max(gradient[k], -limit), limit) }
    return Float.Kernels.squares(count, gradient)
  }
}

extension [VectorColumns] {
  /// The ranges of trained columns with the factors for their learning rates.
  var trained: [(columns: Range<Int>, rateScale: Double)] { ranges.filter { $0.rateScale > 0 } }

  /// The ranges of frozen columns.
  var frozen: [Range<Int>] { ranges.filter { $0.rateScale == 0 }.map(\.columns) }

  private var ranges: [(columns: Range<Int>, rateScale: Double)] {
    var start = 0
    return map { group in
      defer { start += group.count }
      return (start..<start + group.count, group.rateScale)
    }
  }
}
