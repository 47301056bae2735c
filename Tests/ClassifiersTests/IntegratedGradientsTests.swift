import Classifiers
import FileAccess
import Learning
import NumericKernels
import PipelineCore
import Testing

/// Integrated gradients, compared with NumPy (`Reference/make-shares.py`) for every cell, pooling and
/// number of layers, and checked for properties.
@Suite("Integrated gradients")
struct IntegratedGradientsTests {
  // MARK: Reference

  @Test(
    "Shares agree with NumPy's derivatives by a complex step and PyTorch's gradients to 1e-4",
    arguments: try SharesReference.all())
  func reference(expected: SharesReference) throws {
    let reference = try #require(
      try ReferenceCase.everything().first { $0.name == expected.name })
    let network = try reference.network(of: Float.self)
    let table = EmbeddingTable(
      numbered: network.weights.vectors, dimensions: reference.shape.vectorWidth)
    let model = RecurrentModel(network: network, embedding: table, history: [])
    for document in expected.documents {
      let encoded = EncodedDocument(rowsOnly: reference.documents[document.number])
      let precise = model.shares(
        of: encoded, for: document.label, IntegralPrecision(tolerance: 1e-6, points: 20_000),
        threads: 2)
      let wrong = differences(precise.values, document.shares, absolute: 1e-4, relative: 0)
      #expect(wrong.isEmpty, "document \(document.number)")
      let shares = model.shares(of: encoded, for: document.label, threads: 2)
      #expect(shares.method == .integratedGradients)
      let off = differences(shares.values, document.shares, absolute: 2e-3, relative: 0)
      #expect(off.isEmpty, "document \(document.number)")
      let integral = try #require(shares.integral)
      #expect(abs(integral.neutralScore - document.neutralScore) < 1e-9)
      #expect(abs(integral.gap) <= 1e-3 * abs(document.score - document.neutralScore) + 1e-4)
    }
  }

  // MARK: Properties

  private static let dimensions = 6

  /// Random documents of 1 to 30 tokens, made from nine words.
  private static func documents(_ count: Int, seed: UInt64) -> [EncodedDocument] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      let length = 1 + generator.next(below: 30)
      return EncodedDocument(
        wordsOfRows: (0..<length).map { _ in Int32(1 + generator.next(below: 9)) })
    }
  }

  private static func model(_ kind: RecurrentKind) throws -> RecurrentModel {
    var generator = SeededGenerator(seed: 2)
    let values = (0..<10 * dimensions).map { _ in generator.uniform(in: -1...1) }
    let documents = documents(60, seed: 4)
    var settings = TrainingSettings()
    (settings.epochs, settings.batch, settings.learningRate) = (6, 8, 0.02)
    return try RecurrentClassifier(configuration: kind.configuration).fit(
      TrainingTask(
        examples: LabelledExamples(
          documents: documents, labels: documents.map { Int($0.rows[0]) % 3 }, labelCount: 3),
        embedding: EmbeddingTable(numbered: values, dimensions: dimensions), settings: settings,
        threads: 1))
  }

  @Test(
    "The shares add up to the score less that of a document without tokens, within 1 %",
    arguments: RecurrentKind.all)
  func completeness(kind: RecurrentKind) throws {
    let model = try Self.model(kind)
    let empty = EncodedDocument(rows: [], hashes: [])
    for document in Self.documents(6, seed: 9) {
      let rows = model.probabilities(of: [document, empty], threads: 1)
      for label in 0..<3 {
        let scores = rows.map { TokenShares.score(of: label, in: $0) }
        let sum = model.shares(of: document, for: label, threads: 1).values.reduce(0, +)
        let difference = scores[0] - scores[1]
        #expect(abs(sum - difference) <= 0.01 * abs(difference) + 2e-4)
      }
    }
    let none = model.shares(of: empty, for: 0, threads: 1)
    #expect(none.values.isEmpty && none.method == .integratedGradients)
  }

  @Test("A token whose vector is zero has only its equal part", arguments: [Cell.lstm, .rnn])
  func zeroVector(cell: Cell) throws {
    let model = try Self.model(RecurrentKind("\(cell)") { $0.cell = cell })
    let table = try #require(model.embedding)
    var document = EncodedDocument(wordsOfRows: [3, 5, 1, 4])
    // A new vector past the end of the table.
    document.rows[1] = Int32(table.values.count / Self.dimensions)
    document.newVectors = Array(repeating: 0, count: Self.dimensions)
    let empty = EncodedDocument(rows: [], hashes: [])
    let shares = model.shares(of: document, for: 2, threads: 1)
    let base = TokenShares.score(
      of: 2, in: model.probabilities(of: [empty], threads: 1)[0])
    let neutral = try #require(shares.integral).neutralScore
    #expect(abs(shares.values[1] - (neutral - base) / 4) < 1e-5)
  }

  @Test("A long document needs a bounded number of points, and any number of threads agrees")
  func longDocument() throws {
    let model = try Self.model(RecurrentKind("lstm") { $0.hidden = 16 })
    var generator = SeededGenerator(seed: 12)
    let document = EncodedDocument(
      wordsOfRows: (0..<1024).map { _ in Int32(1 + generator.next(below: 9)) })
    let one = model.shares(of: document, for: 1, threads: 1)
    for threads in [2, 5] {
      #expect(model.shares(of: document, for: 1, threads: threads) == one)
    }
    let integral = try #require(one.integral)
    #expect(integral.points <= 512)
    #expect(abs(integral.gap) <= 0.01 * abs(one.values.reduce(0, +)))
  }

  // MARK: One word decides

  /// Documents of 20 to 60 filler words, one of which is the word of the label.
  private static func decided(_ count: Int, seed: UInt64) -> [EncodedDocument] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { number in
      let length = 20 + generator.next(below: 41)
      var rows = (0..<length).map { _ in Int32(4 + generator.next(below: 36)) }
      rows[generator.next(below: length)] = Int32(1 + number % 3)
      return EncodedDocument(wordsOfRows: rows)
    }
  }

  private static let decidedKinds = [
    RecurrentKind("lstm, max") { $0.hidden = 16 },
    RecurrentKind("gru, attention") { ($0.cell, $0.pooling, $0.hidden) = (.gru, .attention, 16) },
    RecurrentKind("lstm, mean, with a linear part") {
      ($0.pooling, $0.hidden, $0.ngrams) = (.mean, 16, 2)
    },
  ]

  @Test(
    "Where one word decides, it has the largest share in at least 99 % of documents",
    arguments: decidedKinds)
  func oneWord(kind: RecurrentKind) throws {
    var generator = SeededGenerator(seed: 3)
    let values = (0..<40 * 12).map { _ in generator.uniform(in: -1...1) }
    let training = Self.decided(300, seed: 21)
    var settings = TrainingSettings()
    (settings.epochs, settings.batch, settings.learningRate) = (20, 8, 0.01)
    let model = try RecurrentClassifier(configuration: kind.configuration).fit(
      TrainingTask(
        examples: LabelledExamples(
          documents: training, labels: training.indices.map { $0 % 3 }, labelCount: 3),
        embedding: EmbeddingTable(numbered: values, dimensions: 12), settings: settings,
        threads: 2))
    let unseen = Self.decided(300, seed: 22)
    let probabilities = model.probabilities(of: unseen, threads: 2)
    let right = probabilities.enumerated().count { number, row in
      row.firstIndex(of: row.max() ?? 0) == number % 3
    }
    #expect(right >= 294, "\(right) of 300 labels")
    var (first, agreeing) = (0, 0)
    for (number, document) in unseen.enumerated() {
      let shares = model.shares(of: document, for: number % 3, threads: 2)
      let strongest = shares.values.indices.max {
        abs(shares.values[$0]) < abs(shares.values[$1])
      }
      let deciding = document.rows.firstIndex { $0 < 4 }
      if strongest == deciding { first += 1 }
      guard number < 30 else { continue }
      let removal = TokenShares.byRemoval(
        from: document, label: number % 3, model: model, threads: 2)
      if removal.values.indices.max(by: { removal.values[$0] < removal.values[$1] }) == deciding {
        agreeing += 1
      }
    }
    #expect(first >= 297, "\(first) of 300")
    #expect(agreeing >= 29, "\(agreeing) of 30 with removal")
  }
}

