import Classifiers
import PipelineCore
import Testing

@Suite("Joined vectors")
struct JoinedVectorsTests {
  /// Three tables over some of the words a, b, c and d: one trained at the full rate, one frozen, one
  /// trained at a quarter of the rate.
  private static func table() throws -> EmbeddingTable {
    var generator = SeededGenerator(seed: 5)
    let tables = [("abd", 2, 1.0), ("bc", 1, 0.0), ("acd", 2, 0.25)].map { words, width, scale in
      var vocabulary = Vocabulary()
      for word in words.utf8 { vocabulary.insert([word]) }
      var values: [Float] = []
      for _ in 0..<(words.utf8.count + 1) * width { values.append(generator.uniform(in: -1...1)) }
      var table = EmbeddingTable(
        vocabulary: vocabulary, dimensions: width, values: values, isTrainable: true, summary: words
      )
      table.columns[0].rateScale = scale
      return table
    }
    return try EmbeddingTable(joining: tables)
  }

  /// Takes one step of gradient descent on all documents; none of them contains `d`.
  private static func step(
    from table: EmbeddingTable, threads: Int = 1
  ) throws -> (model: RecurrentModel, lossBefore: Double) {
    var configuration = BiLSTMClassifier.Configuration()
    (configuration.hidden, configuration.ngrams) = (4, 0)
    (configuration.dropout, configuration.wordDropout, configuration.vectorDropout) = (0, 0, 0)
    let documents = ["abc", "ca", "bzz", "cb"].map { words in
      let bytes = words.utf8.map { [$0] }
      return EncodedDocument(
        rowsOnly: bytes.map { table.row(of: $0, hash: ByteHash.hash($0)) })
    }
    var settings = TrainingSettings()
    (settings.epochs, settings.batch, settings.shard) = (1, 4, 2)
    (settings.optimizer, settings.momentum, settings.learningRate) = (.sgd, 0, 1)
    (settings.clip, settings.schedule) = (0, .constant)
    let examples = LabelledExamples(documents: documents, labels: [0, 1, 1, 0], labelCount: 2)
    let model = try BiLSTMClassifier(configuration: configuration).fit(
      TrainingTask(examples: examples, embedding: table, settings: settings, threads: threads))
    return (model, try #require(model.history.first?.loss))
  }

  @Test("A step follows the gradient at the rate of each table and leaves unused rows unchanged")
  func stepFollowsTheSlope() throws {
    let table = try Self.table()
    let moved = try #require(try Self.step(from: table).model.embedding)
    let scales = table.columns.flatMap { run in (0..<run.count).map { _ in run.rateScale } }
    let unused = Int(table.row(of: [0x64], hash: ByteHash.hash([0x64])))
    var still = 0
    for index in table.values.indices {
      let (row, column) = index.quotientAndRemainder(dividingBy: table.dimensions)
      let change = Double(moved.values[index] - table.values[index])
      if scales[column] == 0 || row == unused {
        #expect(change == 0)
        still += 1
        continue
      }
      let losses = try [Float(0.02), -0.02].map { way in
        var other = table
        other.values[index] += way
        return try Self.step(from: other).lossBefore
      }
      let expected = -scales[column] * (losses[0] - losses[1]) / 0.04
      #expect(abs(change - expected) < 2e-4 + 0.01 * abs(expected), "row \(row), column \(column)")
      #expect(abs(change) > 1e-4)
    }
    // Of five rows and five columns, these do not change: the frozen column, and the rest of the
    // row of `d`.
    #expect(still == 5 + 4)
  }

  @Test("Any number of threads gives the same bits", arguments: [2, 3])
  func threads(count: Int) throws {
    let table = try Self.table()
    let (one, several) = (
      try Self.step(from: table).model, try Self.step(from: table, threads: count).model
    )
    #expect(one.embedding == several.embedding && one.tensors == several.tensors)
  }
}
