public import NumericKernels
public import PipelineCore

/// A recurrent cell that another package adds to `recurrent.v1`, where `cell:` selects it by name.
///
/// The classifier does everything but the step itself: it projects the input, multiplies the hidden
/// state by the recurrent weights, runs the directions and layers, pools, and trains. A cell
/// provides its gates, any state that is carried from step to step, and any additional parameters.
///
/// The arrays of a step have one row for each document that is long enough to reach it. The result
/// for a row must not depend on the other rows.
public protocol RecurrentCell: StagePart {
  /// The number of blocks of `H` rows in `W`, `U` and `b`: `G`.
  static var gateCount: Int { get }
  /// Returns the width of the carried state, `S`, for `H` hidden units; 0 for none.
  static func stateWidth(hidden: Int) -> Int
  /// Returns the parameters besides `W`, `U` and `b`, for `H` hidden units.
  static func parameters(hidden: Int) -> [RecurrentCellParameter]
  /// Computes the next state and the next hidden state of each document.
  static func forward(_ step: RecurrentCellStep<Float>, hidden: UnsafeMutablePointer<Float>)
  /// The backward pass of `forward`.
  static func backward(
    _ step: RecurrentCellStep<Float>, _ gradients: RecurrentCellGradients<Float>)
}

/// A matrix or vector of weights that a cell has besides `W`, `U` and `b`.
public struct RecurrentCellParameter: Sendable, Equatable {
  /// The name of the tensor; in a model file, it follows the name of the cell. It must not contain
  /// `weight_ih`, `weight_hh`, `bias_ih`, `bias_hh` or `bias_hn`, the names of `W`, `U` and `b`.
  public var name: String
  /// The number of rows.
  public var rows: Int
  /// The number of columns.
  public var columns: Int
  /// The values with which training starts.
  public var initialValues: ParameterLayout.InitialValues

  /// Creates a matrix.
  public init(
    _ name: String, _ rows: Int, _ columns: Int,
    initialValues: ParameterLayout.InitialValues = .glorot
  ) {
    self.name = name
    self.rows = rows
    self.columns = columns
    self.initialValues = initialValues
  }
}

/// The arrays of one step of a cell.
public struct RecurrentCellStep<Scalar: KernelScalar> {
  /// The number of documents that are long enough to reach this step, `n`.
  public let count: Int
  /// The number of hidden units, `H`.
  public let width: Int
  /// The gates, `[n, G H]`. `forward` reads `W x + U h + b` and replaces it with anything that
  /// `backward` needs; `backward` reads that and writes the gradient of `W x + U h + b`.
  public let gates: UnsafeMutablePointer<Scalar>
  /// The state before the step, `[n, S]`; zeros at the first step.
  public let stateBefore: UnsafePointer<Scalar>
  /// The state after the step, `[n, S]`: written by forward, read by backward. It does not overlap
  /// `stateBefore`.
  public let state: UnsafeMutablePointer<Scalar>
  /// The parameters of the cell, concatenated, row-major.
  public let parameters: UnsafePointer<Scalar>

  /// Creates the arrays of a step.
  public init(
    count: Int, width: Int, gates: UnsafeMutablePointer<Scalar>,
    stateBefore: UnsafePointer<Scalar>, state: UnsafeMutablePointer<Scalar>,
    parameters: UnsafePointer<Scalar>
  ) {
    self.count = count
    self.width = width
    self.gates = gates
    self.stateBefore = stateBefore
    self.state = state
    self.parameters = parameters
  }
}

/// The gradients of one step of a cell.
public struct RecurrentCellGradients<Scalar: KernelScalar> {
  /// The gradient of the hidden state after the step, `[n, H]`.
  public let dHidden: UnsafePointer<Scalar>
  /// The gradient of the state, `[n, S]`. On entry: of the state after the step. On return: of the
  /// state before it.
  public let dState: UnsafeMutablePointer<Scalar>
  /// The gradient of the cell's parameters; each step adds to it.
  public let dParameters: UnsafeMutablePointer<Scalar>

  /// Creates the gradients of a step.
  public init(
    dHidden: UnsafePointer<Scalar>, dState: UnsafeMutablePointer<Scalar>,
    dParameters: UnsafeMutablePointer<Scalar>
  ) {
    self.dHidden = dHidden
    self.dState = dState
    self.dParameters = dParameters
  }
}
