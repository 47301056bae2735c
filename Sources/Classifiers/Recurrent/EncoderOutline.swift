import PipelineCore

/// What recurrent layers there are: in a file of weights, or by a stage's settings.
struct EncoderOutline: Equatable {
  var cell: Cell
  var isBidirectional: Bool
  var layers: Int
  /// `H`
  var width: Int
  /// `D`; `nil` while it is not known.
  var vectorWidth: Int?
  /// What stands before `weight_ih_l0` and so on.
  var prefix = ""

  /// The layers of a stage.
  init(_ configuration: RecurrentConfiguration, vectorWidth: Int?) {
    cell = configuration.cell
    isBidirectional = configuration.bidirectional
    layers = configuration.layers
    width = configuration.hidden
    self.vectorWidth = vectorWidth
  }

  /// The layers in a file, told by names and shapes as `torch.nn.LSTM`, `GRU` and `RNN` have them.
  ///
  /// - Throws: `EncoderError` when there are none, or more than one network of them.
  init(of start: TrainingStart) throws(EncoderError) {
    let (tensors, first) = (start.tensors, "weight_ih_l0")
    let prefixes = tensors.names.filter { $0.hasSuffix(first) }.map { $0.dropLast(first.count) }
    guard let prefix = prefixes.first else {
      throw EncoderError(.noLayers(tensors: tensors.names), file: start.file)
    }
    guard prefixes.count == 1 else {
      throw EncoderError(.severalNetworks(prefixes.map { "\($0)\(first)" }), file: start.file)
    }
    self.prefix = String(prefix)
    func shape(_ name: String) -> [Int] { tensors.shape(prefix + name) ?? [] }
    let (input, recurrent) = (shape(first), shape("weight_hh_l0"))
    guard input.count == 2, recurrent.count == 2, recurrent[1] > 0,
      let cell = Self.cell(
        blocks: recurrent[0] / recurrent[1],
        hasPeepholes: !shape("weight_peephole_l0").isEmpty),
      recurrent[0] == cell.gateCount * recurrent[1], input[0] == recurrent[0],
      shape("weight_hr_l0").isEmpty
    else { throw EncoderError(.unusualLayers(input, recurrent), file: start.file) }
    self.cell = cell
    width = recurrent[1]
    vectorWidth = input[1]
    isBidirectional = !shape("weight_ih_l0_reverse").isEmpty
    layers = (0..<tensors.names.count).prefix { !shape("weight_ih_l\($0)").isEmpty }.count
  }

  /// The cell whose matrices have so many blocks of `H` rows.
  private static func cell(blocks: Int, hasPeepholes: Bool) -> Cell? {
    hasPeepholes
      ? Cell.peephole : [Cell.rnn, .gru, .lstm].first { $0.gateCount == blocks }
  }

  /// Whether these layers are those of a stage.
  func fits(_ configuration: RecurrentConfiguration, vectorWidth: Int?) -> Bool {
    var wanted = EncoderOutline(configuration, vectorWidth: vectorWidth ?? self.vectorWidth)
    wanted.prefix = prefix
    return self == wanted
  }
}

extension EncoderOutline: CustomStringConvertible {
  /// For people: `cell lstm, 1 layer, both directions, hidden 128, vectors of 100`.
  var description: String {
    let parts = [
      "cell \(cell.rawValue)", "\(layers) \(layers == 1 ? "layer" : "layers")",
      isBidirectional ? "both directions" : "one direction", "hidden \(width)",
    ]
    return (parts + (vectorWidth.map { ["vectors of \($0)"] } ?? [])).joined(separator: ", ")
  }
}
