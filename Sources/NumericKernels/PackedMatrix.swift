/// A right-hand matrix `[K, N]` in the layout that the product kernel reads: packed once after the
/// weights change, then read by every step of every document.
public struct PackedMatrix<Scalar: KernelScalar>: Sendable {
  /// The inner width: `K`.
  public let rows: Int
  /// The outer width: `N`.
  public let columns: Int
  private let format: PackedFormat
  /// The packed numbers, from the first multiple of 64 bytes on: arrays begin anywhere, and a vector
  /// that lies in two cache lines takes twice as long to load.
  private var room: [Scalar]

  /// Room for a `[rows, columns]` matrix, all zero.
  public init(rows: Int, columns: Int, format: PackedFormat = .lanes) {
    self.rows = rows
    self.columns = columns
    self.format = format
    let count =
      switch format {
      case .lanes: Scalar.packedCount(rows: rows, columns: columns)
      case .tiles: Scalar.tilesCount(rows: rows, columns: columns)
      }
    room = Array(repeating: 0, count: count + 64 / MemoryLayout<Scalar>.stride)
  }

  /// Packs `matrix`: `[rows, columns]`, or `[columns, rows]` when `isTransposed`, row-major.
  public mutating func pack(_ matrix: UnsafePointer<Scalar>, isTransposed: Bool) {
    let (rows, columns) = (rows, columns)
    let pack = format == .lanes ? Scalar.pack : Scalar.packTiles
    room.withUnsafeMutableBufferPointer { room in
      guard let start = room.baseAddress else { return }
      let packed = UnsafeMutableRawPointer(start).alignedUp(toMultipleOf: 64)
      pack(
        rows, columns, matrix, isTransposed ? rows : columns, isTransposed,
        packed.assumingMemoryBound(to: Scalar.self))
    }
  }

  /// `C [count, N] = A [count, K] B`, or `C += A B`. A row of the result is the same bits for any
  /// `count`.
  ///
  /// - Parameters:
  ///   - a: `[count, K]`, row-major.
  ///   - c: `[count, N]`, row-major.
  ///   - scratch: what tiles need to work in; made for each call if none is given.
  ///   - next: what will be added to `C`, asked for meanwhile (not on tiles).
  public func multiply(
    count: Int, _ a: UnsafePointer<Scalar>, into c: UnsafeMutablePointer<Scalar>, accumulate: Bool,
    scratch: Buffer<Scalar>? = nil, before next: RowsToAdd<Scalar>? = nil
  ) {
    withPacked { packed in
      switch format {
      case .lanes:
        Scalar.product(
          m: count, k: rows, n: columns, a: a, row: rows, inner: 1, packed: packed, c: c,
          stride: columns, accumulate: accumulate, before: next)
      case .tiles:
        Scalar.tilesProduct(
          m: count, k: rows, n: columns, a: a, packed: packed, c: c, accumulate: accumulate,
          scratch: scratch ?? Buffer())
      }
    }
  }
  /// `C [N] = A [K] B` for one row, and beside it an LSTM step of another state. For `.lanes` only.
  ///
  /// - Parameters:
  ///   - a: `[K]`
  ///   - c: `[N]`
  public func multiply(
    row a: UnsafePointer<Scalar>, into c: UnsafeMutablePointer<Scalar>, beside step: LSTMRow<Scalar>
  ) {
    precondition(format == .lanes, "tiles have no product for one row")
    withPacked { packed in
      Scalar.productBesideLSTM(k: rows, n: columns, a: a, packed: packed, c: c, beside: step)
    }
  }

  private func withPacked(_ body: (UnsafePointer<Scalar>) -> Void) {
    room.withUnsafeBufferPointer { room in
      guard let start = room.baseAddress else { return }
      body(
        UnsafeRawPointer(start).alignedUp(toMultipleOf: 64).assumingMemoryBound(to: Scalar.self))
    }
  }
}
