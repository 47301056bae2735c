import TestSupport
import Docket
import FileAccess
import PipelineCore
import Testing

/// The coverage of a corpus by a vector file, and the variant of text preparation that covers most.
@Suite("Coverage")
struct CoverageTests {
  private let folder = TestFolder()

  /// Returns a pipeline with `train.tsv` and `vectors.txt` of the folder.
  private func description(
    _ settings: String..., stages: StageRegistry = .builtIn
  ) throws -> PipelineDescription {
    let text =
      (["docket: 1", "corpus: {train: train.tsv}"] + settings + [
        "embedding: {stage: word2vec.v1, vectors: vectors.txt}",
        "classifier: {stage: bilstm.v1, hidden: 4}", "training: {epochs: 1}",
      ]).joined(separator: "\n")
    return try PipelineDescription.parse(
      text, name: "p.yaml", directory: folder.path, stages: stages, requireFiles: true)
  }

  private func write(train: String, vectors: [String]) throws {
    try folder.file("train.tsv", train)
    try folder.file("vectors.txt", vectors.map { "\($0) 0.5 1\n" }.joined())
  }

  /// Writes Persian with non-joiners and Arabic letters, and vectors of joined Persian words.
  private func writePersian() throws {
    let rows = (0..<20).map { number in
      "\(number % 2 == 0 ? "a" : "b")\tمی\u{200C}خواهم كتاب\u{200C}ها را بخوانم و \(number)\n"
    }
    try write(train: rows.joined(), vectors: ["میخواهم", "کتابها", "را", "بخوانم"])
  }

