import TestSupport
import Docket
import PipelineCore
import Synchronization
import Testing

/// `docket init` compares text preparations on the training documents and drafts the best.
@Suite("Measured text preparation")
struct TextMeasurementTests {
  private let folder = TestFolder()
  private static let words = [
    ["bread", "oven", "butter", "soup"], ["guitar", "choir", "melody", "drum"],
  ]

  /// Returns rows of two labels; `text` writes a document of a label.
  private static func rows(
    _ count: Int = 300, seed: UInt64 = 1,
    _ text: (_ label: Int, _ generator: inout SeededGenerator) -> String
  ) -> String {
    (0..<count).map { number in
      var generator = SeededGenerator(seed: seed, number)
      return "\(number % 2 == 0 ? "food" : "music")\t\(text(number % 2, &generator)) \(number)\n"
    }.joined()
  }

  /// Returns words of a label. One in three is of the other label, so that no preparation is always
  /// right.
  private static func topic(
    _ label: Int, _ count: Int, _ generator: inout SeededGenerator
  ) -> String {
    (0..<count).map { _ in
      words[generator.next(below: 3) == 0 ? 1 - label : label][generator.next(below: 4)]
    }.joined(separator: " ")
  }

  /// Markup whose attributes have words of random labels.
  private static let marked = rows { label, generator in
    let noise = (0..<6).map { _ in words[generator.next(below: 2)][generator.next(below: 4)] }
    return "<img alt=\"\(noise.joined(separator: " "))\"> \(topic(label, 3, &generator))"
  }

  private func draft(
    _ corpus: String, preset: DraftRecipe.Preset = .fast, measures: Bool = true,
    stages: StageRegistry = .builtIn, threads: Int = 2
  ) throws -> String {
    let path = try folder.file("train.tsv", corpus)
    let text = try PipelineDraft(
      corpus: path, vectors: nil, recipe: DraftRecipe(preset), measures: measures, stages: stages,
      threads: threads
    ).text
    // The draft must be a pipeline.
    let pipeline = try PipelineDescription.parse(
      text, name: "p.yaml", stages: stages, requireFiles: true)
    try pipeline.validate()
    return text
  }

