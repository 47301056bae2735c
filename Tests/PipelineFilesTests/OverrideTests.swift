import Corpora
import PipelineFiles
import PipelineCore
import Testing

@Suite("Overrides")
struct OverrideTests {
  private static let text = """
    docket: 1
    normalizers: [form.v1, {stage: form.v1, form: nfkc}]
    embedding: random.v1
    classifier:
      stage: vectors.v1
      hidden: 7
    """

  private static func parse(_ overrides: String...) throws -> PipelineDescription {
    try .parse(
      text, name: "p", overrides: overrides, stages: TestStages.registry, requireFiles: false)
  }

  @Test("A setting on the command line overrides the file, and the last one wins")
  func replaces() throws {
    let description = try Self.parse(
      "training.seed=3", "limits.tokens=9", "classifier.hidden=1", "classifier.hidden=2")
    #expect(description.training.seed == 3)
    #expect(description.limits.tokens == 9)
    #expect((description.classifier as? VectorClassifier)?.configuration.hidden == 2)
    #expect(description.overrides.count == 4 && description.sourceText == Self.text)
  }

  @Test("A stage given by name can get settings, and list indices start at 0")
  func stagesAndLists() throws {
    let description = try Self.parse(
      "embedding.dimensions=5", "normalizers.0.form=nfkc", "normalizers.1.note=a=b",
      "tokenizer.longest=8")
    #expect((description.embedding?.parts.first as? RandomEmbedding)?.configuration.dimensions == 5)
    let normalizers = description.normalizers.compactMap { $0 as? FormNormalizer }
    #expect(normalizers.map(\.configuration.form) == [.nfkc, .nfkc])
    #expect(normalizers.last?.configuration.note == "a=b")
    #expect((description.tokenizer as? WordTokenizer)?.configuration.longest == 8)
  }

  @Test("A stage can be replaced or removed, and a list is given as YAML")
  func replacesStages() throws {
    let description = try Self.parse(
      "classifier=tokens.v1", "embedding=null", "normalizers=[{stage: form.v1, note: '*x'}]",
      "corpus.test=[\"a b\", c]", "tokenizer='letters.v1'")
    #expect(description.classifier is TokenClassifier && description.embedding == nil)
    #expect((description.normalizers.first as? FormNormalizer)?.configuration.note == "*x")
    #expect(description.corpus.test.map(\.written) == ["a b", "c"])
    #expect(description.tokenizer is LetterTokenizer)
  }

  @Test("A plain value is not YAML and keeps its signs and spaces")
  func plainValues() throws {
    let description = try Self.parse("normalizers.0.note=*x: &y #z")
    let first = description.normalizers.first as? FormNormalizer
    #expect(first?.configuration.note == "*x: &y #z")
  }

  @Test(
    "An invalid override is reported with its option",
    arguments: [
      ("training.seed=x", "wrong-type", "a whole number"),
      ("training.sed=3", "unknown-setting", "\"seed\"?"),
      ("sed=3", "unknown-setting", "a pipeline has no setting"),
      ("training.seed.x=3", "wrong-type", "training.seed must be a mapping"),
      ("docket.x=3", "wrong-type", "docket must be a mapping"),
      ("normalizers.x.form=nfc", "wrong-type", "an index of the list, from 0"),
      ("normalizers.2.form=nfc", "out-of-range", "at most 1"),
      ("normalizers.-1.form=nfc", "out-of-range", "found -1"),
      ("training", "syntax", "key=value"), ("=3", "syntax", "key=value"),
      ("training..seed=3", "syntax", "key=value"), ("training.=3", "syntax", "key=value"),
      (String(repeating: "a.", count: 60_000) + "a=1", "syntax", "key=value"),
      ("corpus.test=[a", "syntax", "never closed"),
      ("corpus.test=[*a]", "unsupported", "anchors and aliases"),
      ("corpus.test=\"a\" b", "syntax", "invalid YAML"),
      ("corpus.train=", "wrong-type", "found nothing"),
    ])
  func faults(override: String, code: String, phrase: String) {
    let before = override.hasPrefix("training.seed.") ? ["training.seed=1"] : []
    let errors = PipelineReaderTests.errors {
      try .parse(
        Self.text, name: "p", overrides: before + [override], stages: TestStages.registry,
        requireFiles: false)
    }
    #expect(errors.map(\.code) == [code])
    #expect(errors.first?.position == .option("--set \(override.excerpt(200))"))
    #expect(errors.first?.sentence.contains(phrase) == true, "\(errors.first?.sentence ?? "")")
  }

  @Test("Errors of the command line follow those of the file, in their own order")
  func order() {
    let errors = PipelineReaderTests.errors {
      try .parse(
        Self.text + "\n  dropout: x\n", name: "p", overrides: ["zzz=1", "corpus", "aaa.b=1"],
        stages: TestStages.registry, requireFiles: false)
    }
    #expect(
      errors.map { $0.position?.description } == [
        "p:7:12", "--set corpus", "--set zzz=1", "--set aaa.b=1",
      ])
  }
}
