import Learning
import NumericKernels
public import PipelineCore

extension RecurrentModel {
  /// Returns the gates and states at each token of a document, for each direction of each layer.
  public func gates(
    of document: EncodedDocument, for label: Int, units: Int, threads: Int
  ) -> [GateTrace] {
    guard document.tokenCount > 0 else { return [] }
    return network.shape.cell.isRegistered
      ? traces(of: document, for: label, units: units, threads: threads, in: Float.self)
      : traces(of: document, for: label, units: units, threads: threads, in: Double.self)
  }

  private func traces<Scalar: BuiltInScalar>(
    of document: EncodedDocument, for label: Int, units: Int, threads: Int, in type: Scalar.Type
  ) -> [GateTrace] {
    let plain = network.forExplaining(in: Scalar.self)
    let input = ProjectedDocument(network.vectors(of: document, in: Scalar.self), plain)
    let steps = DocumentPass(plain, input).directionSteps(label: label)
    return Shards.map(count: steps.count, threads: threads) { number in
      steps[number].trace(plain, units: units, truncate: network.shape.truncate)
    }
  }
}

/// The values that one direction of a layer computes for one document. Each row of an array is one
/// step.
struct DirectionSteps<Scalar: BuiltInScalar>: Sendable {
  let layer: Int
  let direction: Direction<Scalar>
  /// The number of steps, `T`.
  let count: Int
  /// The activated gates, `[T, G H]`.
  let gates: [Scalar]
  /// `CellStep.memory`, `[T, memoryWidth]`.
  let memory: [Scalar]
  /// `h`, `[T, H]`.
  let hidden: [Scalar]
  /// The step of each unit's maximum, `[H]`; `nil` without max pooling.
  let maxima: [Int]?
  /// The effect of each unit, `[H]`; see `GateTrace.Unit`.
  var effects: [Double] = []
}

extension DocumentPass {
  /// Runs both passes over the document and returns the steps of all directions, layer by layer.
  fileprivate func directionSteps(label: Int) -> [DirectionSteps<Scalar>] {
    network.weights.withPointers { parameters, _ in
      forward([1], parameters)
      // The backward pass overwrites the gates.
      var all = network.layers.enumerated().flatMap { number, layer in
        layer.directions.enumerated().map { k, direction in
          steps(of: direction, layer: number, workspace.sweeps[number][k])
        }
      }
      backward(label: label, count: 1, parameters)
      let directions = network.shape.directionCount
      for index in all.indices {
        all[index].effects = effects(layer: index / directions, direction: index % directions)
      }
      return all
    }
  }

  private func steps(
    of direction: Direction<Scalar>, layer: Int, _ sweep: DirectionSweep<Scalar>
  ) -> DirectionSteps<Scalar> {
    let (steps, width) = (workspace.steps, network.shape.width)
    let values = sweep.values(ofRow: 0, direction)
    func copy(_ start: UnsafePointer<Scalar>, _ width: Int) -> [Scalar] {
      Array(UnsafeBufferPointer(start: start, count: steps.count * width))
    }
    return DirectionSteps(
      layer: layer, direction: direction, count: steps.count,
      gates: copy(values.gates, direction.gateWidth),
      memory: copy(values.memory, direction.memoryWidth),
      hidden: (0..<steps.count).flatMap {
        Array(
          UnsafeBufferPointer(start: sweep.hidden(ofOnlyDocument: $0, steps), count: width))
      },
      maxima: sweep.states.stepsOfMaxima())
  }

