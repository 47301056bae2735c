import PipelineFiles
import PipelineCore
import Testing

@Suite("Resolved text")
struct ResolvedTextTests {
  private static let short = """
    docket: 1
    classifier: tokens.v1
    """

  private static let long = """
    # All sections.
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

  @Test("The resolved text reads back as the same pipeline", arguments: [short, long, several])
  func roundTrip(text: String) throws {
    let first = try Self.parse(text, overrides: ["training.momentum=0.5"])
    let second = try Self.parse(first.resolvedText)
    Self.expectEqual(first, second)
    #expect(second.resolvedText == first.resolvedText)
  }

  @Test("All defaults are spelled out in a fixed order")
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
}
