import Classifiers
import Learning
import NumericKernels
import PipelineCore
import Platform
import Testing

/// Networks that are restored with 8-bit recurrent weights.
@Suite struct RoundedRecurrenceTests {
  private static let rows = 30
  private static let dimensions = 5

  private struct Trained {
    let classifier: RecurrentClassifier
    let model: RecurrentModel

    /// Returns the model with weights of this precision. The recurrent weights are always rounded
    /// to 8 bits.
    func restored(_ precision: ModelPrecision) throws -> RecurrentModel {
      var tensors = TensorCollection(
        model.tensors.map { tensor in
          var tensor = tensor
          if tensor.name.contains(".weight_hh_") { tensor.values = rounded(tensor) }
          return tensor
        })
      tensors.precision = precision
      return try classifier.restore(from: tensors, embedding: model.embedding, labelCount: 2)
    }

    private func rounded(_ tensor: NamedTensor) -> [Float] {
      let width = tensor.shape[1]
      return stride(from: 0, to: tensor.values.count, by: width).flatMap { start in
        let row = tensor.values[start..<start + width]
        let scale = Int8Rounding.scale(ofLargest: row.map(\.magnitude).max() ?? 0)
        return row.map { Float(Int8Rounding.round($0, scale)) * scale }
      }
    }
  }

  private static let documents: [EncodedDocument] = {
    var generator = SeededGenerator(seed: 5)
    return (0..<150).map { number in
      EncodedDocument(
        wordsOfRows: (0..<(number % 23)).map { _ in Int32(generator.next(below: rows)) })
    }
  }()

  private static func train(
    _ cell: Cell = .lstm, layers: Int = 1, hidden: Int = 13, pooling: Pooling = .meanmax
  ) throws -> Trained {
    var generator = SeededGenerator(seed: 3)
    let values = (0..<rows * dimensions).map { _ in generator.uniform(in: -1...1) }
    let labels = documents.map { ($0.rows.first ?? 0) > 15 ? 1 : 0 }
    var settings = TrainingSettings()
    (settings.epochs, settings.batch, settings.learningRate, settings.patience) = (6, 16, 0.03, 0)
    var configuration = RecurrentConfiguration()
    (configuration.hidden, configuration.ngrams, configuration.characters) = (hidden, 0, 0)
    (configuration.cell, configuration.layers, configuration.pooling) = (cell, layers, pooling)
    let classifier = RecurrentClassifier(configuration: configuration)
    let model = try classifier.fit(
      TrainingTask(
        examples: LabelledExamples(documents: documents, labels: labels, labelCount: 2),
        embedding: EmbeddingTable(numbered: values, dimensions: dimensions), settings: settings,
        threads: 1))
    return Trained(classifier: classifier, model: model)
  }

  private func largestDifference(_ a: [[Float]], _ b: [[Float]]) -> Float {
    zip(a.joined(), b.joined()).map { ($0 - $1).magnitude }.max() ?? 0
  }

  @Test(
    "States of 8 bits change probabilities by little in every cell, in several layers and poolings",
    arguments: [
      (Cell.lstm, 1, Pooling.meanmax), (.peephole, 1, .max), (.gru, 1, .mean), (.rnn, 1, .last),
      (.lstm, 2, .attention),
    ])
  func cells(cell: Cell, layers: Int, pooling: Pooling) throws {
    let trained = try Self.train(cell, layers: layers, pooling: pooling)
    let exact = try trained.restored(.float32).probabilities(of: Self.documents, threads: 1)
    let rounded = try trained.restored(.int8).probabilities(of: Self.documents, threads: 1)
    let difference = largestDifference(exact, rounded)
    #expect(difference > 0 && difference < 0.05, "\(difference)")
    let float16 = try trained.restored(.float16).probabilities(of: Self.documents, threads: 1)
    #expect(float16 == exact)
  }

