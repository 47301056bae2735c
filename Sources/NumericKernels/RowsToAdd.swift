/// Rows of a matrix that will be added to a product: they may lie anywhere in a table of many
/// megabytes, and come out of memory while the processor multiplies.
public struct RowsToAdd<Scalar: KernelScalar> {
  let matrix: UnsafePointer<Scalar>
  let stride: Int
  let rows: UnsafePointer<Int32>

  /// Rows.
  ///
  /// - Parameters:
  ///   - matrix: `[any, stride]`, row-major.
  ///   - stride: how long a row is; at least as long as one of the product.
  ///   - rows: which row is added to each row of the product.
  public init(of matrix: UnsafePointer<Scalar>, stride: Int, rows: UnsafePointer<Int32>) {
    self.matrix = matrix
    self.stride = stride
    self.rows = rows
  }
}