  @Test("Tokens and types are counted in total and per label, and uncovered words are listed")
  func counts() throws {
    try write(train: "a\tred red blue\nb\tgreen red x\nb\t\n", vectors: ["red", "green", "sun"])
    let check = try PipelineCheck(
      try description("normalizers: [unicode.v1]", "tokenizer: words.v1"), threads: 1)
    let coverage = try #require(check.coverage)
    #expect(coverage.own.tokens == .init(covered: 4, total: 6))
    #expect(coverage.own.types == .init(covered: 2, total: 4))
    #expect(
      coverage.own.classes == [.init(covered: 2, total: 3), .init(covered: 2, total: 3)])
    #expect(
      coverage.own.uncovered.map { String(decoding: $0.word, as: UTF8.self) } == ["blue", "x"])
    #expect(coverage.best == nil)
    #expect(check.text.contains("coverage: 66.67 % of 6 tokens, 50.00 % of 4 distinct words"))
  }

  @Test("The best variant for Persian is found and reported, and the pipeline's own stays in force")
  func persian() throws {
    try writePersian()
    let check = try PipelineCheck(
      try description("normalizers: [unicode.v1]", "tokenizer: words.v1"), threads: 2)
    let coverage = try #require(check.coverage)
    #expect(coverage.own.tokens == .init(covered: 40, total: 120))
    #expect(coverage.best?.coverage.tokens == .init(covered: 80, total: 120))
    #expect(coverage.best?.settings == ["zwnj: join", "language: fa"])
    #expect(coverage.sentence == "coverage 33.33 % -> 66.67 % with zwnj: join, language: fa")
    #expect(check.findings.contains { $0.code == "coverage" && $0.severity == .warning })
    #expect(coverage.tried.count > 8)
    #expect(coverage.tried.first?.settings == [])
  }

  @Test("normalize: auto uses the best variant, in training and in the model")
  func auto() throws {
    try writePersian()
    let open = try description(
      "normalizers: [persian.v1, unicode.v1]", "tokenizer: words.v1", "normalize: auto")
    let check = try PipelineCheck(open, threads: 1)
    #expect(check.coverage?.best?.settings == ["zwnj: join"])
    #expect(!check.findings.contains { $0.code == "coverage" && $0.severity == .warning })
    // The output shows the variant in use.
    #expect(check.text.contains("coverage: 66.67 % of 120 tokens"))
    let trained = try PipelineTraining(open, threads: 1).run(withBaseline: false).pipeline
    let names = trained.description.normalizers.map { type(of: $0).stageName }
    #expect(names.contains("persian.v1"))
    #expect(trained.description.resolvedText.contains("zwnj: \"join\""))
    #expect(!trained.description.resolvedText.contains("normalize:"))
    #expect(trained.model.embedding?.vocabulary.count == 4)
    let model = try ModelArchive.decode(
      ModelArchive.encode(trained), name: "model", stages: .builtIn)
    #expect(model.description.textFingerprint == trained.description.textFingerprint)
    #expect(model.description.textFingerprint != open.textFingerprint)
  }

  @Test(
    "Each language has its variants",
    arguments: [
      ("İSTANBUL IŞIK", ["istanbul", "ışık"], "no turkish.v1", "language: tr"),
      ("ज़मीन क़लम पढ़ना", ["जमीन", "कलम", "पढना"], "", "nukta: drop"),
      ("中国新闻 体育", ["中", "国", "新", "闻", "体", "育"], "", ""),
      ("İzmir'in IŞIK Ankara'da", ["izmir", "ışık", "ankara"], "", "apostrophes.v1 inside: cut"),
    ])
  func languages(text: String, words: [String], never: String, expected: String) throws {
    let rows = (0..<12).map { "\($0 % 2 == 0 ? "a" : "b")\t\(text)\n" }
    try write(train: rows.joined(), vectors: words)
    let check = try PipelineCheck(
      try description("normalizers: [unicode.v1]", "tokenizer: words.v1"), threads: 1)
    let settings = check.coverage?.best?.settings ?? []
    #expect(settings.contains(expected) || expected.isEmpty, "\(settings)")
    #expect(!settings.contains(never))
    let share = check.coverage?.best?.coverage.tokens.share ?? check.coverage?.own.tokens.share
    #expect(share == 1)
  }

  @Test("words.v1 is tried where only spaces separate words")
  func spaces() throws {
    let rows = (0..<12).map { "\($0 % 2 == 0 ? "a" : "b")\tred, (green) blue.\n" }
    try write(train: rows.joined(), vectors: ["red", "green", "blue", ",", "(", ")", "."])
    let check = try PipelineCheck(
      try description("normalizers: [unicode.v1]", "tokenizer: spaces.v1"), threads: 1)
    #expect(check.coverage?.own.tokens.covered == 0)
    #expect(check.coverage?.best?.settings == ["tokenizer: words.v1"])
    #expect(check.coverage?.best?.coverage.tokens.share == 1)
  }

  @Test("A gain of less than one percentage point does not change the text preparation")
  func smallGain() throws {
    let plain = (0..<11).map {
      "\($0 % 2 == 0 ? "a" : "b")\t\(String(repeating: "را ", count: 10))\n"
    }
    let joined = "a\tمی\u{200C}خواهم \(String(repeating: "را ", count: 9))\n"
    try write(train: plain.joined() + joined, vectors: ["را", "میخواهم"])
    let check = try PipelineCheck(
      try description("normalizers: [unicode.v1]", "tokenizer: words.v1"), threads: 1)
    #expect(check.coverage?.own.tokens == .init(covered: 119, total: 120))
    #expect(check.coverage?.best == nil)
    #expect(check.coverage?.tried.contains { $0.share == 1 } == true)
  }

  @Test("normalize: auto tries and uses a stage of another package")
  func stageFromOutside() throws {
    let rows = (0..<12).map { "\($0 % 2 == 0 ? "a" : "b")\tThe c0lour of m0ney & w0rk\n" }
    try write(train: rows.joined(), vectors: ["the", "colour", "of", "money", "work"])
    var stages = StageRegistry.builtIn
    try stages.register(normalizer: ZeroNormalizer.self)
    try stages.register(tokenizer: HalfTokenizer.self)
    let open = try description(
      "normalizers: [markup.v1, unicode.v1]", "tokenizer: words.v1", "normalize: auto",
      stages: stages)
    let coverage = try #require(PipelineCheck(open, threads: 1).coverage)
    #expect(coverage.own.tokens == .init(covered: 24, total: 72))
    #expect(coverage.tried.count { $0.settings == ["tokenizer: test.halves.v1"] } == 1)
    #expect(coverage.tried.count { $0.settings == ["zeros: letter"] } == 1)
    #expect(coverage.tried.last?.settings == ["zeros: letter"])
    #expect(coverage.best?.settings == ["zeros: letter"])
    #expect(coverage.best?.coverage.tokens == .init(covered: 60, total: 72))
    let trained = try PipelineTraining(open, threads: 1).run(withBaseline: false).pipeline
    let names = trained.description.normalizers.map { type(of: $0).stageName }
    #expect(names == ["markup.v1", "test.zeros.v1", "unicode.v1"])
    // A stage that is not registered is not tried.
    let plain = try description("normalizers: [unicode.v1]", "tokenizer: words.v1")
    #expect(try PipelineCheck(plain, threads: 1).coverage?.best == nil)
  }

  @Test("normalize: auto accepts a list of embeddings in which one has a vector file")
  func list() throws {
    try writePersian()
    let text = """
      docket: 1
      corpus: {train: train.tsv}
      normalize: auto
      language: fa
      embedding: [random.v1, {stage: word2vec.v1, vectors: vectors.txt}]
      classifier: bilstm.v1
      """
    let description = try PipelineDescription.parse(
      text, name: "p.yaml", directory: folder.path, stages: .builtIn, requireFiles: true)
    #expect(description.normalizesByVectors)
    #expect(throws: ConfigurationErrors.self) {
      try PipelineDescription.parse(
        text.replacing("{stage: word2vec.v1, vectors: vectors.txt}", with: "random.v1"),
        name: "p.yaml", directory: folder.path, stages: .builtIn, requireFiles: true)
    }
  }

  @Test("normalize: auto without a vector file is refused")
  func faults() throws {
    try writePersian()
    for (settings, code) in [
      ("normalize: none", "unknown-choice"), ("normalize: [a]", "wrong-type"),
    ] {
      do {
        _ = try description(settings, "tokenizer: words.v1")
        Issue.record("\(settings) was read")
      } catch let errors as ConfigurationErrors {
        #expect(errors.errors.map(\.code) == [code])
      }
    }
    let text = """
      docket: 1
      normalize: auto
      tokenizer: words.v1
      embedding: random.v1
      classifier: bilstm.v1
      """
    #expect(throws: ConfigurationErrors.self) {
      try PipelineDescription.parse(text, name: "p.yaml", stages: .builtIn, requireFiles: false)
    }
  }
}

