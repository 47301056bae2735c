import TestSupport
import Classifiers
import Docket
import FileAccess
import Glibc
import Learning
import NumericKernels
import PipelineCore
import Testing

/// Encoders that start from the weights of another model or of PyTorch.
@Suite struct EncoderTests {
  /// One case of `Fixtures/encoders.json`: weights of PyTorch and the states that it computes.
  struct Fixture: Sendable, CustomTestStringConvertible {
    var name: String
    var file: FilePath
    var shape: NetworkShape
    var vectors: [Float]
    var documents: [[Int32]]
    var states: [[Double]]

    var testDescription: String { name }

    static var folder: String { Folder.split("\(#filePath)").folder + "/Fixtures" }

    static func all() throws -> [Fixture] {
      let bytes = try InputFile.readAll(path: folder + "/encoders.json", limit: 1 << 20)
      return try #require(JSONValue.parse(bytes, file: "encoders").array).map { try Fixture($0) }
    }

    init(_ json: JSONValue) throws {
      func numbers(_ json: JSONValue?) throws -> [Double] {
        try #require(json?.array).map { try #require($0.double) }
      }
      name = try #require(json["name"]?.string)
      let written = try #require(json["file"]?.string)
      file = FilePath(written: written, resolved: "\(Self.folder)/\(written)")
      let both = try #require(json["both"]?.bool as Bool?)
      let hidden = try #require(json["hidden"]?.integer)
      shape = NetworkShape(
        vectorWidth: try #require(json["width"]?.integer), width: hidden, isBidirectional: both,
        pooling: .max, dropout: DropoutRates(), labelCount: (both ? 2 : 1) * hidden,
        cell: try #require(json["cell"]?.string.flatMap(Cell.init)),
        layers: try #require(json["layers"]?.integer))
      vectors = try numbers(json["vectors"]).map { Float($0) }
      documents = try #require(json["documents"]?.array).map { try numbers($0).map { Int32($0) } }
      states = try #require(json["states"]?.array).map { try numbers($0) }
    }

    var source: EncoderSource {
      get throws {
        var settings = EncoderSettings()
        settings.from = file
        return try EncoderSource(settings, file)
      }
    }
  }

  @Test(
    "Weights of torch.nn.LSTM, GRU and RNN, of any float type, give the states of PyTorch",
    arguments: try Fixture.all())
  func pytorch(fixture: Fixture) throws {
    var network = RecurrentNetwork<Float>(
      shape: fixture.shape, vectors: fixture.vectors, tunesVectors: false)
    try network.load(fixture.source.start)
    // With the identity as the output layer, the probabilities are the softmax of the states.
    let output = try #require(network.layout.entries.first { $0.name == "classifier.weight" })
    let count = fixture.shape.labelCount
    for k in 0..<count { network.weights.parameters[output.offset + k * count + k] = 1 }
    network.parametersChanged(threads: 1)
    var words = Vocabulary()
    for row in 1..<fixture.vectors.count / fixture.shape.vectorWidth {
      words.insert(Array("\(row)".utf8))
    }
    let table = EmbeddingTable(
      vocabulary: words, dimensions: fixture.shape.vectorWidth, values: fixture.vectors,
      isTrainable: false, summary: "")
    let model = RecurrentModel(network: network, embedding: table, history: [])
    let documents = fixture.documents.map {
      EncodedDocument(rows: $0, hashes: Array(repeating: 0, count: $0.count))
    }
    let got = model.probabilities(of: documents, threads: 1)
    #expect(got.count == fixture.states.count)
    for (row, states) in zip(got, fixture.states) {
      let powers = states.map { exp($0) }
      let total = powers.reduce(0, +)
      for (ours, power) in zip(row, powers) {
        #expect((Double(ours) - power / total).magnitude < 1e-5)
      }
    }
  }

  @Test(
    "Layers that do not fit are refused, and both sides are named", arguments: try Fixture.all())
  func otherLayers(fixture: Fixture) throws {
    let folder = try Self.folder(encoder: fixture.file.resolved, "hidden: 7")
    do {
      _ = try Self.train(folder)
      Issue.record("nothing was refused")
    } catch let error as EncoderError {
      #expect(error.code == "encoder-differs")
      #expect(error.position == .file(fixture.file.resolved))
      #expect(error.sentence.contains("cell \(fixture.shape.cell.rawValue), "), "\(error.sentence)")
      #expect(error.sentence.contains("hidden 4") && error.sentence.contains("hidden 7"))
    }
  }

