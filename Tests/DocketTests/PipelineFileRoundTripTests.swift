import Docket
import FileAccess
import PipelineCore
import Testing

@Suite struct PipelineFileRoundTripTests {
  private static let short = """
    docket: 1
    classifier: tokens.v1
    """

  private static let long = """
    # All there is.
    docket: 1
    training: {epochs: 3, optimizer: sgd, learningRate: 0.00001, seed: 9223372036854775807}
    corpus:
      train: [a.tsv, "b \\"c\\" \\\\ é 🙂\\u0001\\x7f\\u2028\\n#.tsv"]
      test: t.tsv
      validation: "0.25"
      format: csv
      labelColumn: "no"
      textColumn: 010
    normalizers:
      - form.v1
      - {stage: form.v1, form: nfkc, note: "'*x': &y - [z]"}
    tokenizer: {stage: words.v1, longest: 3, keepsMarks: true}
    embedding: {stage: file.v1, vectors: null.txt, extra: [x, y]}
    classifier: {stage: vectors.v1, dropout: 0.30000000000000004}
    limits: {tokens: 5}
    """

  private static let several = """
    docket: 1
    embedding: [random.v1, {stage: file.v1, vectors: null.txt, extra: [x, y]}, random.v1]
    classifier: vectors.v1
    """

  private static func parse(
    _ text: String, overrides: [String] = []
  ) throws -> PipelineDescription {
    try .parse(
      text, name: "p", overrides: overrides, stages: TestStages.registry, requireFiles: false)
  }

  private static func expectEqual(_ left: PipelineDescription, _ right: PipelineDescription) {
    #expect(left.corpus == right.corpus)
    #expect(left.limits == right.limits)
    #expect(left.training == right.training)
    #expect(left.normalizers.count == right.normalizers.count)
    for (a, b) in zip(left.normalizers, right.normalizers) { expectEqual(a, b) }
    expectEqual(left.tokenizer, right.tokenizer)
    let (mine, others) = (left.embedding?.parts ?? [], right.embedding?.parts ?? [])
    #expect(mine.count == others.count)
    for (a, b) in zip(mine, others) { expectEqual(a, b) }
    expectEqual(left.classifier, right.classifier)
  }

  private static func expectEqual<S: Stage>(_ left: S, _ right: any Stage) {
    #expect((right as? S)?.configuration == left.configuration)
  }

  @Test("what is written down reads back as the same pipeline", arguments: [short, long, several])
  func roundTrip(text: String) throws {
    let first = try Self.parse(text, overrides: ["training.momentum=0.5"])
    let second = try Self.parse(first.resolvedText)
    Self.expectEqual(first, second)
    #expect(second.resolvedText == first.resolvedText)
  }

  @Test("all defaults are spelled out, in one order")
  func resolvedText() throws {
    let text = """
      docket: 1
      corpus:
        testShare: 0.0
        validation: 0.1
        format: "auto"
        labelColumn: "label"
        textColumn: "text"
        badRows: "stop"
      normalizers:
        - stage: "form.v1"
          form: "nfc"
          note: ""
      tokenizer:
        stage: "words.v1"
        longest: 100
        keepsMarks: false
      embedding:
        stage: "random.v1"
        dimensions: 50
      classifier:
        stage: "vectors.v1"
        hidden: 3
        dropout: 0.1
        rate: 0.01
      limits:
        tokens: 1024
        documentBytes: 1048576
      training:
        epochs: 6
        batch: 64
        shard: 32
        seed: 1
        optimizer: "adam"
        learningRate: 0.002
        schedule: "linear"
        warmup: 0.0
        plateauFactor: 0.5
        plateauPatience: 1
        momentum: 0.9
        nesterov: false
        weightDecay: 0.0
        classWeights: "none"
        focal: 0.0
        thresholds: false
        clip: 5.0
        clipValue: 0.0
        averaging: 0.0
        patience: 10
        replay: 1.0
        checkpointMinutes: 10.0

      """
    let description = try Self.parse(
      "docket: 1\nembedding: random.v1\nclassifier: vectors.v1\nnormalizers: [form.v1]\n",
      overrides: ["classifier.hidden=3"])
    #expect(description.resolvedText == text)
  }

  @Test("the listing names every stage and setting with its default and range")
  func listing() throws {
    let listing = StageListing(TestStages.registry)
    #expect(
      listing.stages.map(\.name) == [
        "form.v1", "letters.v1", "words.v1", "file.v1", "random.v1", "tokens.v1", "vectors.v1",
      ])
    let lines = listing.text.split(separator: "\n").map { $0.drop { $0 == " " } }
    #expect(lines.contains("hidden   cells (a whole number, 1 to 4096; 64)"))
    #expect(lines.contains("vectors  the vectors (a file; required)"))
    #expect(lines.contains("rate     the step size (a number, above 0.0 to 10.0; 0.01)"))
    #expect(lines.contains("form  the form (one of nfc, nfkc; nfc)"))
    #expect(lines.contains { $0.hasPrefix("seed ") && $0.hasSuffix("at least 0; 1)") })
    let hidden = listing.json["stages"]?.array?.last?["settings"]?.array?.first
    #expect(hidden?["name"]?.string == "hidden")
    #expect(hidden?["default"]?.integer == 64)
    #expect(listing.json["stages"]?.array?.last?["input"]?.string == "vectors")
  }

  @Test("the schema knows the same stages and settings")
  func schema() throws {
    let schema = StageListing(TestStages.registry).schema
    let classifiers = schema["properties"]?["classifier"]?["anyOf"]?.array ?? []
    let vectors = try #require(
      classifiers.first { $0["properties"]?["stage"]?["const"]?.string == "vectors.v1" })
    #expect(vectors["properties"]?["rate"]?["exclusiveMinimum"]?.double == 0)
    #expect(vectors["properties"]?["hidden"]?["maximum"]?.integer == 4096)
    #expect(vectors["additionalProperties"]?.bool == false)
    // A stage with a required setting cannot be given by its name alone.
    let forms = schema["properties"]?["embedding"]?["anyOf"]?.array ?? []
    #expect(forms.count == 2)
    for embedding in [forms.first, forms.last?["items"]] {
      let embeddings = embedding?["anyOf"]?.array ?? []
      #expect(embeddings.compactMap { $0["const"]?.string } == ["random.v1"])
    }
    #expect(schema["properties"]?.object?.count == 10)
  }
}
