import Corpora
import Docket
import PipelineCore
import PipelineFiles
import TestSupport
import Testing

/// `corpus.testShare`: test documents that are held out of the training documents.
@Suite("Corpus section")
struct CorpusSectionTests {
  private let folder = TestFolder()

  private func description(
    _ rows: [String], test: String? = nil, settings: [String]
  ) throws -> PipelineDescription {
    let train = try folder.file("all.tsv", rows.joined())
    let text = """
      docket: 1
      corpus:
        train: "\(train)"
        \(test.map { "test: \"\($0)\"" } ?? "format: auto")
      normalizers:
        - unicode.v1
      tokenizer: words.v1
      embedding: random.v1
      classifier: bilstm.v1
      """
    return try PipelineDescription.parse(
      text, name: "p.yaml", overrides: settings, stages: .builtIn, requireFiles: true)
  }

  private static let rows = (0..<100).map {
    "\($0 % 4 == 0 ? "few" : "many")\tword\($0) x\($0 % 9)\n"
  }

  @Test("Each label gives its share, and no document is in both parts")
  func shares() throws {
    let description = try description(Self.rows, settings: ["corpus.testShare=0.2"])
    let check = try PipelineCheck(description, threads: 2)
    #expect(check.parts.map(\.name) == ["train", "test"])
    #expect(check.parts.map(\.documents) == [80, 20])
    #expect(check.parts[1].classes.map(\.documents) == [5, 15])
    #expect(check.parts[1].leakage?.exact == 0)
    let training = try description.corpus.readTraining()
    let test = try description.corpus.readTest()
    #expect(training.documents.count == 80 && test.documents.count == 20)
    #expect(test.overlap(with: training) == [])
  }

  @Test("Every training seed holds out the same documents")
  func seeds() throws {
    let first = try description(Self.rows, settings: ["corpus.testShare=0.2"])
    let other = try description(
      Self.rows, settings: ["corpus.testShare=0.2", "training.seed=9"])
    #expect(try first.corpus.readTest().documents == other.corpus.readTest().documents)
    let checks = try [first, other].map { try PipelineCheck($0, threads: 2) }
    #expect(checks[0].parts[1].tokens == checks[1].parts[1].tokens)
    // The estimated time differs from one measurement to the next.
    let texts = checks.map { check in
      check.text.split(separator: "\n").filter { !$0.hasPrefix("a run takes about ") }
    }
    #expect(texts[0] == texts[1])
  }

  @Test("A test corpus and a share of the training documents cannot be used together")
  func conflict() throws {
    let test = try folder.file("test.tsv", "a\tx\nb\ty\n")
    let errors = #expect(throws: ConfigurationErrors.self) {
      _ = try description(
        Self.rows, settings: ["corpus.test=\(test)", "corpus.testShare=0.2"])
    }
    #expect(errors?.errors.map(\.code) == ["conflict"])
    // An option replaces what the file says.
    let replaced = try description(Self.rows, test: test, settings: ["corpus.testShare=0.2"])
    #expect(replaced.corpus.test.isEmpty && replaced.corpus.testShare == 0.2)
  }
}
