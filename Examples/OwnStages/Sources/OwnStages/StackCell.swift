import Docket

/// Cell `stack` of `recurrent.v1`: a simple recurrent network with a stack that it learns to push
/// to and pop from.
///
///     h' = sigmoid(W x + U h + P s_top + b)      a = softmax(A h')      v = sigmoid(D h')
///     s'[0] = a_push v + a_pop s[1] + a_keep s[0]
///     s'[i] = a_push s[i-1] + a_pop s[i+1] + a_keep s[i]
///
/// with `A [3, H]`, `D [1, H]`, and `P [H, 2]`, which reads the two topmost numbers of the stack
/// `s`. The stack starts with zeros. It holds `depth` numbers; numbers that are pushed out at the
/// bottom are lost.
///
/// **Source:** Joulin, Mikolov 2015, "Inferring algorithmic patterns with stack-augmented recurrent
/// nets", with one stack and the no-op of section 3.2.
package struct StackCell<Scalar: KernelScalar>: Sendable {
  /// The number of values that the stack holds.
  static var depth: Int { 64 }
  /// The number of topmost values that the hidden state reads.
  static var top: Int { 2 }
}

// sample: cell
/// The steps; `recurrent.v1` uses the `Float` version.
extension StackCell: StagePart, RecurrentCell where Scalar == Float {
  package static var partName: String { "stack" }
}

extension StackCell {
  package static var gateCount: Int { 1 }

  package static func stateWidth(hidden: Int) -> Int { depth }

  package static func parameters(hidden: Int) -> [RecurrentCellParameter] {
    [
      RecurrentCellParameter("weight_stack", hidden, top),
      RecurrentCellParameter("weight_action", 3, hidden),
      RecurrentCellParameter("weight_push", 1, hidden),
    ]
  }
  // end of sample

  /// Returns the offsets of `P`, `A` and `D` in the parameters of the cell.
  private static func places(_ width: Int) -> (stack: Int, action: Int, push: Int) {
    (0, top * width, (top + 3) * width)
  }

  /// Computes the step, and leaves `h'` in the gates for the backward pass.
  package static func forward(
    _ step: RecurrentCellStep<Scalar>, hidden: UnsafeMutablePointer<Scalar>
  ) {
    let width = step.width
    let read = step.parameters + places(width).stack
    for document in 0..<step.count {
      let gates = step.gates + document * width
      let before = step.stateBefore + document * depth
      for unit in 0..<width {
        for place in 0..<top { gates[unit] += read[unit * top + place] * before[place] }
      }
    }
    let size = step.count * width
    Scalar.Kernels.sigmoid(size, step.gates, step.gates)
    hidden.update(from: step.gates, count: size)
    for document in 0..<step.count {
      let before = step.stateBefore + document * depth
      let after = step.state + document * depth
      let action = Action(step.gates + document * width, step.parameters, width: width)
      for place in 0..<depth {
        let above = place == 0 ? action.value : before[place - 1]
        let below = place + 1 < depth ? before[place + 1] : 0
        after[place] = action.push * above + action.pop * below + action.keep * before[place]
      }
    }
  }

  /// Runs the backward pass of `forward`.
  package static func backward(
    _ step: RecurrentCellStep<Scalar>, _ gradients: RecurrentCellGradients<Scalar>
  ) {
    let (width, places) = (step.width, places(step.width))
    for document in 0..<step.count {
      let gates = step.gates + document * width
      let before = step.stateBefore + document * depth
      let dState = gradients.dState + document * depth
      let action = Action(gates, step.parameters, width: width)
      let slopes = stackBackward(action, before, dState)
      for unit in 0..<width {
        var slope = gradients.dHidden[document * width + unit]
        for (row, dAction) in slopes.actions.enumerated() {
          let index = places.action + row * width + unit
          slope += dAction * step.parameters[index]
          gradients.dParameters[index] += dAction * gates[unit]
        }
        slope += slopes.value * step.parameters[places.push + unit]
        gradients.dParameters[places.push + unit] += slopes.value * gates[unit]
        gates[unit] = slope * gates[unit] * (1 - gates[unit])
        for place in 0..<top {
          let index = places.stack + unit * top + place
          dState[place] += gates[unit] * step.parameters[index]
          gradients.dParameters[index] += gates[unit] * before[place]
        }
      }
    }
  }

  /// Runs the backward pass of the stack update: replaces the gradient of the new stack with the
  /// gradient of the old stack.
  ///
  /// - Returns: the gradients of `A h'` and `D h'`.
  private static func stackBackward(
    _ action: Action, _ before: UnsafePointer<Scalar>, _ dState: UnsafeMutablePointer<Scalar>
  ) -> (actions: [Scalar], value: Scalar) {
    var (dPush, dPop, dKeep): (Scalar, Scalar, Scalar) = (0, 0, 0)
    let dValue = action.push * dState[0]
    var above: Scalar = 0
    for place in 0..<depth {
      let slope = dState[place]
      let below = place + 1 < depth ? dState[place + 1] : 0
      dPush += slope * (place == 0 ? action.value : before[place - 1])
      dPop += slope * (place + 1 < depth ? before[place + 1] : 0)
      dKeep += slope * before[place]
      dState[place] = action.push * below + action.pop * above + action.keep * slope
      above = slope
    }
    let mean = action.push * dPush + action.pop * dPop + action.keep * dKeep
    return (
      [action.push * (dPush - mean), action.pop * (dPop - mean), action.keep * (dKeep - mean)],
      dValue * action.value * (1 - action.value)
    )
  }

  /// The shares of the three actions, and the number that is pushed.
  private struct Action {
    var (push, pop, keep): (Scalar, Scalar, Scalar)
    var value: Scalar

    init(_ hidden: UnsafePointer<Scalar>, _ parameters: UnsafePointer<Scalar>, width: Int) {
      let places = StackCell.places(width)
      func product(_ row: Int) -> Scalar {
        (0..<width).reduce(0) { $0 + parameters[row + $1] * hidden[$1] }
      }
      var scores = (0..<3).map { product(places.action + $0 * width) } + [product(places.push)]
      SoftmaxCrossEntropy.softmax(&scores, count: 3)
      (push, pop, keep) = (scores[0], scores[1], scores[2])
      var value = scores[3]
      let score = value
      withUnsafePointer(to: score) { Scalar.Kernels.sigmoid(1, $0, &value) }
      self.value = value
    }
  }
}
