import CVectorKernels

/// The memory layout of a packed matrix, which determines the kernel that multiplies it.
package enum PackedFormat: Sendable {
  /// The layout for vector instructions. Each sum is accumulated over `k` in order in a single
  /// variable, so results are bitwise identical on every processor with fused multiply-add.
  case lanes
  /// The layout for matrix tiles. Each number is split into three bfloat16 pieces, whose products
  /// are summed in float. This is more than twice as fast and no less accurate, but the last bits
  /// differ from `lanes`.
  ///
  /// **Source:** Henry, Tang and Heinecke 2019; `tiles.c` has the formula.
  case tiles

  /// Returns the fastest format in this process.
  package static func fastest<Scalar: KernelScalar>(for type: Scalar.Type) -> PackedFormat {
    Scalar.Kernels.hasTiles ? .tiles : .lanes
  }

  /// Asks the system for permission to use the processor's matrix tiles, without which `fastest` is
  /// `lanes`. Permission lasts until the process exits and cannot be given up, so only training
  /// requests it.
  ///
  /// - Returns: whether the process may use the tiles.
  @discardableResult
  package static func requestTiles() -> Bool { vk_request_tiles() }
}

/// A right-hand matrix `[K, N]` in the layout that the product kernel reads. It is packed once
/// after its weights change, then read at every step of every document.
public struct PackedMatrix<Scalar: KernelScalar>: Sendable {
  /// The number of rows, `K`, over which a product sums.
  public let rows: Int
  /// The number of columns, `N`, which a product has too.
  public let columns: Int
  private let format: PackedFormat
  /// The packed elements, which start at the first multiple of 64 bytes. Arrays are not aligned to
  /// cache lines, and a vector that spans two lines takes twice as long to load.
  private var storage: [Scalar]

  /// Creates a `[rows, columns]` matrix of zeros.
  public init(rows: Int, columns: Int) { self.init(rows: rows, columns: columns, format: .lanes) }

  /// Creates a `[rows, columns]` matrix of zeros in this format.
  package init(rows: Int, columns: Int, format: PackedFormat) {
    self.rows = rows
    self.columns = columns
    self.format = format
    let count =
      switch format {
      case .lanes: Scalar.Kernels.packedCount(rows: rows, columns: columns)
      case .tiles: Scalar.Kernels.tilesCount(rows: rows, columns: columns)
      }
    storage = Array(repeating: 0, count: count + 64 / MemoryLayout<Scalar>.stride)
  }

  /// Packs `matrix`: `[rows, columns]`, or `[columns, rows]` if `isTransposed`, row-major.
  public mutating func pack(_ matrix: UnsafePointer<Scalar>, isTransposed: Bool) {
    let (rows, columns) = (rows, columns)
    let pack = format == .lanes ? Scalar.Kernels.pack : Scalar.Kernels.packTiles
    storage.withUnsafeMutableBufferPointer { storage in
      guard let start = storage.baseAddress else { return }
      let packed = UnsafeMutableRawPointer(start).alignedUp(toMultipleOf: 64)
      pack(
        rows, columns, matrix, isTransposed ? rows : columns, isTransposed,
        packed.assumingMemoryBound(to: Scalar.self))
    }
  }

  /// Computes `C [count, N] = A [count, K] B`, or `C += A B`, with any distance between the rows of
  /// `A`. The result for a row is bitwise independent of `count`.
  ///
  /// Rows closer than `K` overlap: with a distance of `D`, row `t` of `A` is the window of `K / D`
  /// vectors that begins at vector `t`, so the product is a convolution without a copy of the
  /// windows.
  ///
  /// - Parameters:
  ///   - a: row `t` is `a[t stride ..< t stride + K]`.
  ///   - stride: the distance between rows of `A`; by default `K`.
  ///   - c: `[count, N]`, row-major; must not overlap `A`.
  ///   - accumulate: whether to add to `C`.
  /// - Precondition: a distance other than `K` requires a matrix from `init(rows:columns:)`.
  public func multiply(
    count: Int, _ a: UnsafePointer<Scalar>, stride: Int? = nil,
    into c: UnsafeMutablePointer<Scalar>, accumulate: Bool
  ) {
    guard let stride, stride != rows else {
      return multiply(count: count, a, into: c, accumulate: accumulate, scratch: nil)
    }
    precondition(format == .lanes, "the rows of a product with tiles are adjacent")
    withPacked { packed in
      Scalar.Kernels.product(
        m: count, k: rows, n: columns, a: a, row: stride, inner: 1, packed: packed, c: c,
        stride: columns, accumulate: accumulate, next: nil, nextStride: 0, nextRows: nil)
    }
  }

  /// Computes `C [count, N] = A [count, K] B`, or `C += A B`. The result for a row is bitwise
  /// independent of `count`.
  ///
  /// - Parameters:
  ///   - a: `[count, K]`, row-major.
  ///   - c: `[count, N]`, row-major.
  ///   - scratch: scratch memory for tiles; if `nil`, it is allocated for each call.
  ///   - next: rows that the caller will add to `C` afterwards; prefetched during the product,
  ///     except with tiles.
  package func multiply(
    count: Int, _ a: UnsafePointer<Scalar>, into c: UnsafeMutablePointer<Scalar>, accumulate: Bool,
    scratch: Buffer<Scalar>?, before next: RowsToAdd<Scalar>? = nil
  ) {
    withPacked { packed in
      switch format {
      case .lanes:
        Scalar.Kernels.product(
          m: count, k: rows, n: columns, a: a, row: rows, inner: 1, packed: packed, c: c,
          stride: columns, accumulate: accumulate, next: next?.matrix,
          nextStride: next?.stride ?? 0, nextRows: next?.rows)
      case .tiles:
        let scratch = scratch ?? Buffer()
        Scalar.Kernels.tilesProduct(
          m: count, k: rows, n: columns, a: a, packed: packed, c: c, accumulate: accumulate,
          scratch: scratch.reserve(Scalar.Kernels.tilesScratchCount(k: rows)))
      }
    }
  }