  @Test("Markup that misleads the classifier is removed, and the draft has the accuracies")
  func markup() throws {
    let text = try draft(Self.marked)
    #expect(
      text.contains("# Measured on 240 training documents with ngrams.v1, 3 folds: accuracy "))
    let line = try #require(
      text.split(separator: "\n").first { $0.hasPrefix("# With markup.v1: ") })
    #expect(line.hasSuffix(" %, better by more than one standard error, so it is used."))
    #expect(
      text.contains(
        "normalizers:\n  - markup.v1\n  - sanitize.v1\n  - apostrophes.v1\n  - unicode.v1\n"))
    #expect(
      text.contains("# Selects the stage words.v1.\nlanguage: ") && !text.contains("[markup]"))
  }

  @Test("Case is kept where it decides the label")
  func letterCase() throws {
    let text = try draft(
      Self.rows { label, generator in
        let word = ["Apple", "apple"][generator.next(below: 8) == 0 ? 1 - label : label]
        return "the \(word) of today"
      })
    #expect(text.contains("  - {stage: unicode.v1, fold: false}\n"), "\(text)")
    #expect(text.contains("# With unicode.v1 fold: false: "))
  }

  @Test("Words of an unspaced script are split into characters where that is better")
  func characters() throws {
    // Each run of katakana is new; one sign in it shows the label. Some documents are mostly English,
    // so the tokenizer of the languages is words.v1, which does not split katakana.
    let signs = (0x30A2...0x30EA).compactMap { UnicodeScalar($0) }
    let text = try draft(
      Self.rows { label, generator in
        var run = (0..<6).map { _ in signs[2 + generator.next(below: signs.count - 2)] }
        run[generator.next(below: 6)] = signs[generator.next(below: 8) == 0 ? 1 - label : label]
        let name = String(String.UnicodeScalarView(run))
        return generator.next(below: 3) == 0
          ? "it is the name of the place that we saw \(name)" : name
      }, preset: .fastest)
    #expect(text.contains("tokenizer: characters.v1\n"), "\(text)")
    #expect(!text.contains("normalizers:"))
  }

  @Test("The stages of the language are kept if no other preparation is better")
  func ties() throws {
    let text = try draft(
      Self.rows { label, generator in
        (generator.next(below: 2) == 0 ? "Today" : "today") + " "
          + Self.topic(label, 4, &generator)
      })
    #expect(text.contains("# With unicode.v1 fold: false: "))
    #expect(text.contains(" %, not better by more than one standard error."), "\(text)")
    #expect(!text.contains("normalizers:") && !text.contains("so it is used"), "\(text)")
    #expect(
      text.contains("# Selects the stages sanitize.v1, apostrophes.v1, unicode.v1, words.v1.\n"))
  }

  @Test("The draft does not depend on the number of threads", arguments: [1, 3, 8])
  func threads(count: Int) throws {
    #expect(try draft(Self.marked, threads: count) == draft(Self.marked, threads: 2))
  }

  @Test("Nothing is measured with few documents, on request, or without a reason in the texts")
  func nothing() throws {
    let few = Self.marked.split(separator: "\n").prefix(90).joined(separator: "\n") + "\n"
    let small = try draft(few)
    #expect(small.contains("# Other text preparations were not measured: "))
    #expect(small.contains("[markup]") && !small.contains("# Measured"))
    let skipped = try draft(Self.marked, measures: false)
    #expect(skipped.contains("[markup]") && !skipped.contains("easured"))
    let plain = try draft(
      Self.rows { label, generator in
        Self.topic(label, 3, &generator)
      }.replacing(#/ \d+\n/#, with: "\n"))
    #expect(!plain.contains("easured"), "\(plain)")
  }

  @Test("The documents that are held out for testing decide nothing")
  func testShare() throws {
    func measured(_ text: String) -> [Substring] {
      text.split(separator: "\n").filter { $0.hasPrefix("# Measured") || $0.hasPrefix("# With ") }
    }
    let text = try draft(Self.marked)
    let path = try folder.file("train.tsv", Self.marked)
    let corpus = try Corpus.read([path], format: .tsv)
    let test = Set(corpus.holdingOut(0.2).test.documents.map(\.text))
    let changed = corpus.documents.map { document in
      test.contains(document.text)
        ? "\(document.label)\tnothing but Drums and bread & butter\n"
        : "\(document.label)\t\(String(decoding: document.text, as: UTF8.self))\n"
    }
    #expect(test.count == 60 && measured(text).count == 3, "\(text)")
    #expect(try measured(draft(changed.joined())) == measured(text))
  }

  @Test("Stages and the simple classifier of another package take part")
  func plugins() throws {
    var stages = try StageRegistry.builtIn.adding(normalizers: [NoiseNormalizer.self])
    stages.baselineClassifier = WordCountClassifier()
    let noisy = Self.rows { label, generator in
      let noise = (0..<6).map { _ in
        "#" + Self.words[generator.next(below: 2)][generator.next(below: 4)]
      }
      return noise.joined(separator: " ") + " " + Self.topic(label, 3, &generator)
    }
    let text = try draft(noisy, preset: .accurate, stages: stages)
    #expect(text.contains(" training documents with wordcount.v1, 3 folds: "), "\(text)")
    #expect(text.contains("  - test.noise.v1\n"), "\(text)")
  }

  @Test("The estimate of a run includes learning from documents without labels")
  func selfTraining() throws {
    let stages = try StageRegistry.builtIn.adding(classifiers: [UnlabelledSpy.self])
    let path = try folder.file("train.tsv", Self.marked)
    let more = try folder.file("more.txt", String(repeating: "bread and oven\n", count: 400))
    for unlabelled in [nil, more] {
      let draft = try PipelineDraft(
        corpus: path, vectors: nil, unlabelled: unlabelled,
        recipe: DraftRecipe(of: UnlabelledSpy.self), measures: false, stages: stages, threads: 1)
      UnlabelledSpy.most.withLock { $0 = 0 }
      #expect(draft.estimate(threads: 1) != nil)
      #expect((UnlabelledSpy.most.withLock { $0 } > 0) == (unlabelled != nil))
    }
  }
}

/// A normalizer of another package that removes words with a number sign.
private struct NoiseNormalizer: Normalizer {
  static let stageName = "test.noise.v1"
  static let summary = "removes words that begin with #"
  let configuration: NoSettings
  init(configuration: NoSettings) { self.configuration = configuration }

  func normalize(_ text: AlignedText) -> AlignedText {
    var (bytes, isNoise) = (text.bytes, false)
    for index in bytes.indices {
      if bytes[index] == UInt8(ascii: "#") { isNoise = true }
      if bytes[index] == UInt8(ascii: " ") { isNoise = false }
      if isNoise { bytes[index] = UInt8(ascii: " ") }
    }
    var text = text
    text.replaceInPlace(with: bytes)
    return text
  }

  static func candidates(
    to current: NoiseNormalizer?, in sample: TextSample
  ) -> [TextAlternative<NoiseNormalizer>] {
    guard current == nil, sample.share(where: { $0.contains(UInt8(ascii: "#")) }) > 0.5 else {
      return []
    }
    return [.init(NoiseNormalizer(configuration: .init()), settings: [stageName])]
  }
}

/// A classifier that records the number of documents without labels that it is given.
private struct UnlabelledSpy: Classifier {
  struct Configuration: StageConfiguration {
    static var settings: [Setting<Self>] { [] }
  }

  static let most = Mutex(0)
  static var stageName: String { "test.spy.v1" }
  static var summary: String { "counts documents without labels" }
  static var input: ClassifierInput { .vectors }
  let configuration: Configuration

  func fit(_ task: TrainingTask) throws -> WordCountModel {
    Self.most.withLock { $0 = max($0, task.unlabelled.count) }
    return WordCountModel(words: [:], labelCount: task.examples.labelCount)
  }

  func restore(
    from tensors: TensorCollection, embedding: EmbeddingTable?, labelCount: Int
  ) throws -> WordCountModel {
    WordCountModel(words: [:], labelCount: labelCount)
  }
}
