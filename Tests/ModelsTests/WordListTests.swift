import TestSupport
import Docket
import FileAccess
import PipelineCore
import Testing
import Tokenization

/// Word lists are added to stages before training, and stored in the model.
@Suite("Stages with a word list")
struct WordListTests {
  private static let corpus = (0..<30).map { number in
    let topic = ["北京大学的学生很多", "葡萄和巧克力很甜", "今天北京下雨了"][number % 3]
    return "label \(number % 3)\t\(topic)\(number % 5)\n"
  }.joined()

  private static func description(
    _ folder: TestFolder, _ stages: String, classifier: String = "ngrams.v1"
  ) throws -> PipelineDescription {
    try folder.file("train.tsv", corpus)
    let path = try folder.file(
      "p.yaml",
      "docket: 1\ncorpus: {train: train.tsv, validation: 0}\n\(stages)\n"
        + "classifier: \(classifier)\ntraining: {epochs: 1, batch: 8}\n")
    return try .load(path: path, stages: .builtIn, requireFiles: true)
  }

  private static func tokens(_ text: String, _ pipeline: TrainedPipeline) throws -> [String] {
    try pipeline.preparation.prepare(Array(text.utf8)).tokens.strings
  }

  @Test("Stop words are normalized by the stages before, and stored in the model")
  func stopwords() throws {
    let folder = TestFolder()
    try folder.file("stop.txt", "\u{FEFF}The\r\n\n of \n很\n")
    let description = try Self.description(
      folder, "normalizers: [unicode.v1, {stage: stopwords.v1, words: stop.txt}]")
    #expect(description.needsWordLists)
    var notes: [String] = []
    let trained = try PipelineTraining(description, threads: 2, note: { notes.append($0) })
      .run(withBaseline: false).pipeline
    #expect(notes.contains("stopwords.v1: 3 words"))
    let again = try ModelArchive.decode(
      try ModelArchive.encode(trained), name: "m", stages: .builtIn)
    for pipeline in [trained, again] {
      #expect(try Self.tokens("THE end of 很 often", pipeline) == ["end", "often"])
    }
    #expect(try ModelArchive.encode(again) == ModelArchive.encode(trained))
  }

  @Test(
    "A dictionary tokenizer uses the words of the vectors, and the model keeps those of the corpus")
  func vectorWords() throws {
    let folder = TestFolder()
    try folder.file(
      "v.txt", "5 2\n北京 1 0\n北京大学 0 1\n巧克力 1 1\n火车站 0 0.5\n的 0.5 0.5\n")
    let description = try Self.description(
      folder,
      "tokenizer: dictionary.v1\nembedding: {stage: word2vec.v1, vectors: v.txt}",
      classifier: "{stage: bilstm.v1, hidden: 4}")
    let trained = try PipelineTraining(description, threads: 2).run(withBaseline: false).pipeline
    #expect(trained.model.embedding?.vocabulary.count == 4)
    let again = try ModelArchive.decode(
      try ModelArchive.encode(trained), name: "m", stages: .builtIn)
    for pipeline in [trained, again] {
      #expect(
        try Self.tokens("北京大学的巧克力火车站", pipeline)
          == ["北京大学", "的", "巧克力", "火", "车", "站"], "a word without a vector is no word")
    }
  }

  @Test("Without vectors, words are found in the corpus, the same for any number of threads")
  func corpusWords() throws {
    let folder = TestFolder()
    let description = try Self.description(
      folder, "tokenizer: {stage: dictionary.v1, minCount: 5}")
    let models = try [1, 3].map { threads in
      try ModelArchive.encode(
        PipelineTraining(description, threads: threads).run(withBaseline: false).pipeline)
    }
    #expect(models[0] == models[1])
  }

  @Test("A word list that is not valid UTF-8 is refused with its position")
  func invalidList() throws {
    let folder = TestFolder()
    try folder.file("stop.txt", Array("the\n".utf8) + [0xC3, 0x28])
    let description = try Self.description(
      folder, "normalizers: [{stage: stopwords.v1, words: stop.txt}]")
    let error = #expect(throws: CorpusError.self) {
      try PipelineTraining(description, threads: 1).run(withBaseline: false)
    }
    #expect(error?.position?.description.hasSuffix("stop.txt:2@0") == true)
  }

  @Test("A model without its word list is refused")
  func missingList() throws {
    let folder = TestFolder()
    try folder.file("stop.txt", "the\n")
    let description = try Self.description(
      folder, "normalizers: [{stage: stopwords.v1, words: stop.txt}]")
    let trained = try PipelineTraining(description, threads: 1).run(withBaseline: false).pipeline
    let bytes = try ModelArchive.encode(trained)
    let name = Array("words.0.bytes".utf8)
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: name) })
    var renamed = bytes
    renamed[place] = UInt8(ascii: "W")
    #expect(throws: ModelError.self) {
      try ModelArchive.decode(renamed, name: "m", stages: .builtIn)
    }
  }
}
