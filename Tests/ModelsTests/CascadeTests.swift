import Docket
import FileAccess
import Models
import PipelineCore
import TestSupport
import Testing

/// A network beside a linear part, which classifies a document alone if it is sure.
@Suite struct CascadeTests {
  /// Returns a document. For some documents the label depends on a word; for others it depends on
  /// the order of two words, which single words do not show.
  private static func document(_ number: Int) -> (label: String, text: String) {
    let noise = ["tin", "oak", "sky", "ink", "fog"]
    let rest = "\(noise[number % 5]) \(noise[(number / 5) % 5])"
    let isFirst = number % 2 == 0
    let label = isFirst ? "first" : "second"
    if number % 4 < 2 { return (label, "\(rest) \(isFirst ? "plus" : "minus") \(rest)") }
    return (label, "\(isFirst ? "red blue" : "blue red") \(rest)")
  }

  private static let pipeline = Result {
    let folder = TestFolder()
    let rows = (0..<800).map(document).map { "\($0.label)\t\($0.text)\n" }
    try folder.file("train.tsv", rows.joined())
    let path = try folder.file(
      "cascade.yaml",
      """
      docket: 1
      corpus:
        train: train.tsv
        validation: 0.25
      tokenizer: words.v1
      embedding:
        stage: random.v1
        dimensions: 8
      classifier:
        stage: bilstm.v1
        hidden: 8
        ngrams: 1
        characters: 0
      training:
        epochs: 12
        batch: 8
        learningRate: 0.02
      """)
    let description = try PipelineDescription.load(
      path: path, overrides: [], stages: .builtIn, requireFiles: true)
    return try PipelineTraining(description, threads: 2).run(withBaseline: false).pipeline
  }

  private let documents = (3..<40).map { Array(Self.document($0 * 7).text.utf8) } + [[]]

  private func predict(
    _ pipeline: TrainedPipeline, _ documents: [[UInt8]], _ cascade: Cascade?, threads: Int = 1
  ) throws -> [Prediction] {
    var none: DocumentProfile?
    return try pipeline.predict(
      documents, cascade: cascade, threads: threads, addingTo: &none
    ).map { try $0.get() }
  }

  @Test("A model with weights of 8 bits has a cascade, whose other documents have its own bits")
  func precision() throws {
    let pipeline = try Self.pipeline.get().converted(to: .int8)
    let cascade = try #require(pipeline.cascade())
    let whole = try predict(pipeline, documents, nil)
    let found = try predict(pipeline, documents, cascade, threads: 3)
    #expect(found.contains(where: \.isLinear) && found.contains { !$0.isLinear })
    for (found, whole) in zip(found, whole) where !found.isLinear {
      #expect(found.probabilities == whole.probabilities)
    }
  }

  @Test("Documents that the linear part is not confident about get the whole model's bits")
  func answers() throws {
    let pipeline = try Self.pipeline.get()
    let cascade = try #require(pipeline.cascade())
    #expect((0.4...0.6).contains(cascade.coverage))
    #expect(cascade.agreement >= Cascade.defaultAgreement)
    let whole = try predict(pipeline, documents, nil)
    let found = try predict(pipeline, documents, cascade)
    for (number, (found, whole)) in zip(found, whole).enumerated() {
      let isSure = number < 37 && (number + 3) * 7 % 4 < 2
      #expect(found.isLinear == isSure, "document \(number)")
      #expect(!whole.isLinear)
      #expect(found.best == whole.best)
      #expect(found.warnings == whole.warnings && found.tokenCount == whole.tokenCount)
      #expect((found.probabilities == whole.probabilities) != isSure)
      if isSure {
        #expect(found.probabilities[found.best] >= cascade.confidence)
        #expect(abs(found.probabilities.reduce(0, +) - 1) < 1e-5)
      }
    }
  }

  @Test("A document has the same record alone, in any batch and with any number of threads")
  func independent() throws {
    let pipeline = try Self.pipeline.get()
    let cascade = try #require(pipeline.cascade())
    let expected = try predict(pipeline, documents, cascade)
    let threaded = try predict(pipeline, documents, cascade, threads: 3)
    #expect(threaded == expected)
    for (document, expected) in zip(documents, expected) {
      let alone = try predict(pipeline, [document], cascade)
      #expect(alone == [expected])
    }
  }

  @Test("A model keeps the answers of its linear part, and a record names who answered")
  func stored() throws {
    let pipeline = try Self.pipeline.get()
    let bytes = try ModelArchive.encode(pipeline)
    let read = try ModelArchive.decode(bytes, name: "m", stages: .builtIn)
    #expect(read.linearAnswers != nil && read.linearAnswers == pipeline.linearAnswers)
    #expect(read.cascade() == pipeline.cascade())
    #expect(try ModelArchive.encode(read) == bytes)
    let folder = TestFolder()
    let lines = documents.map { $0 + [0x0A] }.joined()
    var reader = DocumentReader(
      try InputFile(path: folder.file("lines", Array(lines))), name: "lines", format: .lines,
      limit: 1 << 20)
    let batch = try reader.nextBatch(most: 100)
    var none: DocumentProfile?
    let results = read.predict(batch, cascade: read.cascade(), threads: 1, addingTo: &none)
    #expect(results.count == documents.count)
    for (document, result) in zip(batch, results) {
      let record = RecordFormat(isJSON: true).record(document, result, labels: read.labels)
      let isLinear = try result.get().isLinear
      #expect(record.contains("\"answeredBy\":\"linear\"") == isLinear)
    }
  }

  @Test("Invalid answers of the linear part are refused")
  func invalid() throws {
    let bytes = try ModelArchive.encode(Self.pipeline.get())
    var file = try ModelBytes(bytes)
    let range = try #require(file.range(of: "validation.linear"))
    for value in [Float(2), -1, 0] {
      withUnsafeBytes(of: value.bitPattern.littleEndian) {
        file.data.replaceSubrange(range.lowerBound..<range.lowerBound + 4, with: $0)
      }
      let sealed = file.sealed()
      #expect(throws: ModelError.self) {
        try ModelArchive.decode(sealed, name: "m", stages: .builtIn)
      }
    }
    var other = try ModelBytes(bytes)
    other.set("linear_factor", of: "__metadata__", to: .string("-1"))
    let sealed = other.sealed()
    #expect(throws: ModelError.self) {
      try ModelArchive.decode(sealed, name: "m", stages: .builtIn)
    }
  }

  @Test("A model without a linear part, or without a network, has no cascade")
  func none() throws {
    #expect(try TinyModel.linear.get().cascade() == nil)
    #expect(try TinyModel.linear.get().cascadeSummary == "")
  }
}
