import Learning
import NumericKernels
import PipelineCore

/// The weights of one direction of a recurrent layer.
///
/// For a cell of `G` gates, `W [G H, D]`, `U [G H, H]` and `b [G H]` are laid out among the
/// parameters as in PyTorch (`weight_ih`, `weight_hh`, `bias_ih`).
struct Direction<Scalar: BuiltInScalar>: Sendable {
  let cell: Cell
  /// The number of hidden units, `H`.
  let width: Int
  /// Whether the direction reads documents backward.
  let isReversed: Bool
  /// `W` and `b`: the contribution of the input to the gates.
  private(set) var input: Dense<Scalar>
  /// `U`: the contribution of the previous hidden state to the gates.
  private(set) var recurrent: PackedWeights<Scalar>
  /// `U` rounded to 8 bits, for classification; `nil` if it is not rounded.
  private(set) var roundedRecurrent: Int8Matrix?
  /// The index, among the parameters, of the peepholes `[3, H]`, of `b_hn [H]` or of a registered
  /// cell's parameters; `nil` for cells without any of these.
  let extra: Int?
  /// The dropout mask of `U`, `[G H, H]`; empty while no weights are dropped.
  private var recurrentMask: [Scalar] = []

  /// PyTorch's tensor names, under which the weights of every cell are read and written.
  private static var reservedNames: [String] {
    ["weight_ih", "weight_hh", "bias_ih", "bias_hh", "bias_hn"]
  }

  /// The number of values that a step stores for each document: `H` or `S`.
  var memoryWidth: Int { cell.memoryWidth(hidden: width) }

  /// The width of the gates side by side, `G H`.
  var gateWidth: Int { cell.gateCount * width }

  /// Adds the direction's weights to `layout` under PyTorch's names.
  init(
    cell: Cell, inputWidth: Int, width: Int, layer: Int, isReversed: Bool,
    format: PackedFormat, layout: inout ParameterLayout
  ) {
    self.cell = cell
    self.width = width
    self.isReversed = isReversed
    let prefix = cell.tensorPrefix + "."
    let suffix = "_l\(layer)" + (isReversed ? "_reverse" : "")
    let gateWidth = cell.gateCount * width
    // The input weights are Glorot uniform per gate; the recurrent weights use PyTorch's bound.
    let inputBound = (6 / (Float(inputWidth) + Float(width))).squareRoot()
    let inputWeights = layout.add(
      prefix + "weight_ih" + suffix, gateWidth, inputWidth,
      initialValues: .uniform(bound: inputBound))
    let recurrentWeights = layout.add(
      prefix + "weight_hh" + suffix, gateWidth, width,
      initialValues: .uniform(bound: 1 / Float(width).squareRoot()))
    let bias = layout.add(prefix + "bias_ih" + suffix, gateWidth)
    extra =
      switch cell {
      case .rnn, .lstm: nil
      case .gru: layout.add(prefix + "bias_hn" + suffix, width)
      case .peephole: layout.add(prefix + "weight_peephole" + suffix, 3, width)
      case .registered(let cell):
        cell.type.parameters(hidden: width).reduce(nil) { first, parameter in
          precondition(
            !Self.reservedNames.contains { parameter.name.contains($0) },
            "cell \(cell.type.partName) has a parameter with the reserved name \(parameter.name)")
          let index = layout.add(
            prefix + parameter.name + suffix, parameter.rows, parameter.columns,
            initialValues: parameter.initialValues)
          return first ?? index
        }
      }
    input = Dense(
      outputWidth: gateWidth, inputWidth: inputWidth, weights: inputWeights, bias: bias,
      format: format)
    recurrent = PackedWeights(
      outputWidth: gateWidth, inputWidth: width, offset: recurrentWeights, format: format)
  }

  /// Allocates the packed weights in another format; pack them before use.
  mutating func allocatePacked(_ format: PackedFormat) {
    input.weights.allocate(format)
    recurrent.allocate(format)
  }

  /// Moves the packed weights into jobs, without copying them, until `finishPacking` is called.
  /// Ends dropout of `U`.
  mutating func beginPacking() -> [PackedWeights<Scalar>.PackingJob] {
    recurrentMask = []
    return input.weights.beginPacking() + recurrent.beginPacking()
  }

  /// Moves the packed weights back from the first jobs in the list and removes those jobs.
  mutating func finishPacking(_ jobs: inout ArraySlice<PackedWeights<Scalar>.PackingJob>) {
    input.weights.finishPacking(&jobs)
    recurrent.finishPacking(&jobs)
  }

  /// Rounds `U` to 8 bits for classification, unless `H` exceeds `Int8Matrix.rowLimit` or the cell
  /// is registered: the states of a registered cell can lie outside -1...1.
  mutating func roundRecurrent(_ parameters: UnsafePointer<Float>) {
    guard !cell.isRegistered, width <= Int8Matrix.rowLimit else { return }
    roundedRecurrent = Int8Matrix(
      rows: width, columns: gateWidth, rounding: parameters + recurrent.offset)
  }

  /// Drops some weights of `U` until it is packed again.
  ///
  /// **Source:** DropConnect, Wan et al. 2013; for recurrent weights, Merity et al. 2018.
  mutating func dropRecurrentWeights(
    _ rate: Double, _ parameters: UnsafePointer<Scalar>, _ generator: SeededGenerator
  ) {
    let count = gateWidth * width
    var generator = generator
    recurrentMask = Array(repeating: 0, count: count)
    recurrentMask.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      generator.fillDropoutMask(start, count: count, rate: rate)
    }
    let weights = UnsafeBufferPointer(start: parameters + recurrent.offset, count: count)
    let dropped = zip(weights, recurrentMask).map { $0 * $1 }
    dropped.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      recurrent.pack(start)
    }
  }

  /// The backward pass of `dropRecurrentWeights`: multiplies `dU` in `gradients` by the mask.
  func dropRecurrentWeightsBackward(_ gradients: UnsafeMutablePointer<Scalar>) {
    for k in recurrentMask.indices { gradients[recurrent.offset + k] *= recurrentMask[k] }
  }
}
