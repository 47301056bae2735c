public import PipelineCore

/// A description of the recurrent layers in a weight file or a stage: their cell, number and sizes.
struct EncoderOutline: Equatable {
  var cell: Cell
  var isBidirectional: Bool
  var layers: Int
  /// The number of hidden units per direction, `H`.
  var width: Int
  /// The width of a word vector, `D`; `nil` if it is not known.
  var vectorWidth: Int?
  /// The prefix of the tensor names, before `weight_ih_l0` and so on.
  var prefix = ""

  /// Describes the layers of a stage.
  init(_ configuration: RecurrentConfiguration, vectorWidth: Int?) {
    cell = configuration.cell
    isBidirectional = configuration.bidirectional
    layers = configuration.layers
    width = configuration.hidden
    self.vectorWidth = vectorWidth
  }

  /// Finds the layers in a file by the tensor names and shapes that `torch.nn.LSTM`, `GRU` and
  /// `RNN` use.
  ///
  /// - Throws: `EncoderError` if there are none, or if there is more than one network.
  init(of start: TrainingStart) throws(EncoderError) {
    let (tensors, first) = (start.tensors, "weight_ih_l0")
    let prefixes = tensors.names.filter { $0.hasSuffix(first) }.map { $0.dropLast(first.count) }
    guard let prefix = prefixes.first else {
      throw EncoderError(.noLayers(tensors: tensors.names), at: .file(start.file))
    }
    guard prefixes.count == 1 else {
      throw EncoderError(.severalNetworks(prefixes.map { "\($0)\(first)" }), at: .file(start.file))
    }
    self.prefix = String(prefix)
    func shape(_ name: String) -> [Int] { tensors.shape(prefix + name) ?? [] }
    let (input, recurrent) = (shape(first), shape("weight_hh_l0"))
    guard input.count == 2, recurrent.count == 2, recurrent[1] > 0,
      let cell = Self.cell(
        gates: recurrent[0] / recurrent[1], hasPeepholes: !shape("weight_peephole_l0").isEmpty),
      recurrent[0] == cell.gateCount * recurrent[1], input[0] == recurrent[0],
      shape("weight_hr_l0").isEmpty
    else { throw EncoderError(.unusualLayers(input, recurrent), at: .file(start.file)) }
    self.cell = cell
    width = recurrent[1]
    vectorWidth = input[1]
    isBidirectional = !shape("weight_ih_l0_reverse").isEmpty
    layers = (0..<tensors.names.count).prefix { !shape("weight_ih_l\($0)").isEmpty }.count
  }

  /// Returns the cell whose matrices have this number of blocks of `H` rows.
  private static func cell(gates: Int, hasPeepholes: Bool) -> Cell? {
    hasPeepholes ? Cell.peephole : [Cell.rnn, .gru, .lstm].first { $0.gateCount == gates }
  }

  /// Returns whether these layers have the same shape as the layers of a stage.
  func fits(_ configuration: RecurrentConfiguration, vectorWidth: Int?) -> Bool {
    var wanted = EncoderOutline(configuration, vectorWidth: vectorWidth ?? self.vectorWidth)
    wanted.prefix = prefix
    return self == wanted
  }
}

extension EncoderOutline: CustomStringConvertible {
  /// A description for messages: `cell lstm, 1 layer, both directions, hidden 128, vectors of 100`.
  var description: String {
    let parts = [
      "cell \(cell.rawValue)", "\(layers) \(layers == 1 ? "layer" : "layers")",
      isBidirectional ? "both directions" : "one direction", "hidden \(width)",
    ]
    return (parts + (vectorWidth.map { ["vectors of \($0)"] } ?? [])).joined(separator: ", ")
  }
}

/// The reason why training cannot start from the weights of another model, and the file that holds
/// them.
public typealias EncoderError = LocatedError<EncoderFact>

/// The reason why training cannot start from the weights of another model.
public enum EncoderFact: DiagnosableFact {
  /// There are no recurrent layers.
  case noLayers(tensors: [String])
  /// There are several recurrent networks; the value holds the names of their first matrices.
  case severalNetworks([String])
  /// The shapes of `weight_ih` and `weight_hh` do not match any known cell.
  case unusualLayers([Int], [Int])
  /// The layers differ from the classifier's layers.
  case otherLayers(found: String, wanted: String)

  /// The stable name of the fact.
  public var code: String {
    switch self {
    case .noLayers: "encoder-missing"
    case .severalNetworks: "encoder-ambiguous"
    case .unusualLayers: "encoder-unusual"
    case .otherLayers: "encoder-differs"
    }
  }

  /// The fact as a sentence.
  public var sentence: String {
    switch self {
    case .noLayers(let tensors):
      "no recurrent layers to start from: expected a tensor weight_ih_l0, found "
        + "\(tensors.prefix(5).joined(separator: ", "))\(tensors.count > 5 ? ", ..." : "")"
    case .severalNetworks(let names):
      "the file contains several networks to start from: \(names.joined(separator: ", ")); use a "
        + "file with only one"
    case .unusualLayers(let input, let recurrent):
      "weight_ih_l0 \(input) and weight_hh_l0 \(recurrent) do not have the shapes of an LSTM, "
        + "GRU or RNN without projection"
    case .otherLayers(let found, let wanted):
      "the starting weights have \(found), but the classifier has \(wanted); use the same settings"
    }
  }
}
