import NumericKernels
import PipelineCore

/// The two tables that vector training works on: words as input and words as output.
struct VectorTables {
  /// The tables as shards read them.
  struct Pointers {
    let inputs: UnsafePointer<Float>
    let outputs: UnsafePointer<Float>
  }

  /// `[input rows, width]`
  private let inputs: Buffer<Float>
  /// `[V, width]`
  private let outputs: Buffer<Float>
  /// The numbers of a vector and of the blocks that it is filled up to with zeros.
  let width: Int
  private let dimensions: Int

  /// Small random inputs, in proportion to `1 / dimensions`, and outputs of zeros.
  ///
  /// **Source:** the program word2vec.
  init(_ plan: VectorTrainingPlan, dimensions: Int, seed: UInt64) {
    self.dimensions = dimensions
    let block = 64 / MemoryLayout<Float>.stride  // a vector register
    width = (dimensions + block - 1) / block * block
    inputs = Buffer(count: plan.inputRows * width)
    outputs = Buffer(count: plan.text.vocabulary.count * width)
    let bound = 0.5 / Float(dimensions)
    for row in 0..<plan.inputRows {
      var generator = SeededGenerator(seed: seed, Self.place, row)
      for column in 0..<dimensions {
        inputs.start[row * width + column] = generator.uniform(in: -bound...bound)
      }
    }
  }

  /// Keeps these numbers apart from what others draw from the same seed: "vector" in ASCII.
  private static let place = 0x7665_6374_6f72

  /// For reading, while no changes are added.
  var pointers: Pointers {
    Pointers(inputs: UnsafePointer(inputs.start), outputs: UnsafePointer(outputs.start))
  }

  /// Rows are dealt out to so many pieces, which threads add to side by side.
  private static let pieces = 8

  /// A part of the rows of one table.
  private struct Piece {
    var table: UnsafeMutablePointer<Float>
    var changes: [(rows: [Int32], values: UnsafeMutablePointer<Float>)]
  }

  /// Adds what the shards of a round changed: to each row in the order of the shards, so that the
  /// sums are the same bits for any number of threads.
  func add(_ shards: [(inputs: LocalRows, outputs: LocalRows)], threads: Int) {
    let width = width
    let changes = [
      (inputs.start, shards.map { ($0.inputs.rows, $0.inputs.values) }),
      (outputs.start, shards.map { ($0.outputs.rows, $0.outputs.values) }),
    ]
    var pieces = (0..<Self.pieces).map { _ in
      changes.map { Piece(table: $0.0, changes: $0.1) }
    }
    Shards.forEach(&pieces, threads: threads) { number, tables in
      for piece in tables {
        for (rows, values) in piece.changes {
          for (place, row) in rows.enumerated() where Int(row) % Self.pieces == number {
            Float.Kernels.add(width, 1, values + place * width, to: piece.table + Int(row) * width)
          }
        }
      }
    }
  }

  /// The vector of each word, `[V, dimensions]`: the mean of its rows.
  func vectors(_ plan: VectorTrainingPlan) -> [Float] {
    var vectors = [Float](repeating: 0, count: plan.text.vocabulary.count * dimensions)
    vectors.withUnsafeMutableBufferPointer { vectors in
      guard let start = vectors.baseAddress else { return }
      for word in 0..<plan.text.vocabulary.count {
        var count = 0
        plan.forEachInputRow(of: Int32(word)) { _ in count += 1 }
        plan.forEachInputRow(of: Int32(word)) { row in
          Float.Kernels.add(
            dimensions, 1 / Float(count), inputs.start + Int(row) * width,
            to: start + word * dimensions)
        }
      }
    }
    return vectors
  }
}
