import Classifiers
import Learning
import Platform
import PipelineCore
import Testing

/// The gates along a document and the influence of its tokens.
@Suite("Gate tracing")
struct GateTracingTests {
  private static let dimensions = 4

  /// A small trained model whose words are numbers.
  private static func model(
    _ kind: RecurrentKind, epochs: Int = 3, length: Int = 12
  ) throws -> RecurrentModel {
    var generator = SeededGenerator(seed: 6)
    let values = (0..<10 * dimensions).map { _ in generator.uniform(in: -1...1) }
    let documents = (0..<30).map { _ in document(1 + generator.next(below: length), &generator) }
    var settings = TrainingSettings()
    (settings.epochs, settings.batch, settings.learningRate) = (epochs, 8, 0.02)
    return try RecurrentClassifier(configuration: kind.configuration).fit(
      TrainingTask(
        examples: LabelledExamples(
          documents: documents, labels: documents.indices.map { $0 % 3 }, labelCount: 3),
        embedding: EmbeddingTable(numbered: values, dimensions: dimensions), settings: settings,
        threads: 1))
  }

  private static func document(_ length: Int, _ generator: inout SeededGenerator) -> EncodedDocument
  {
    EncodedDocument(wordsOfRows: (0..<length).map { _ in Int32(1 + generator.next(below: 9)) })
  }

  private func curve(_ unit: GateTrace.Unit, _ name: String) throws -> [Double] {
    try #require(unit.curves.first { $0.name == name }).values
  }

  @Test("Every direction of every layer has a trace, with the quantities of its cell")
  func shape() throws {
    var generator = SeededGenerator(seed: 1)
    let document = Self.document(7, &generator)
    let names: [(cell: Cell, quantities: [String])] = [
      (.rnn, ["hidden"]), (.gru, ["reset", "update", "hidden"]),
      (.lstm, ["input", "forget", "output", "cell", "hidden"]),
      (.peephole, ["input", "forget", "output", "cell", "hidden"]),
    ]
    for (cell, expected) in names {
      let model = try Self.model(RecurrentKind("\(cell)") { ($0.cell, $0.layers) = (cell, 2) })
      let traces = model.gates(of: document, for: 1, units: 2, threads: 2)
      #expect(traces.map(\.layer) == [1, 1, 2, 2])
      #expect(traces.map(\.isReversed) == [false, true, false, true])
      for trace in traces {
        #expect(trace.means.map(\.name) == expected)
        #expect(trace.units.count == 2)
        #expect(trace.units.allSatisfy { $0.curves.map(\.name) == expected })
        #expect((trace.means + trace.units.flatMap(\.curves)).allSatisfy { $0.values.count == 7 })
        #expect(trace.influence.count == 7 && trace.influence.allSatisfy { $0 > 0 })
        // Only the last layer is pooled.
        #expect((trace.maxima == nil) == (trace.layer == 1))
      }
      #expect(model.gates(of: document, for: 1, units: 2, threads: 1) == traces)
      let empty = EncodedDocument(rows: [], hashes: [])
      #expect(model.gates(of: empty, for: 1, units: 2, threads: 1).isEmpty)
    }
  }

  @Test(
    "The gates and states of an LSTM satisfy its formulas in document order",
    arguments: [Cell.lstm, .peephole])
  func formulas(cell: Cell) throws {
    let model = try Self.model(RecurrentKind("\(cell)") { $0.cell = cell })
    var generator = SeededGenerator(seed: 2)
    let document = Self.document(9, &generator)
    for trace in model.gates(of: document, for: 0, units: 6, threads: 1) {
      #expect(trace.units.count == 6)
      var sums = Array(repeating: 0.0, count: 9)
      for unit in trace.units {
        let (input, forget) = (try curve(unit, "input"), try curve(unit, "forget"))
        let (output, memory) = (try curve(unit, "output"), try curve(unit, "cell"))
        let hidden = try curve(unit, "hidden")
        for token in 0..<9 {
          #expect(abs(hidden[token] - output[token] * tanh(memory[token])) < 1e-12)
          // c' - f c = i g, and g is in -1...1.
          let before = trace.isReversed ? token + 1 : token - 1
          let kept = memory.indices.contains(before) ? forget[token] * memory[before] : 0
          #expect(abs(memory[token] - kept) <= input[token])
          sums[token] += forget[token]
        }
        let token = try #require(unit.token)
        #expect(hidden[token] == hidden.max())
      }
      let means = try #require(trace.means.first { $0.name == "forget" }).values
      #expect(zip(means, sums).allSatisfy { abs($0 - $1 / 6) < 1e-12 })
      let maxima = try #require(trace.maxima)
      #expect(maxima.reduce(0) { $0 + $1.units } == 6)
      for maximum in maxima {
        let units = trace.units.filter { $0.token == maximum.token }
        #expect(units.count == maximum.units)
        #expect(abs(units.reduce(0) { $0 + $1.effect } - maximum.effect) < 1e-12)
      }
    }
  }

