/// What one LSTM step of one document works on; the letters are those of `LSTMCell`.
public struct LSTMRow<Scalar: KernelScalar> {
  let width: Int
  let gates: UnsafeMutablePointer<Scalar>
  let projection: UnsafePointer<Scalar>
  let cellsBefore: UnsafePointer<Scalar>?
  let peepholes: UnsafePointer<Scalar>?
  let cells: UnsafeMutablePointer<Scalar>
  let hidden: UnsafeMutablePointer<Scalar>

  /// A step.
  ///
  /// - Parameters:
  ///   - width: `H`
  ///   - gates: `U h`, `[4 H]`.
  ///   - projection: `W x + b`, `[4 H]`.
  ///   - cellsBefore: `c [H]`; `nil` for zeros.
  ///   - peepholes: `[3, H]`; `nil` for none.
  ///   - cells: gets `c'`, `[H]`; may be `cellsBefore`.
  ///   - hidden: gets `h'`, `[H]`.
  public init(
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