  /// Returns the effect of each unit, `[H]`, after the backward pass.
  private func effects(layer: Int, direction: Int) -> [Double] {
    let shape = network.shape
    let (width, states) = (shape.width, workspace.sweeps[layer][direction].states)
    var effects = Array(repeating: 0.0, count: width)
    func add(_ x: UnsafePointer<Scalar>, _ dx: UnsafePointer<Scalar>) {
      for unit in 0..<width { effects[unit] += Double(x[unit]) * Double(dx[unit]) }
    }
    if shape.alignsStates(ofLayer: layer) {
      for step in 0..<workspace.steps.count {
        add(states.kept.start + step * width, states.dKept.start + step * width)
      }
    } else {
      for part in 0..<shape.pooling.parts {
        let first = part * shape.stateWidth + direction * width
        add(workspace.memory.pooled.start + first, workspace.dPooled.start + first)
      }
    }
    return effects
  }
}

extension DirectionSteps {
  /// Returns the trace of the direction, including the `units` units with the largest effects.
  fileprivate func trace(
    _ network: RecurrentNetwork<Scalar>, units: Int, truncate: Int
  ) -> GateTrace {
    let order = effects.indices.sorted { (-abs(effects[$0]), $0) < (-abs(effects[$1]), $1) }
    let influence = network.weights.withPointers { parameters, _ in
      StateInfluence(self, parameters: parameters, parameterCount: network.layout.count).norms()
    }
    return GateTrace(
      layer: layer + 1, isReversed: direction.isReversed,
      means: quantities.map { quantity in
        curve(quantity) { step in
          let sum = (0..<direction.width).reduce(0.0) { sum, unit in
            let value = self.value(quantity, step, unit)
            return sum + (quantity.isState ? abs(value) : value)
          }
          return sum / Double(direction.width)
        }
      },
      units: order.prefix(units).map { unit in
        GateTrace.Unit(
          number: unit, effect: effects[unit], token: maxima.map { token(ofStep: $0[unit]) },
          curves: quantities.map { quantity in
            curve(quantity) { value(quantity, $0, unit) }
          })
      },
      maxima: maximaByToken, influence: inDocumentOrder(influence), truncate: truncate)
  }

  /// The tokens at which units have their maxima, in document order; `nil` without max pooling.
  private var maximaByToken: [GateTrace.Maximum]? {
    guard let maxima else { return nil }
    var found = (0..<count).map { GateTrace.Maximum(token: $0, units: 0, effect: 0) }
    for (unit, step) in maxima.enumerated() {
      found[token(ofStep: step)].units += 1
      found[token(ofStep: step)].effect += effects[unit]
    }
    return found.filter { $0.units > 0 }
  }

  private func token(ofStep step: Int) -> Int {
    direction.isReversed ? count - 1 - step : step
  }

  private func inDocumentOrder(_ values: [Double]) -> [Double] {
    direction.isReversed ? values.reversed() : values
  }

  private func curve(_ quantity: Quantity, _ value: (_ step: Int) -> Double) -> GateTrace.Curve {
    GateTrace.Curve(name: quantity.name, values: inDocumentOrder((0..<count).map(value)))
  }

  /// A gate or state of a cell.
  private enum Quantity {
    /// A block of `H` gates.
    case gate(String, block: Int)
    case cell
    case hidden

    var name: String {
      switch self {
      case .gate(let name, _): name
      case .cell: "cell"
      case .hidden: "hidden"
      }
    }

    /// Whether values can be negative.
    var isState: Bool { if case .gate = self { false } else { true } }
  }

  private var quantities: [Quantity] {
    switch direction.cell {
    case .lstm, .peephole:
      [
        .gate("input", block: 0), .gate("forget", block: 1), .gate("output", block: 3), .cell,
        .hidden,
      ]
    case .gru: [.gate("reset", block: 0), .gate("update", block: 1), .hidden]
    case .rnn, .registered: [.hidden]
    }
  }

  private func value(_ quantity: Quantity, _ step: Int, _ unit: Int) -> Double {
    switch quantity {
    case .gate(_, let block):
      Double(gates[step * direction.gateWidth + block * direction.width + unit])
    case .cell: Double(memory[step * direction.memoryWidth + unit])
    case .hidden: Double(hidden[step * direction.width + unit])
    }
  }
}
