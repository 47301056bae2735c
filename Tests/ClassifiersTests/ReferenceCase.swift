import Classifiers
import FileAccess
import Learning
import NumericKernels
import PipelineCore
import Testing

/// One case of `Reference/*.json`: a network, documents, and the results of PyTorch.
struct ReferenceCase: Sendable, CustomTestStringConvertible {
  /// A tensor of the file.
  struct Tensor: Sendable {
    var shape: [Int]
    var values: [Double]
  }

  /// The results of some steps of an optimizer.
  struct Training: Sendable {
    var optimizer: TrainingSettings.Optimizer
    var learningRate: Double
    var momentum: Double
    var clip: Double
    /// The mean loss before each step.
    var losses: [Double]
    /// All weights after the last step; empty for large networks.
    var weights: [String: Tensor]
  }

  var name: String
  var shape: NetworkShape
  var documents: [[Int32]]
  var labels: [Int]
  /// Whether the loss is the mean over the documents or their sum.
  var isMean: Bool
  /// Whether every word of the table occurs. Only then do lazy and dense Adam agree, so that the
  /// vectors can be trained too.
  var coversVectors: Bool
  /// All weights by their names in PyTorch, including both biases.
  var weights: [String: Tensor]
  var probabilities: [[Double]]
  var loss: Double
  var gradients: [String: Tensor]
  var training: Training

  var testDescription: String { name }

  /// Returns the cases of every list.
  static func everything() throws -> [ReferenceCase] {
    try ["lstm", "gru", "rnn", "peephole", "layers", "pooling", "truncated"].flatMap(all)
  }

  /// Reads all cases of a list from the file beside the script that writes it.
  static func all(in list: String) throws -> [ReferenceCase] {
    let here = "\(#filePath)"
    let folder = here[..<(here.lastIndex(of: "/") ?? here.endIndex)]
    let path = "\(folder)/Reference/\(list).json"
    let bytes = try InputFile.readAll(path: path, limit: 16 << 20)
    let json = try JSONValue.parse(bytes, file: list)
    return try #require(json.array).map { try ReferenceCase($0) }
  }

  init(_ json: JSONValue) throws {
    name = try #require(json["name"]?.string)
    let pooling = try #require(json["pooling"]?.string.flatMap(Pooling.init))
    shape = NetworkShape(
      vectorWidth: try #require(json["vectorWidth"]?.integer),
      width: try #require(json["width"]?.integer),
      isBidirectional: try #require(json["directions"]?.integer) == 2, pooling: pooling,
      dropout: DropoutRates(), labelCount: try #require(json["labelCount"]?.integer),
      cell: try #require(json["cell"]?.string.flatMap(Cell.init)),
      layers: try #require(json["layers"]?.integer),
      labelSmoothing: json["smoothing"]?.double ?? 0, truncate: json["truncate"]?.integer ?? 0)
    documents = try #require(json["documents"]?.array).map { document in
      try #require(document.array).map { Int32(try #require($0.integer)) }
    }
    labels = try #require(json["labels"]?.array).map { try #require($0.integer) }
    isMean = try #require(json["reduction"]?.string) == "mean"
    coversVectors = try #require(json["coversVectors"]?.bool as Bool?)
    weights = try Self.tensors(json["weights"])
    probabilities = try #require(json["probabilities"]?.array).map(Self.numbers)
    loss = try #require(json["loss"]?.double)
    gradients = try Self.tensors(json["gradients"])
    let training = try #require(json["training"])
    self.training = Training(
      optimizer: try #require(
        json["optimizer"]?.string.flatMap(TrainingSettings.Optimizer.init)),
      learningRate: try #require(json["learningRate"]?.double),
      momentum: try #require(json["momentum"]?.double),
      clip: try #require(json["clip"]?.double),
      losses: try Self.numbers(try #require(training["losses"])),
      weights: training["weights"] == nil ? [:] : try Self.tensors(training["weights"]))
  }

  private static func numbers(_ json: JSONValue) throws -> [Double] {
    try #require(json.array).map { try #require($0.double) }
  }

  private static func tensors(_ json: JSONValue?) throws -> [String: Tensor] {
    let members = try #require(json?.object)
    return Dictionary(
      uniqueKeysWithValues: try members.map { member in
        let shape = try #require(member.value["shape"]?.array).map { try #require($0.integer) }
        let values = try numbers(try #require(member.value["values"]))
        #expect(shape.reduce(1, *) == values.count, "\(member.key)")
        return (member.key, Tensor(shape: shape, values: values))
      })
  }
}

extension ReferenceCase {
  /// Returns PyTorch's name for the second bias that belongs to our bias `name`.
  static func secondBias(_ name: String) -> String? {
    guard let range = name.firstRange(of: "bias_ih") else { return nil }
    return name[..<range.lowerBound] + "bias_hh" + name[range.upperBound...]
  }

  /// Returns PyTorch's name for the bias whose third block is our bias `name`, which is inside the
  /// product of a GRU.
  static func innerBias(_ name: String) -> String? {
    guard let range = name.firstRange(of: "bias_hn") else { return nil }
    return name[..<range.lowerBound] + "bias_hh" + name[range.upperBound...]
  }

  /// The number of values of the second bias that are only used in a sum with the first bias.
  private var summed: Int { (shape.cell == .gru ? 2 : 4) * shape.width }

  /// Returns the values of `tensors` in the order of `layout`, with the two biases added up.
  func flattened(_ tensors: [String: Tensor], _ layout: ParameterLayout) throws -> [Double] {
    try layout.entries.flatMap { entry in
      if let inner = Self.innerBias(entry.name) {
        return Array(try #require(tensors[inner]).values[summed...])
      }
      let tensor = try #require(tensors[entry.name], "\(entry.name)")
      #expect(tensor.shape == entry.shape, "\(entry.name)")
      guard let second = Self.secondBias(entry.name) else { return tensor.values }
      var values = tensor.values
      for (k, value) in try #require(tensors[second]).values.prefix(summed).enumerated() {
        values[k] += value
      }
      return values
    }
  }

  /// Pairs the gradient `ours` of our parameters `name` with the expected gradients.
  func expectedGradients(
    _ name: String, _ ours: [some BinaryFloatingPoint]
  ) throws -> [(ours: [Double], expected: [Double])] {
    let ours = ours.map { Double($0) }
    if let inner = Self.innerBias(name) {
      return [(ours, Array(try #require(gradients[inner]).values[summed...]))]
    }
    var pairs = [(ours, try #require(gradients[name], "\(name)").values)]
    if let second = Self.secondBias(name) {
      // Our bias is the sum of two; the gradient of a sum is the gradient of each term.
      let expected = try #require(gradients[second]).values.prefix(summed)
      pairs.append((Array(ours.prefix(summed)), Array(expected)))
    }
    return pairs
  }

  /// Returns the network of the case.
  func network<Scalar: BuiltInScalar>(of type: Scalar.Type) throws -> RecurrentNetwork<Scalar> {
    let vectors = try #require(weights["embedding.weight"]).values.map { Scalar($0) }
    var network = RecurrentNetwork(shape: shape, vectors: vectors, tunesVectors: true)
    network.weights.parameters = try flattened(weights, network.layout).map { Scalar($0) }
    network.parametersChanged(threads: 1)
    return network
  }

  /// Returns some of the documents as a shard, with the weights of the loss.
  func shard(_ numbers: [Int]) -> Batch {
    Batch(
      documents: numbers.map { documents[$0] }, labels: numbers.map { labels[$0] },
      weight: isMean ? 1 / Double(documents.count) : 1, generator: SeededGenerator(seed: 1))
  }
}
