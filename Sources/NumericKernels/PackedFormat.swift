import CVectorKernels

/// How a packed matrix lies in memory, and with it what multiplies it.
public enum PackedFormat: Sendable {
  /// For vectors: each sum runs over `k` in order in one number. The same bits on every processor
  /// that multiplies and adds in one step.
  case lanes
  /// For matrix tiles: every number is cut into three bfloat16 pieces, whose products are added in
  /// float. More than twice as fast and no less exact, but other last bits than `lanes`.
  ///
  /// **Source:** Henry, Tang, Heinecke 2019; the formula stands in `tiles.c`.
  case tiles

  /// What multiplies fastest here.
  public static func fastest<Scalar: KernelScalar>(for type: Scalar.Type) -> PackedFormat {
    Scalar.hasTiles ? .tiles : .lanes
  }
}

// The protocol's requirements are documented where they are declared.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension Float {
  public static var hasTiles: Bool { vk_tiles_available() != 0 }

  public static func tilesCount(rows: Int, columns: Int) -> Int {
    vk_tiles_packed_size(rows, columns)
  }

  public static func packTiles(
    rows: Int, columns: Int, matrix: UnsafePointer<Self>, stride: Int, isTransposed: Bool,
    into packed: UnsafeMutablePointer<Self>
  ) {
    vk_tiles_pack(rows, columns, matrix, stride, isTransposed ? 1 : 0, packed)
  }

  public static func tilesProduct(
    m: Int, k: Int, n: Int, a: UnsafePointer<Self>, packed: UnsafePointer<Self>,
    c: UnsafeMutablePointer<Self>, accumulate: Bool, scratch: Buffer<Self>
  ) {
    vk_tiles_product(
      m, k, n, a, k, packed, c, n, accumulate ? 1 : 0, scratch.reserve(vk_tiles_scratch_size(k)))
  }

  public static func tilesTransposedProduct(
    m: Int, k: Int, n: Int, a: UnsafePointer<Self>, b: UnsafePointer<Self>,
    c: UnsafeMutablePointer<Self>, scratch: Buffer<Self>
  ) {
    vk_tiles_transposed_product(
      m, k, n, a, m, b, n, c, n, scratch.reserve(vk_tiles_transposed_scratch_size(k, n)))
  }
}

// No processor multiplies tiles of Double: `hasTiles` says so, and nothing else here is ever called.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension Double {
  public static var hasTiles: Bool { false }

  public static func tilesCount(rows: Int, columns: Int) -> Int { noTiles() }

  public static func packTiles(
    rows: Int, columns: Int, matrix: UnsafePointer<Self>, stride: Int, isTransposed: Bool,
    into packed: UnsafeMutablePointer<Self>
  ) { noTiles() }

  public static func tilesProduct(
    m: Int, k: Int, n: Int, a: UnsafePointer<Self>, packed: UnsafePointer<Self>,
    c: UnsafeMutablePointer<Self>, accumulate: Bool, scratch: Buffer<Self>
  ) { noTiles() }

  public static func tilesTransposedProduct(
    m: Int, k: Int, n: Int, a: UnsafePointer<Self>, b: UnsafePointer<Self>,
    c: UnsafeMutablePointer<Self>, scratch: Buffer<Self>
  ) { noTiles() }

  private static func noTiles() -> Never { preconditionFailure("there are no tiles of Double") }
}