  fileprivate func withPacked(_ body: (UnsafePointer<Scalar>) -> Void) {
    storage.withUnsafeBufferPointer { storage in
      guard let start = storage.baseAddress else { return }
      body(
        UnsafeRawPointer(start).alignedUp(toMultipleOf: 64).assumingMemoryBound(to: Scalar.self))
    }
  }
}

extension PackedMatrix where Scalar: BuiltInScalar {
  /// Computes `C [N] = A [K] B` for one row, interleaved with one LSTM step of another sequence.
  ///
  /// - Parameters:
  ///   - a: `[K]`
  ///   - c: `[N]`
  /// - Precondition: the format is `lanes`.
  package func multiply(
    row a: UnsafePointer<Scalar>, into c: UnsafeMutablePointer<Scalar>, beside step: LSTMRow<Scalar>
  ) {
    precondition(format == .lanes, "tiles have no product for one row")
    withPacked { packed in
      Scalar.Kernels.productBesideLSTM(
        k: rows, n: columns, a: a, packed: packed, c: c, width: step.width, gates: step.gates,
        projection: step.projection, cellsBefore: step.cellsBefore, peepholes: step.peepholes,
        cells: step.cells, hidden: step.hidden)
    }
  }
}

/// Rows of a matrix that the caller will add to a product. They are scattered over a table of many
/// megabytes and are prefetched during the multiplication.
package struct RowsToAdd<Scalar: KernelScalar> {
  let matrix: UnsafePointer<Scalar>
  let stride: Int
  let rows: UnsafePointer<Int32>

  /// Creates a selection of rows of `matrix`.
  ///
  /// - Parameters:
  ///   - matrix: `[any, stride]`, row-major.
  ///   - stride: the width of a row; at least that of the product.
  ///   - rows: the row to add to each row of the product.
  package init(of matrix: UnsafePointer<Scalar>, stride: Int, rows: UnsafePointer<Int32>) {
    self.matrix = matrix
    self.stride = stride
    self.rows = rows
  }
}

/// The operands of one LSTM step of one document; the notation is that of `LSTMCell`.
package struct LSTMRow<Scalar: KernelScalar> {
  let width: Int
  let gates: UnsafeMutablePointer<Scalar>
  let projection: UnsafePointer<Scalar>
  let cellsBefore: UnsafePointer<Scalar>?
  let peepholes: UnsafePointer<Scalar>?
  let cells: UnsafeMutablePointer<Scalar>
  let hidden: UnsafeMutablePointer<Scalar>

  /// Creates the operands of a step.
  ///
  /// - Parameters:
  ///   - width: `H`
  ///   - gates: `U h`, `[4 H]`.
  ///   - projection: `W x + b`, `[4 H]`.
  ///   - cellsBefore: `c [H]`; `nil` for zeros.
  ///   - peepholes: `[3, H]`; `nil` for none.
  ///   - cells: receives `c'`, `[H]`; may be `cellsBefore`.
  ///   - hidden: receives `h'`, `[H]`.
  package init(
    width: Int, gates: UnsafeMutablePointer<Scalar>, projection: UnsafePointer<Scalar>,
    cellsBefore: UnsafePointer<Scalar>?, peepholes: UnsafePointer<Scalar>?,
    cells: UnsafeMutablePointer<Scalar>, hidden: UnsafeMutablePointer<Scalar>
  ) {
    self.width = width
    self.gates = gates
    self.projection = projection
    self.cellsBefore = cellsBefore
    self.peepholes = peepholes
    self.cells = cells
    self.hidden = hidden
  }
}

/// The product for weight gradients: `C [M, N] += A^T B` with `A [K, M]` and `B [K, N]`.
///
/// Both factors change with every call, so `B` is packed in every call, in blocks of
/// `transposedRows` rows, which fit in the second-level cache together with the matching rows of
/// `A`.
public struct TransposedProduct<Scalar: KernelScalar> {
  private let format: PackedFormat
  /// Holds the packed `B` and, for tiles, the split values of `A`.
  private let scratch = Buffer<Scalar>()

  /// Creates a product with its own scratch memory.
  public init() { self.init(format: .lanes) }

  /// Creates a product in this format with its own scratch memory.
  package init(format: PackedFormat) { self.format = format }

  /// Computes `C += A^T B`. Each sum runs over `k` in order.
  ///
  /// - Parameters:
  ///   - m: the number of columns of `A` and rows of `C`.
  ///   - n: the number of columns of `B` and `C`.
  ///   - count: the number of rows of `A` and `B`, `K`.
  public func accumulate(
    m: Int, n: Int, count: Int, _ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>,
    into c: UnsafeMutablePointer<Scalar>
  ) {
    for from in stride(from: 0, to: count, by: transposedRows) {
      let k = min(transposedRows, count - from)
      let (a, b) = (a + from * m, b + from * n)
      switch format {
      case .lanes:
        let packed = scratch.reserve(Scalar.Kernels.packedCount(rows: k, columns: n))
        Scalar.Kernels.pack(
          rows: k, columns: n, matrix: b, stride: n, isTransposed: false, into: packed)
        Scalar.Kernels.transposedProduct(m: m, k: k, n: n, a: a, packed: packed, c: c)
      case .tiles:
        Scalar.Kernels.tilesTransposedProduct(
          m: m, k: k, n: n, a: a, b: b, c: c,
          scratch: scratch.reserve(Scalar.Kernels.tilesTransposedScratchCount(k: k, n: n)))
      }
    }
  }
}