/// The shares of one case of `Reference/shares.json`.
struct SharesReference: Sendable, CustomTestStringConvertible {
  struct Document: Sendable {
    var number: Int
    var label: Int
    var shares: [Double]
    var score: Double
    var neutralScore: Double
  }

  var name: String
  var documents: [Document]

  var testDescription: String { name }

  /// Returns the results of NumPy, and those of PyTorch for the same cases.
  static func all() throws -> [SharesReference] {
    let numpy = try read("shares.json")
    // The last case belongs to a model file; see DocketTests.
    let torch = try read("torch-shares.json").filter { $0.name != "shares-model" }
    #expect(torch.map(\.name) == numpy.map(\.name))
    return numpy + torch
  }

  private static func read(_ name: String) throws -> [SharesReference] {
    let here = "\(#filePath)"
    let folder = here[..<(here.lastIndex(of: "/") ?? here.endIndex)]
    let bytes = try InputFile.readAll(path: "\(folder)/Reference/\(name)", limit: 1 << 20)
    let json = try JSONValue.parse(bytes, file: name)
    return try #require(json.array).map { json in
      SharesReference(
        name: try #require(json["name"]?.string),
        documents: try #require(json["documents"]?.array).map { document in
          Document(
            number: try #require(document["document"]?.integer),
            label: try #require(document["label"]?.integer),
            shares: try #require(document["shares"]?.array).map { try #require($0.double) },
            score: try #require(document["score"]?.double),
            neutralScore: try #require(document["neutral"]?.double))
        })
    }
  }
}