/// A normalizer of another package that replaces the digit 0 with the letter o.
private struct ZeroNormalizer: Normalizer {
  static let stageName = "test.zeros.v1"
  static let summary = "replaces 0 with o"
  let configuration: NoSettings
  init(configuration: NoSettings) { self.configuration = configuration }

  func normalize(_ text: AlignedText) -> AlignedText {
    var text = text
    text.replaceInPlace(with: text.bytes.map { $0 == 0x30 ? 0x6F : $0 })
    return text
  }

  static func alternatives(
    to current: ZeroNormalizer?, for text: TextTraits
  ) -> [TextAlternative<ZeroNormalizer>] {
    current == nil
      ? [.init(ZeroNormalizer(configuration: .init()), settings: ["zeros: letter"])] : [.removed]
  }
}

/// A tokenizer of another package that splits a text into two halves.
private struct HalfTokenizer: Tokenizer {
  static let stageName = "test.halves.v1"
  static let summary = "splits a text into halves"
  let configuration: NoSettings
  init(configuration: NoSettings) { self.configuration = configuration }

  func tokenize(_ text: AlignedText) -> TokenSequence {
    let middle = text.bytes.count / 2
    return TokenSequence(text: text, ranges: [0..<middle, middle..<text.bytes.count])
  }

  static func alternatives(
    to current: HalfTokenizer?, for text: TextTraits
  ) -> [TextAlternative<HalfTokenizer>] {
    guard current == nil, text.effects.contains(.foldsCase) else { return [] }
    return [.init(HalfTokenizer(configuration: .init()), settings: ["tokenizer: \(stageName)"])]
  }
}