  @Test("Layers for vectors of another width, and models without layers, are refused")
  func otherFiles() throws {
    let linear = try ModelArchive.encode(TinyModel.linear.get())
    let folder = try Self.folder(encoder: "other.docket", "hidden: 4", dimensions: 6)
    try folder.file("other.docket", linear)
    #expect(throws: EncoderError.self) { try Self.train(folder) }
    try folder.file("other.docket", TinyModel.bytes.get())
    do {
      _ = try Self.train(folder)
      Issue.record("nothing was refused")
    } catch let error as EncoderError {
      #expect(error.sentence.contains("vectors of 5") && error.sentence.contains("vectors of 6"))
    }
    var damaged = try TinyModel.bytes.get()
    damaged[damaged.count - 3] ^= 1
    try folder.file("other.docket", damaged)
    #expect(throws: ModelError.self) { try Self.train(folder) }
  }

  @Test(
    "Layers and vectors are copied from another model, those of all its words on request",
    arguments: [("shared", false), ("all", true)])
  func transfer(words: String, bringsAll: Bool) throws {
    let folder = try Self.folder(encoder: "{from: other.docket, words: \(words)}", "hidden: 4")
    try folder.file("other.docket", TinyModel.bytes.get())
    let trained = try Self.train(folder)
    for threads in [1, 3] {
      let again = try ModelArchive.encode(Self.train(folder, threads: threads))
      #expect(try again == ModelArchive.encode(trained))
    }
    let other = try TinyModel.recurrent.get()
    let digest = SHA256Digest.hexadecimal(of: try TinyModel.bytes.get())
    #expect(trained.record.weightsFingerprint == digest)
    #expect(trained.record.embeddingSummary.contains("start from the weights \(digest.prefix(12))"))
    // The learning rate is too small to change a weight.
    let expected = Dictionary(
      uniqueKeysWithValues: other.model.tensors.map { ($0.name, $0.values) })
    let layers = trained.model.tensors.filter { $0.name.hasPrefix("lstm.") }
    #expect(layers.count == 8)
    for tensor in layers { #expect(tensor.values == expected[tensor.name], "\(tensor.name)") }
    let (mine, its) = (try #require(trained.model.embedding), try #require(other.model.embedding))
    func vector(_ table: EmbeddingTable, _ word: String) -> [Float]? {
      table.vocabulary.index(of: Array(word.utf8)).map {
        Array(table.values[($0 + 1) * table.dimensions..<($0 + 2) * table.dimensions])
      }
    }
    for word in ["bread", "drum", "and"] { #expect(vector(mine, word) == vector(its, word)) }
    #expect(vector(mine, "violin").map { $0 == vector(its, "violin") } == (bringsAll ? true : nil))
    #expect(vector(mine, "trumpet") != nil && vector(its, "trumpet") == nil)
    #expect(mine.values.prefix(5) == its.values.prefix(5))
    // The file of weights is part of what identifies a training.
    var identity = TrainingIdentity(pipeline: "", corpus: "", validation: "", vectors: "")
    identity.weights = digest
    var another = identity
    another.weights = "0"
    #expect(identity.differences(to: another) == ["the starting weights have changed"])
  }

  /// Creates a folder with a pipeline whose learning rate is too small to change a weight.
  private static func folder(
    encoder: String, _ settings: String, dimensions: Int = 5
  ) throws -> TestFolder {
    let folder = TestFolder()
    let topics = ["bread oven butter", "drum trumpet rain"]
    let lines = (0..<16).map { "label \($0 % 2)\t\(topics[$0 % 2]) and \($0 % 5)\n" }
    try folder.file("train.tsv", lines.joined())
    let encoder = encoder.hasPrefix("{") ? encoder : "{from: \"\(encoder)\"}"
    try folder.file(
      "tiny.yaml",
      """
      docket: 1
      corpus:
        train: train.tsv
      embedding: {stage: random.v1, dimensions: \(dimensions)}
      classifier:
        stage: bilstm.v1
        ngrams: 0
        \(settings)
        encoder: \(encoder)
      training: {epochs: 1, batch: 8, optimizer: sgd, learningRate: 1.0e-30}
      """)
    return folder
  }

  private static func train(_ folder: TestFolder, threads: Int = 2) throws -> TrainedPipeline {
    let description = try PipelineDescription.load(
      path: folder.path + "/tiny.yaml", stages: .builtIn, requireFiles: true)
    return try PipelineTraining(description, threads: threads).run(withBaseline: false).pipeline
  }
}
