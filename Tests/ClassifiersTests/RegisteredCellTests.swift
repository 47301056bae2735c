import Classifiers
import Learning
import PipelineCore
import Testing

/// A cell whose parameter has a name of PyTorch's.
private struct ReservedCell: RecurrentCell {
  static let partName = "reserved"
  static let gateCount = 1

  static func stateWidth(hidden: Int) -> Int { 0 }

  static func parameters(hidden: Int) -> [RecurrentCellParameter] {
    [RecurrentCellParameter("bias_hn", hidden, 1)]
  }

  static func forward(_ step: RecurrentCellStep<Float>, hidden: UnsafeMutablePointer<Float>) {}

  static func backward(
    _ step: RecurrentCellStep<Float>, _ gradients: RecurrentCellGradients<Float>
  ) {}
}

@Suite("Registered cells")
struct RegisteredCellTests {
  @Test("A cell with a parameter named like one of PyTorch's ends the program")
  func reservedName() async {
    await #expect(processExitsWith: .failure) {
      let shape = NetworkShape(
        vectorWidth: 2, width: 3, isBidirectional: false, pooling: .max,
        dropout: DropoutRates(), labelCount: 2, cell: .registered(RegisteredCell(ReservedCell.self))
      )
      print(
        RecurrentNetwork<Float>(shape: shape, vectors: [0, 0], tunesVectors: false).layout.count)
    }
  }
}
