import Embeddings
import FileAccess
import PipelineCore
import Testing

/// A result of the independent implementation in `Reference/make-vector-training.py`.
struct VectorTrainingCase: Sendable, CustomTestStringConvertible {
  var name: String
  var documents: [String]
  var settings = VectorTrainingSettings()
  var dimensions: Int
  var seed: UInt64
  var shardTokens: Int
  var minCount: Int
  var words: [String]
  var vectors: [Double]

  var testDescription: String { name }

  static func all() throws -> [VectorTrainingCase] {
    let here = "\(#filePath)"
    let folder = here[..<(here.lastIndex(of: "/") ?? here.endIndex)]
    let bytes = try InputFile.readAll(
      path: "\(folder)/Reference/vector-training.json", limit: 1 << 20)
    let json = try JSONValue.parse(bytes, file: "vector-training.json")
    let documents = try #require(json["documents"]?.array).map { try #require($0.string) }
    return try #require(json["cases"]?.array).map { try VectorTrainingCase($0, documents) }
  }

  private init(_ json: JSONValue, _ documents: [String]) throws {
    let written = try #require(json["settings"])
    func integer(_ key: String) throws -> Int { try #require(written[key]?.integer) }
    settings.method = try #require(written["method"]?.string.flatMap { .init(rawValue: $0) })
    settings.epochs = try integer("epochs")
    settings.window = try integer("window")
    settings.negatives = try integer("negatives")
    settings.subsample = try #require(written["subsample"]?.double)
    settings.learningRate = try #require(written["learningRate"]?.double)
    settings.subwords = written["subwords"] == .bool(true)
    settings.ngrams.shortest = try integer("shortest")
    settings.ngrams.longest = try integer("longest")
    settings.ngrams.buckets = try integer("buckets")
    dimensions = try integer("dimensions")
    seed = UInt64(try integer("seed"))
    shardTokens = try integer("shardTokens")
    minCount = try integer("minCount")
    name = try #require(json["name"]?.string)
    words = try #require(json["words"]?.array).map { try #require($0.string) }
    vectors = try #require(json["vectors"]?.array).flatMap { row in
      try #require(row.array).map { try #require($0.double) }
    }
    self.documents = documents
  }
}

extension VectorTrainingSettings {
  /// A learning rate far above the range that pipeline files may set.
  static var steep: VectorTrainingSettings {
    var settings = VectorTrainingSettings()
    settings.learningRate = 1e20
    return settings
  }
}

@Suite("Vector training")
struct VectorTrainingTests {
  @Test(
    "The vectors equal those of an independent implementation",
    arguments: try VectorTrainingCase.all())
  func reference(given: VectorTrainingCase) throws {
    let text = TrainingText(
      given.documents.map(spacedWords), minCount: given.minCount)
    #expect((0..<text.vocabulary.count).map(text.vocabulary.string) == given.words)
    var training = VectorTraining(
      settings: given.settings, dimensions: given.dimensions, seed: given.seed, threads: 2)
    training.shardTokens = given.shardTokens
    let vectors = try training.vectors(of: text)
    #expect(vectors.count == given.vectors.count)
    let worst = zip(vectors, given.vectors).map { abs(Double($0) - $1) }.max() ?? 1
    let largest = given.vectors.map(abs).max() ?? 0
    #expect(worst < 2e-5 * max(1, largest) && largest > 0.1, "off by \(worst) of \(largest)")
  }

  /// Sentences on two topics; words of one topic never occur with words of the other.
  static func twoTopics(documents: Int) -> [TokenSequence] {
    var generator = SeededGenerator(seed: 3)
    return (0..<documents).map { number in
      let topic = number % 2 == 0 ? "a" : "b"
      return spacedWords(
        (0..<30).map { _ in "\(topic)\(generator.next(below: 20))" }.joined(separator: " "))
    }
  }

