import NumericKernels

/// The rows of a table that one shard works on: copied when they are first used, so that the shard
/// sees its own steps and no other shard's.
struct LocalRows {
  /// The table rows, in order of first use.
  private(set) var rows: [Int32] = []
  /// Their numbers, `[rows.count, width]`; after `becomeChanges` what the shard added to them.
  private(set) var values: UnsafeMutablePointer<Float>
  private let memory = Buffer<Float>()
  /// The place of each table row in `rows`, plus 1; 0 for rows not used.
  private var places: [Int32]
  private let width: Int

  init(tableRows: Int, width: Int) {
    places = Array(repeating: 0, count: tableRows)
    values = memory.start
    self.width = width
  }

  /// Forgets all rows and makes room for at most `count`.
  mutating func begin(most count: Int) {
    for row in rows { places[Int(row)] = 0 }
    rows.removeAll(keepingCapacity: true)
    values = memory.reserve(min(count, places.count) * width)
  }

  /// The place of a table row, which is copied from `table` on first use.
  @inline(__always)
  mutating func place(of row: Int32, in table: UnsafePointer<Float>) -> Int32 {
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

  /// Takes away what the rows were in `table`: what is left is what the shard added.
  func becomeChanges(of table: UnsafePointer<Float>) {
    for (place, row) in rows.enumerated() {
      Float.Kernels.add(width, -1, table + Int(row) * width, to: values + place * width)
    }
  }
}