  @Test("Probabilities do not depend on threads, or on the other documents")
  func independence() throws {
    for hidden in [1, 13, 32] {
      let model = try Self.train(hidden: hidden).restored(.int8)
      let expected = model.probabilities(of: Self.documents, threads: 1)
      for threads in [2, 3, 8] {
        let found = model.probabilities(of: Self.documents, threads: threads)
        #expect(found == expected)
      }
      for size in [1, 2, 7, 64] {
        let found = stride(from: 0, to: Self.documents.count, by: size).flatMap { start in
          model.probabilities(
            of: Array(Self.documents[start..<min(start + size, Self.documents.count)]), threads: 2)
        }
        #expect(found == expected, "in batches of \(size)")
      }
    }
  }

  @Test("An LSTM computes the formula with rounded states")
  func formula() throws {
    let trained = try Self.train(hidden: 6, pooling: .max)
    let model = try trained.restored(.int8)
    let found = model.probabilities(of: Self.documents, threads: 1)
    let plain = PlainLSTM(model)
    let exact = Self.documents.map { plain.probabilities(of: $0, roundsStates: true) }
    let unrounded = Self.documents.map { plain.probabilities(of: $0, roundsStates: false) }
    let difference = largestDifference(found, exact)
    #expect(difference < 1e-5, "\(difference)")
    // The comparison above would notice states that are not rounded.
    #expect(largestDifference(found, unrounded) > 1e-4)
  }

  @Test("The tensors are those of the file, also after restoring")
  func tensors() throws {
    let trained = try Self.train()
    let model = try trained.restored(.int8)
    #expect(try trained.restored(.float32).tensors == model.tensors)
  }
}

/// A bidirectional LSTM with maximum pooling, computed from the formulas, one number at a time.
private struct PlainLSTM {
  private let tensors: [String: [Float]]
  private let vectors: [Float]
  private let dimensions: Int
  private let hidden: Int

  init(_ model: RecurrentModel) {
    tensors = Dictionary(uniqueKeysWithValues: model.tensors.map { ($0.name, $0.values) })
    vectors = model.embedding?.values ?? []
    dimensions = model.embedding?.dimensions ?? 0
    hidden = (tensors["lstm.bias_ih_l0"]?.count ?? 0) / 4
  }

  func probabilities(of document: EncodedDocument, roundsStates: Bool) -> [Float] {
    let states = ["", "_reverse"].flatMap { suffix in
      pooled(
        suffix.isEmpty ? document.rows : document.rows.reversed(), suffix, rounds: roundsStates)
    }
    let weights = tensors["classifier.weight"] ?? []
    let bias = tensors["classifier.bias"] ?? []
    let scores = bias.indices.map { label in
      states.indices.reduce(Double(bias[label])) {
        $0 + Double(weights[label * states.count + $1]) * states[$1]
      }
    }
    let largest = scores.max() ?? 0
    let powers = scores.map { exp($0 - largest) }
    return powers.map { Float($0 / powers.reduce(0, +)) }
  }

  /// The maximum of each unit over the steps; 0 for an empty document.
  private func pooled(_ rows: [Int32], _ suffix: String, rounds: Bool) -> [Double] {
    func tensor(_ name: String) -> [Float] { tensors["lstm.\(name)_l0\(suffix)"] ?? [] }
    let (input, recurrent) = (tensor("weight_ih"), tensor("weight_hh"))
    let (bias, second) = (tensor("bias_ih"), tensor("bias_hh"))
    var (h, c) = (Array(repeating: 0.0, count: hidden), Array(repeating: 0.0, count: hidden))
    var best: [Double]?
    for row in rows {
      let before = rounds ? h.map { ($0 * 63).rounded(.toNearestOrEven) / 63 } : h
      let gates = bias.indices.map { unit -> Double in
        var sum = Double(bias[unit]) + Double(second[unit])
        for k in 0..<dimensions {
          sum +=
            Double(input[unit * dimensions + k]) * Double(vectors[Int(row) * dimensions + k])
        }
        for k in 0..<hidden { sum += Double(recurrent[unit * hidden + k]) * before[k] }
        return sum
      }
      func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
      for k in 0..<hidden {
        c[k] =
          sigmoid(gates[hidden + k]) * c[k] + sigmoid(gates[k]) * tanh(gates[2 * hidden + k])
        h[k] = sigmoid(gates[3 * hidden + k]) * tanh(c[k])
      }
      best = best.map { zip($0, h).map { max($0, $1) } } ?? h
    }
    return best ?? Array(repeating: 0, count: hidden)
  }
}