  @Test(
    "The effects of the units of the last layer and the bias sum to the score",
    arguments: Pooling.allCases.filter { $0 != .attention })
  func effects(pooling: Pooling) throws {
    let model = try Self.model(
      RecurrentKind("\(pooling)") { ($0.pooling, $0.layers) = (pooling, 2) })
    var generator = SeededGenerator(seed: 3)
    let document = Self.document(8, &generator)
    let bias = try #require(model.tensors.first { $0.name == "classifier.bias" }).values.map {
      Double($0)
    }
    for label in 0..<3 {
      let traces = model.gates(of: document, for: label, units: 6, threads: 1).suffix(2)
      let sum = traces.flatMap(\.units).reduce(0) { $0 + $1.effect }
      let score = TokenShares.score(
        of: label, in: model.probabilities(of: [document], threads: 1)[0])
      #expect(abs(sum + bias[label] - bias.reduce(0, +) / 3 - score) < 1e-4)
      for trace in traces {
        let sizes = trace.units.map { abs($0.effect) }
        #expect(sizes == sizes.sorted(by: >))
      }
    }
  }

  @Test(
    "The influence of a token is the norm of the derivative of the last state by its vector",
    arguments: Cell.allCases)
  func influence(cell: Cell) throws {
    let model = try Self.model(RecurrentKind("\(cell)") { $0.cell = cell })
    let first = Int32(try #require(model.embedding).rowCount)
    var document = EncodedDocument(wordsOfRows: [1, 2, 3, 4, 5])
    document.rows = (0..<5).map { first + $0 }
    var generator = SeededGenerator(seed: 8)
    document.newVectors = (0..<5 * Self.dimensions).map { _ in generator.uniform(in: -1...1) }
    /// The last state of each direction.
    func lastStates(_ document: EncodedDocument) throws -> [[Double]] {
      try model.gates(of: document, for: 0, units: 6, threads: 1).map { trace in
        try trace.units.sorted { $0.number < $1.number }.map { unit in
          let hidden = try curve(unit, "hidden")
          return try #require(trace.isReversed ? hidden.first : hidden.last)
        }
      }
    }
    let traces = model.gates(of: document, for: 0, units: 6, threads: 1)
    let step: Float = 1 / 1024
    for token in 0..<5 {
      var squares = [0.0, 0.0]
      for k in token * Self.dimensions..<(token + 1) * Self.dimensions {
        var (above, below) = (document, document)
        above.newVectors[k] += step
        below.newVectors[k] -= step
        let width = Double(above.newVectors[k] - below.newVectors[k])
        let states = (try lastStates(above), try lastStates(below))
        for direction in 0..<2 {
          for (high, low) in zip(states.0[direction], states.1[direction]) {
            squares[direction] += (high - low) * (high - low) / (width * width)
          }
        }
      }
      for direction in 0..<2 {
        let found = traces[direction].influence[token]
        #expect(abs(found - squares[direction].squareRoot()) < 1e-4 * found + 1e-9)
      }
    }
  }

  @Test("Far from the end, a simple network forgets a token and an LSTM does not")
  func vanishing() throws {
    var generator = SeededGenerator(seed: 4)
    let document = Self.document(200, &generator)
    func decline(_ cell: Cell) throws -> Double {
      let model = try Self.model(
        RecurrentKind("\(cell)") { ($0.cell, $0.hidden) = (cell, 16) }, length: 40)
      let influence = model.gates(of: document, for: 0, units: 1, threads: 2)[0].influence
      return influence[100] / influence[199]
    }
    let (simple, lstm) = (try decline(.rnn), try decline(.lstm))
    #expect(simple < 1e-12, "\(simple)")
    #expect(lstm > 1e6 * simple, "\(lstm) against \(simple)")
  }

  @Test("A wide network has the influence of random combinations of its units")
  func wide() throws {
    let model = try Self.model(RecurrentKind("wide") { $0.hidden = 200 }, epochs: 1)
    var generator = SeededGenerator(seed: 5)
    let document = Self.document(4, &generator)
    let trace = model.gates(of: document, for: 0, units: 200, threads: 1)[0]
    #expect(trace.units.count == 200)
    #expect(trace.influence.allSatisfy { $0.isFinite && $0 > 0 })
  }

  @Test("Training with truncate cuts the gradient before every n-th step")
  func cuts() throws {
    let model = try Self.model(RecurrentKind("truncated") { $0.truncate = 3 })
    var generator = SeededGenerator(seed: 7)
    let document = Self.document(8, &generator)
    let traces = model.gates(of: document, for: 0, units: 0, threads: 1)
    #expect((0..<8).filter { traces[0].isCut(before: $0) } == [3, 6])
    // The direction that reads backward counts its steps from the end.
    #expect((0..<8).filter { traces[1].isCut(before: $0) } == [1, 4])
    #expect(traces.allSatisfy { $0.truncate == 3 })
  }
}
