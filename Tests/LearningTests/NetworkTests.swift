import Learning
import PipelineCore
import Testing

@Suite("ParameterLayout")
struct ParameterLayoutTests {
  @Test("Parts follow each other without gaps")
  func partsFollow() {
    var layout = ParameterLayout()
    #expect(layout.count == 0)
    #expect(layout.add("weight", 3, 4) == 0)
    #expect(layout.add("bias", 3) == 12)
    #expect(layout.add("scale") == 15)
    #expect(layout.count == 16)
    #expect(layout.entries.map(\.name) == ["weight", "bias", "scale"])
    #expect(layout.entries.map(\.shape) == [[3, 4], [3], []])
    #expect(layout.entries.map(\.offset) == [0, 12, 15])
    #expect(layout.entries.map(\.count) == [12, 3, 1])
  }
}

@Suite("NetworkWeights")
struct NetworkWeightsTests {
  private static let table = EmbeddingTable(
    vocabulary: Vocabulary(), dimensions: 2, values: [0.5, -0.5], isTrainable: true, summary: "")

  @Test("A layout without rows of labels has no number of classes, and the program ends")
  func noLabelRows() async {
    var layout = ParameterLayout()
    _ = layout.add("classifier.weight", 3, 4, hasLabelRows: true)
    #expect(layout.labelCount == 3)
    await #expect(processExitsWith: .failure) {
      var layout = ParameterLayout()
      _ = layout.add("classifier.weight", 3, 4)
      print(layout.labelCount)
    }
  }

  @Test("Weights of any declared size take no memory before a file is known to have them")
  func declaredSize() {
    var layout = ParameterLayout()
    _ = layout.add("weight", 1 << 21, 1 << 20)
    var weights = NetworkWeights<Float>(layout: layout, embedding: Self.table)
    let file = TensorCollection([NamedTensor(name: "weight", shape: [1], values: [0])])
    #expect(throws: TensorError.tooFew(expected: 0x1p41, found: 1)) { try weights.load(file) }
  }

  @Test("The vectors of a table are shared, and converted only for another type of number")
  func sharedVectors() {
    let weights = NetworkWeights<Float>(layout: ParameterLayout(), embedding: Self.table)
    let address = Self.table.values.withUnsafeBufferPointer { $0.baseAddress }
    #expect(weights.vectors.withUnsafeBufferPointer { $0.baseAddress } == address)
    let doubles = NetworkWeights<Double>(layout: ParameterLayout(), embedding: Self.table)
    #expect(doubles.vectors == [0.5, -0.5])
  }

  @Test("Weights are initialized or loaded at first use, and then keep their number")
  func filled() throws {
    var layout = ParameterLayout()
    _ = layout.add("weight", 2, 2, initialValues: .uniform(bound: 1))
    _ = layout.add("bias", 2)
    var random = NetworkWeights<Float>(layout: layout, embedding: Self.table)
    random.initialize(seed: 3)
    #expect(random.parameters.count == 6 && random.parameters.suffix(2) == [0, 0])
    #expect(random.parameters.prefix(4).allSatisfy { $0 != 0 && $0.magnitude <= 1 })
    var loaded = NetworkWeights<Float>(layout: layout, embedding: Self.table)
    try loaded.load(TensorCollection(random.tensors))
    #expect(loaded.parameters == random.parameters)
  }
}