  static func training(
    threads: Int = 1, _ set: (inout VectorTrainingSettings) -> Void = { _ in }
  ) -> VectorTraining {
    var settings = VectorTrainingSettings()
    settings.subsample = 0
    settings.epochs = 5
    set(&settings)
    return VectorTraining(settings: settings, dimensions: 20, seed: 1, threads: threads)
  }

  @Test(
    "The result has the same bytes with 1, 2, 3 and 8 threads",
    arguments: VectorTrainingSettings.Method.allCases, [false, true])
  func threads(method: VectorTrainingSettings.Method, subwords: Bool) throws {
    let text = TrainingText(Self.twoTopics(documents: 400), minCount: 1)
    let results = try [1, 2, 3, 8].map { threads in
      try Self.training(threads: threads) {
        $0.method = method
        $0.subwords = subwords
        $0.ngrams.buckets = 200
        $0.epochs = 1
      }.vectors(of: text).map(\.bitPattern)
    }
    #expect(results.allSatisfy { $0 == results[0] })
    #expect(Set(results[0]).count > 700)
  }

  @Test(
    "Words that occur together become neighbours",
    arguments: VectorTrainingSettings.Method.allCases)
  func neighbours(method: VectorTrainingSettings.Method) throws {
    let text = TrainingText(Self.twoTopics(documents: 600), minCount: 1)
    let vectors = try Self.training { $0.method = method }.vectors(of: text)
    let topics = (0..<text.vocabulary.count).map { text.vocabulary.string($0).prefix(1) }
    func cosine(_ left: Int, _ right: Int) -> Float {
      let (a, b) = (vectors[left * 20..<left * 20 + 20], vectors[right * 20..<right * 20 + 20])
      let products = [zip(a, b), zip(a, a), zip(b, b)].map { $0.reduce(0) { $0 + $1.0 * $1.1 } }
      return products[0] / (products[1] * products[2]).squareRoot()
    }
    for word in topics.indices {
      let others = topics.indices.filter { $0 != word }
      let nearest = others.max { cosine(word, $0) < cosine(word, $1) } ?? word
      #expect(topics[nearest] == topics[word])
    }
  }

  @Test("The loss falls, records add up, and training stops on request")
  func progress() throws {
    let text = TrainingText(Self.twoTopics(documents: 400), minCount: 1)
    var training = Self.training()
    var records: [StepRecord] = []
    training.report = { records.append($0) }
    _ = try training.vectors(of: text)
    let ends = records.filter { $0.tokens == $0.tokensPerEpoch }
    #expect(ends.map(\.epoch) == [1, 2, 3, 4, 5])
    #expect(ends.allSatisfy { $0.tokensPerEpoch == 12_000 && $0.epochs == 5 })
    #expect(ends[0].loss < 0.6932 && ends[4].loss < ends[0].loss - 0.05)
    training.shouldStop = { records.count > 17 }
    #expect(throws: TrainingError.interrupted) { _ = try training.vectors(of: text) }
  }

  @Test("Diverging training ends with an error, not with NaN vectors")
  func diverged() throws {
    let text = TrainingText(Self.twoTopics(documents: 40), minCount: 1)
    let training = VectorTraining(
      settings: VectorTrainingSettings.steep, dimensions: 4, seed: 1, threads: 1)
    #expect(throws: TrainingError.self) { _ = try training.vectors(of: text) }
  }

  @Test(
    "A short text is trained for more epochs than a long one",
    arguments: [(0, 100), (3_000, 100), (200_000, 50), (1_999_999, 5), (10_000_000, 5)])
  func epochs(tokens: Int, expected: Int) {
    var settings = VectorTrainingSettings()
    #expect(settings.epochs(forTokens: tokens) == expected)
    settings.epochs = 3
    #expect(settings.epochs(forTokens: tokens) == 3)
  }

  @Test("A text without words has no vectors")
  func empty() throws {
    let text = TrainingText([spacedWords("a b")], minCount: 2)
    #expect(text.rareWords == 2)
    #expect(try Self.training().vectors(of: text).isEmpty)
  }
}
