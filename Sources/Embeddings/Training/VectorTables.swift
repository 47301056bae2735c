import NumericKernels
import PipelineCore

/// The two tables of vector training: input vectors and output vectors.
struct VectorTables {
  /// Read-only pointers to the tables, which all shards of a round share.
  struct Pointers {
    let inputs: UnsafePointer<Float>
    let outputs: UnsafePointer<Float>
  }

  /// The input vectors, `[input rows, width]`.
  private let inputs: Buffer<Float>
  /// The output vectors, `[V, width]`.
  private let outputs: Buffer<Float>
  /// The width of a row: `dimensions`, padded with zeros to a multiple of the vector register's
  /// width.
  let width: Int
  private let dimensions: Int

  /// Creates random inputs, uniform in `-0.5 / dimensions...0.5 / dimensions`, and zero outputs.
  ///
  /// **Source:** the word2vec program.
  init(_ plan: VectorTrainingPlan, dimensions: Int, seed: UInt64) {
    self.dimensions = dimensions
    let block = 64 / MemoryLayout<Float>.stride  // one vector register
    width = (dimensions + block - 1) / block * block
    inputs = Buffer(count: plan.inputRows * width)
    outputs = Buffer(count: plan.text.vocabulary.count * width)
    let bound = 0.5 / Float(dimensions)
    for row in 0..<plan.inputRows {
      var generator = SeededGenerator(seed: seed, Self.stream, row)
      for column in 0..<dimensions {
        inputs.start[row * width + column] = generator.uniform(in: -bound...bound)
      }
    }
  }

  /// Keeps these random numbers independent of others with the same seed: "vector" in ASCII.
  private static let stream = 0x7665_6374_6f72

  /// Pointers for reading the tables, valid while no changes are added.
  var pointers: Pointers {
    Pointers(inputs: UnsafePointer(inputs.start), outputs: UnsafePointer(outputs.start))
  }

  /// The number of parts that rows are divided into, so that threads can add changes in parallel.
  private static let parts = 8

  /// The changes to one table.
  private struct TableChanges {
    var table: UnsafeMutablePointer<Float>
    var changes: [(rows: [Int32], values: UnsafeMutablePointer<Float>)]
  }

  /// Adds the changes of the shards in a round. Each row receives them in shard order, so the sums
  /// are bitwise identical for any number of threads.
  func add(_ shards: [(inputs: LocalRows, outputs: LocalRows)], threads: Int) {
    let width = width
    let changes = [
      (inputs.start, shards.map { ($0.inputs.rows, $0.inputs.values) }),
      (outputs.start, shards.map { ($0.outputs.rows, $0.outputs.values) }),
    ]
    var parts = (0..<Self.parts).map { _ in
      changes.map { TableChanges(table: $0.0, changes: $0.1) }
    }
    Shards.forEach(&parts, threads: threads) { part, tables in
      for table in tables {
        for (rows, values) in table.changes {
          for (place, row) in rows.enumerated() where Int(row) % Self.parts == part {
            Float.Kernels.add(width, 1, values + place * width, to: table.table + Int(row) * width)
          }
        }
      }
    }
  }

  /// Returns the vector of each word, `[V, dimensions]`: the mean of its input rows.
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

/// The rows of a table that one shard uses. They are copied on first use, so the shard sees its own
/// steps but not those of other shards.
struct LocalRows {
  /// The table rows, in order of first use.
  private(set) var rows: [Int32] = []
  /// The values of `rows`, `[rows.count, width]`; after `subtract(_:)`, the shard's changes.
  private(set) var values: UnsafeMutablePointer<Float>
  private let memory = Buffer<Float>()
  /// The index of each table row in `rows`, plus 1; 0 for unused rows.
  private var places: [Int32]
  private let width: Int

  init(tableRows: Int, width: Int) {
    places = Array(repeating: 0, count: tableRows)
    values = memory.start
    self.width = width
  }

  /// Removes all rows and reserves memory for up to `count`.
  mutating func removeAll(reserving count: Int) {
    for row in rows { places[Int(row)] = 0 }
    rows.removeAll(keepingCapacity: true)
    values = memory.reserve(min(count, places.count) * width)
  }

  /// Returns the index of a table row, which is copied from `table` on first use.
  @inline(__always)
  mutating func index(of row: Int32, in table: UnsafePointer<Float>) -> Int32 {
    let known = places[Int(row)]
    return known > 0 ? known - 1 : add(row, from: table)
  }

  private mutating func add(_ row: Int32, from table: UnsafePointer<Float>) -> Int32 {
    let place = rows.count
    (values + place * width).update(from: table + Int(row) * width, count: width)
    rows.append(row)
    places[Int(row)] = Int32(place + 1)
    return Int32(place)
  }

  /// Subtracts the rows of `table` from these rows, so that only the changes made by the shard
  /// remain.
  func subtract(_ table: UnsafePointer<Float>) {
    for (place, row) in rows.enumerated() {
      Float.Kernels.add(width, -1, table + Int(row) * width, to: values + place * width)
    }
  }
}
