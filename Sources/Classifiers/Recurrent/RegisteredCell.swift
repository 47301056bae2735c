package import Learning
import NumericKernels
import PipelineCore

/// A cell from another package, which runs its steps on the arrays of a sweep.
///
/// Unlike the built-in cells, which have fused kernels, it adds the projected input to the gates
/// before the step and copies the gradient back after it.
public struct RegisteredCell: Sendable, Equatable {
  /// The type of the cell.
  package let type: any RecurrentCell.Type

  /// Creates a cell from its type.
  package init(_ type: any RecurrentCell.Type) { self.type = type }

  /// Returns whether two cells have the same name.
  public static func == (left: RegisteredCell, right: RegisteredCell) -> Bool {
    left.type.partName == right.type.partName
  }

  /// Computes one step; see `Cell.forward`.
  func forward<Scalar: BuiltInScalar>(
    _ step: CellStep<Scalar>, projection: UnsafePointer<Scalar>,
    hidden: UnsafeMutablePointer<Scalar>
  ) {
    let gateWidth = type.gateCount * step.width
    for document in 0..<step.count {
      Scalar.Kernels.add(
        gateWidth, 1, projection + Int(step.rows[document]) * gateWidth,
        to: step.gates + document * gateWidth)
    }
    type.forward(single(step), hidden: single(hidden))
  }

  /// The backward pass of `forward`.
  func backward<Scalar: BuiltInScalar>(
    _ step: CellStep<Scalar>, _ gradients: CellStepGradients<Scalar>
  ) {
    // A cell without parameters has no gradients to write, so any valid pointer will do.
    type.backward(
      single(step),
      RecurrentCellGradients(
        dHidden: UnsafePointer(single(gradients.dHidden)), dState: single(gradients.dMemory),
        dParameters: single(gradients.dExtra ?? gradients.dHidden)))
    let gateWidth = type.gateCount * step.width
    for document in 0..<step.count {
      Scalar.Kernels.add(
        gateWidth, 1, step.gates + document * gateWidth,
        to: gradients.dProjection + Int(step.rows[document]) * gateWidth)
    }
  }

  private func single<Scalar: BuiltInScalar>(
    _ step: CellStep<Scalar>
  ) -> RecurrentCellStep<Float> {
    guard let before = step.memoryBefore else {
      preconditionFailure("a registered cell has a state before its first step")
    }
    return RecurrentCellStep(
      count: step.count, width: step.width, gates: single(step.gates),
      stateBefore: UnsafePointer(single(UnsafeMutablePointer(mutating: before))),
      state: single(step.memory),
      parameters: UnsafePointer(single(UnsafeMutablePointer(mutating: step.extra ?? before))))
  }

  /// Returns the pointer as a pointer to `Float`; only `Float` networks have registered cells.
  private func single<Scalar: BuiltInScalar>(
    _ pointer: UnsafeMutablePointer<Scalar>
  ) -> UnsafeMutablePointer<Float> {
    guard let pointer = pointer as? UnsafeMutablePointer<Float> else {
      preconditionFailure("a registered cell computes in Float")
    }
    return pointer
  }
}
