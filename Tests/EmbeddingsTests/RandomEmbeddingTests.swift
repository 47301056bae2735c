import Embeddings
import PipelineCore
import Testing

/// The words of a text separated by spaces.
func spacedWords(_ text: String) -> TokenSequence {
  let bytes = Array(text.utf8)
  var ranges: [Range<Int>] = []
  for word in bytes.split(separator: 0x20) { ranges.append(word.startIndex..<word.endIndex) }
  return TokenSequence(text: AlignedText(source: bytes), ranges: ranges)
}

@Suite("random.v1")
struct RandomEmbeddingTests {
  func table(
    _ text: String, seed: UInt64 = 1,
    _ set: (inout RandomEmbedding.Configuration) -> Void = { _ in }
  ) throws -> EmbeddingTable {
    var configuration = RandomEmbedding.Configuration()
    set(&configuration)
    return try RandomEmbedding(configuration: configuration).makeTable(
      for: EmbeddingTask(documents: [spacedWords(text)], seed: seed))
  }

  @Test(
    "The speed of training vectors is measured, whatever the length of the text",
    arguments: [(1, 1), (1, 100), (3_000, 1), (3_000, 5)])
  func speed(repeats: Int, passes: Int) {
    let text = String(repeating: "rain and wind and rain and storm ", count: repeats)
    func seconds(_ pretrain: VectorTrainingSettings?) -> Double {
      var configuration = RandomEmbedding.Configuration()
      (configuration.dimensions, configuration.pretrain) = (4, pretrain)
      return RandomEmbedding(configuration: configuration)
        .measuredSecondsPerToken([spacedWords(text)], threads: 2)
    }
    var settings = VectorTrainingSettings()
    settings.epochs = passes
    let measured = seconds(settings)
    #expect(measured > 0 && measured.isFinite)
    #expect(seconds(nil) == 0)
  }

  @Test("Frequent words have rows; rare words share row 0")
  func rows() throws {
    let table = try table("a b b c c c") { $0.dimensions = 3 }
    #expect((0..<table.vocabulary.count).map(table.vocabulary.string) == ["c", "b"])
    #expect(table.rowCount == 3)
    #expect(table.values.count == 9)
    #expect(table.isTrainable)
    #expect(table.summary.contains("2 words seen at least 2 times, 1 rarer words"))
    #expect(try self.table("").rowCount == 1)
  }

  @Test("A vector depends only on the seed and the row")
  func reproducible() throws {
    let one = try table("a a b b")
    #expect(try table("a a b b") == one)
    let more = try table("x x y y z z")
    #expect(Array(more.values[..<one.values.count]) == one.values)
    #expect(try table("a a b b", seed: 2).values != one.values)
    #expect(Set(one.values.map(\.bitPattern)).count > 290)
  }

  @Test("The setting scale is the standard deviation")
  func scale() throws {
    let table = try table("a a b b") {
      $0.dimensions = 4096
      $0.scale = 0.5
    }
    let count = Double(table.values.count)
    let mean = table.values.reduce(0.0) { $0 + Double($1) } / count
    let variance =
      table.values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
    #expect(abs(mean) < 0.02)
    #expect(abs(variance.squareRoot() - 0.5) < 0.01)
    #expect(table.values.allSatisfy { abs($0) <= 0.867 })
  }
}

@Suite("random.v1 with pretrain")
struct PretrainTests {
  @Test("Vectors are pretrained on the documents and scaled; the unknown word gets their mean")
  func pretrained() throws {
    var configuration = RandomEmbedding.Configuration()
    configuration.dimensions = 20
    configuration.scale = 0.3
    configuration.minCount = 1
    configuration.pretrain = VectorTrainingSettings()
    configuration.pretrain?.epochs = 10
    var task = EmbeddingTask(documents: VectorTrainingTests.twoTopics(documents: 100))
    var epochs = 0
    task.report = { event in
      if case .vectors(let record) = event { epochs = record.epoch }
    }
    let table = try RandomEmbedding(configuration: configuration).makeTable(for: task)
    #expect(epochs == 10 && table.vocabulary.count == 40 && table.isTrainable)
    let vectors = table.values[20...]
    let squares = vectors.reduce(0.0) { $0 + Double($1) * Double($1) }
    #expect(abs((squares / Double(vectors.count)).squareRoot() - 0.3) < 1e-5)
    for column in 0..<20 {
      let sum = (1...40).reduce(0.0) { $0 + Double(table.values[$1 * 20 + column]) }
      #expect(abs(Double(table.values[column]) - sum / 40) < 1e-6)
    }
    task.trainsVectors = false
    let untrained = try RandomEmbedding(configuration: configuration).makeTable(for: task)
    #expect(untrained.values != table.values && untrained.summary.contains("will be pretrained"))
  }

  @Test("With n-grams, rare words have their own rows and new words have vectors")
  func ngrams() throws {
    var configuration = RandomEmbedding.Configuration()
    configuration.dimensions = 20
    var settings = VectorTrainingSettings()
    settings.epochs = 3
    let words = ["walked", "talked", "runs"]
    let documents =
      VectorTrainingTests.twoTopics(documents: 100) + [spacedWords(words.joined(separator: " "))]
    for isOn in [false, true] {
      settings.subwords = isOn
      configuration.pretrain = settings
      configuration.minCount = 1
      let all = try RandomEmbedding(configuration: configuration).makeTable(
        for: EmbeddingTask(documents: documents))
      #expect((all.subwords != nil) == isOn)
      #expect((all.newVector(of: Array("walking".utf8)) != nil) == isOn)
      #expect(all.newVector(of: Array("漢".utf8)) == nil)
      configuration.minCount = 2
      let frequent = try RandomEmbedding(configuration: configuration).makeTable(
        for: EmbeddingTask(documents: documents + [spacedWords("walked")]))
      // "walked" is frequent and "talked" is similar to it; no word is similar to "runs".
      let known = words.map { frequent.vocabulary.index(of: Array($0.utf8)) != nil }
      #expect(known == [true, isOn, false])
      #expect(frequent.summary.hasSuffix("1 words made of n-grams") == isOn)
    }
  }

  @Test("The table is frozen, trained more slowly, or stored in 16 bits as set")
  func settings() throws {
    var configuration = RandomEmbedding.Configuration()
    configuration.table.tune = false
    configuration.table.learningRateScale = 0.1
    configuration.table.precision = .float16
    let table = try RandomEmbedding(configuration: configuration).makeTable(
      for: EmbeddingTask(documents: [spacedWords("a a b b")]))
    #expect(!table.isTrainable && table.precision == .float16)
    configuration.table.tune = true
    let slow = try RandomEmbedding(configuration: configuration).makeTable(
      for: EmbeddingTask(documents: [spacedWords("a a b b")]))
    #expect(slow.columns == [VectorColumns(count: 100, rateScale: 0.1)] && slow.isTrainable)
    #expect(table.rounded.values.allSatisfy { Float(Float16($0)) == $0 })
    #expect(table.rounded.values != table.values)
  }
}
