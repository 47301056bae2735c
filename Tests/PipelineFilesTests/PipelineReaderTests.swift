import Corpora
import PipelineFiles
import PipelineCore
import Testing

@Suite("Pipeline reader")
struct PipelineReaderTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    /// The errors as `line:column code`, in order.
    var found: [String]
    var phrase: String
    var testDescription: String { name }

    init(_ name: String, _ text: String, _ found: [String], _ phrase: String) {
      (self.name, self.text, self.found, self.phrase) = (name, text, found, phrase)
    }
  }

  static let tokens = "docket: 1\nclassifier: tokens.v1\n"
  static let vectors = "docket: 1\nembedding: random.v1\nclassifier:\n  stage: vectors.v1\n"

  static let cases: [Case] = [
    .init("empty", "", ["syntax"], "no stages"),
    .init("only comments", "# a\n\n# b\n", ["syntax"], "no stages"),
    .init("3 MiB", "#" + String(repeating: "x", count: 3 << 20), ["out-of-range"], "2097152"),
    .init("tab", "docket: 1\nclassifier:\n\tstage: tokens.v1\n", ["3:1 unsupported"], "tabs"),
    .init("NUL", tokens + "\0", ["3:1 syntax"], "U+0000"),
    .init("unclosed quote", "docket: 1\nclassifier: \"x\n", ["2:13 syntax"], "never closed"),
    .init("bad YAML", "docket: 1\n  a: b\n", ["2:4 syntax"], "mapping values are not allowed"),
    .init("a list", "- a\n", ["1:1 wrong-type"], "a mapping of sections"),
    .init("a text", "hello\n", ["1:1 wrong-type"], "found \"hello\""),
    .init("duplicate", tokens + "docket: 1\n", ["3:1 duplicate-setting"], "lines 1 and 3"),
    .init(
      "a stage twice", tokens + "classifier: vectors.v1\n", ["3:1 duplicate-setting"], "2 and 3"),
    .init(
      "unknown setting", vectors + "  hiden_size: 3\n", ["5:3 unknown-setting"],
      "did you mean \"hidden\"?"),
    .init("unknown section", tokens + "clasifier: x\n", ["3:1 unknown-setting"], "\"classifier\"?"),
    .init(
      "threads are no setting", tokens + "training: {threads: 0}\n", ["3:12 unknown-setting"],
      "known: epochs"),
    .init(
      "unknown stage", "docket: 1\nclassifier: forest.v1\n", ["2:13 unknown-stage"],
      "known: tokens.v1, vectors.v1"),
    .init(
      "stage in another role", "docket: 1\ntokenizer: form.v1\nclassifier: tokens.v1\n",
      ["2:12 unknown-stage"], "form.v1 is a normalizer stage, not a tokenizer stage"),
    .init(
      "several in a role of one", tokens + "tokenizer: [words.v1, letters.v1]\n",
      ["3:12 wrong-type"], "the name of a stage"),
    .init(
      "normalizers as a name", tokens + "normalizers: form.v1\n", ["3:14 wrong-type"], "a list"),
    .init(
      "too many normalizers",
      tokens + "normalizers: [\(Array(repeating: "a", count: 61).joined(separator: ","))]\n",
      ["3:14 out-of-range"], "at most 60"),
    .init("stage without name", tokens + "tokenizer: {stage: [a]}\n", ["3:20 wrong-type"], "stage"),
    .init(
      "mapping without stage", "docket: 1\nclassifier: {hidden: 3}\n", ["2:13 missing-setting"],
      "classifier needs the setting \"stage\""),
    .init("no classifier", "docket: 1\n", ["1:1 missing-setting"], "\"classifier\""),
    .init("no format", "classifier: tokens.v1\n", ["1:1 missing-setting"], "\"docket\""),
    .init("format 99", "docket: 99\nnew: 1\n", ["1:9 unknown-format"], "needs docket >= 99"),
    .init("format 0", "docket: 0\nclassifier: tokens.v1\n", ["1:9 out-of-range"], "must be 1"),
    .init("format as text", "docket: \"1\"\nclassifier: tokens.v1\n", ["1:9 wrong-type"], "number"),
    .init(
      "missing vectors", "docket: 1\nembedding: file.v1\nclassifier: vectors.v1\n",
      ["2:12 missing-setting"], "file.v1 needs the setting \"vectors\""),
    .init("no embedding", "docket: 1\nclassifier: vectors.v1\n", ["2:13 conflict"], "an embedding"),
    .init(
      "idle embedding", tokens + "embedding: random.v1\n", ["3:12 conflict"], "reads tokens"),
    .init(
      "no embeddings", "docket: 1\nembedding: []\nclassifier: vectors.v1\n", ["2:12 out-of-range"],
      "between 1 and 16"),
    .init(
      "errors in several embeddings",
      "docket: 1\nembedding:\n  - random.v2\n  - {stage: random.v1, extra: 1}\n  - [a]\n"
        + "classifier: vectors.v1\n",
      ["3:5 unknown-stage", "4:24 unknown-setting", "5:5 wrong-type"], "embedding[2]"),
    .init(
      "epochs as text", tokens + "training: {epochs: \"ten\"}\n", ["3:20 wrong-type"], "\"ten\""),
    .init("epochs 1e3", tokens + "training: {epochs: 1e3}\n", ["3:20 wrong-type"], "whole number"),
    .init("epochs -1", tokens + "training: {epochs: -1}\n", ["3:20 out-of-range"], "found -1"),
    .init("epochs 0", tokens + "training: {epochs: 0}\n", ["3:20 out-of-range"], "between 1"),
    .init(
      "epochs 10^20", tokens + "training: {epochs: 100000000000000000000}\n",
      ["3:20 out-of-range"], "found 1000"),
    .init("rate nan", vectors + "  rate: .nan\n", ["5:9 wrong-type"], "a number"),
    .init("rate inf", vectors + "  rate: .inf\n", ["5:9 wrong-type"], "a number"),
    .init("rate 1e999", vectors + "  rate: 1e999\n", ["5:9 out-of-range"], "at most"),
    .init("rate -0.1", vectors + "  rate: -0.1\n", ["5:9 out-of-range"], "above 0"),
    .init("rate 0", vectors + "  rate: 0\n", ["5:9 out-of-range"], "above 0"),
    .init("setting of nothing", vectors + "  rate:\n", ["5:8 wrong-type"], "found nothing"),
    .init(
      "conflict", vectors + "  hidden: 13\n  dropout: 0\n", ["4:3 conflict"], "needs dropout"),
    .init(
      "validation above a half", tokens + "corpus: {validation: 0.6}\n", ["3:22 out-of-range"],
      "between 0.0 and 0.5"),
    .init(
      "one column for both", tokens + "corpus: {labelColumn: x, textColumn: x}\n",
      ["3:9 conflict"], "the same column"),
    .init("limit", tokens + "limits: {tokens: 0}\n", ["3:18 out-of-range"], "tokens"),
    .init("section as text", tokens + "limits: many\n", ["3:9 wrong-type"], "limits must be"),
    .init(
      "all at once",
      """
      docket: 1
      training:
        epochs: none
        bach: 3
      classifier:
        dropout: 2
        stage: vectors.v1
        hidden: 0
      tokenizer: form.v1
      normalizers:
        - form.v1
        - {stage: form.v1, form: nfx}
      other: 1
      """,
      [
        "3:11 wrong-type", "4:3 unknown-setting", "6:12 out-of-range", "8:11 out-of-range",
        "9:12 unknown-stage", "12:28 unknown-choice", "13:1 unknown-setting",
      ], "\"batch\""),
  ]

  static func summary(_ error: ConfigurationError) -> String {
    guard case .line(_, let line, let column?) = error.position else { return error.code }
    return "\(line):\(column) \(error.code)"
  }

  static func errors(_ body: () throws -> PipelineDescription) -> [ConfigurationError] {
    (#expect(throws: ConfigurationErrors.self) { _ = try body() })?.errors ?? []
  }

  @Test("All errors are reported at once, each with its position", arguments: cases)
  func faults(_ wrong: Case) {
    let errors = Self.errors {
      try .parse(wrong.text, name: "p.yaml", stages: TestStages.registry, requireFiles: false)
    }
    #expect(errors.map(Self.summary) == wrong.found)
    let sentences = errors.map(\.sentence).joined(separator: "\n")
    #expect(sentences.contains(wrong.phrase), "\(sentences)")
    #expect(errors.allSatisfy { $0.category == .badInput && $0.position != nil })
  }

  @Test("no, 010 and 12:30 are strings in a setting that holds text")
  func textsStayTexts() throws {
    for text in ["no", "010", "12:30:45", "true", "1.0"] {
      let description = try PipelineDescription.parse(
        Self.tokens + "normalizers:\n  - stage: form.v1\n    note: \(text)\n", name: "p",
        stages: TestStages.registry, requireFiles: false)
      #expect((description.normalizers.first as? FormNormalizer)?.configuration.note == text)
    }
  }

  @Test("The shortest pipeline has words.v1, no normalizers and all defaults")
  func defaults() throws {
    let description = try PipelineDescription.parse(
      Self.tokens, name: "p", stages: TestStages.registry, requireFiles: false)
    #expect((description.tokenizer as? WordTokenizer)?.configuration.longest == 100)
    #expect(description.normalizers.isEmpty && description.embedding == nil)
    #expect(description.limits.tokens == 1024 && description.limits.documentBytes == 1_048_576)
    #expect(description.corpus.validation == .share(0.1))
    #expect(description.training == TrainingSettings())
  }
}
