import Corpora
import Docket
import PipelineFiles
import PipelineCore
import Testing

@Suite("Class balance")
struct ClassBalanceTests {
  private static func documents(_ counts: [String: Int]) -> [CorpusDocument] {
    counts.sorted { $0.key < $1.key }.flatMap { name, count in
      (0..<count).map { number in
        CorpusDocument(text: [], label: Label(name), position: .line("c.tsv", number, column: nil))
      }
    }
  }

  private static func balance(_ counts: [String: Int]) -> ClassBalance {
    let documents = documents(counts)
    return ClassBalance(documents, labels: LabelSet(documents.map(\.label)))
  }

  @Test("Balanced weights equalize labels, effective weights less so, and both have the mean 1")
  func computed() throws {
    let counts = ["a": 900, "b": 90, "c": 10]
    let balance = Self.balance(counts)
    let balanced = try balance.weights(.balanced)
    // N / (C n)
    for (weight, expected) in zip(balanced, [1000.0 / 2700, 1000.0 / 270, 1000.0 / 30]) {
      #expect((weight - expected).magnitude < 1e-9)
    }
    let effective = try balance.weights(.effective)
    for weights in [balanced, effective] {
      let mean = zip(weights, [900.0, 90, 10]).reduce(0) { $0 + $1.0 * $1.1 } / 1000
      #expect((mean - 1).magnitude < 1e-9)
    }
    // (1 - 0.999^900) / (1 - 0.999^10) = 59.6 in place of 90.
    #expect((effective[2] / effective[0] - 59.629).magnitude < 1e-2)
    #expect(try balance.weights(.none) == [])
  }

  @Test("Given weights are used as they are, and a label that no document has is refused")
  func given() throws {
    let balance = Self.balance(["a": 3, "b": 4])
    let weights = ClassWeights.given([.init(label: Label("b"), weight: 2.5)])
    #expect(try balance.weights(weights) == [1, 2.5])
    let unknown = ClassWeights.given([.init(label: Label("x"), weight: 2)])
    #expect(throws: ConfigurationErrors.self) { try balance.weights(unknown) }
  }

  @Test(
    "A ratio above 10 causes a warning with the weights that would help, unless weights are set")
  func warning() throws {
    let text = try #require(Self.balance(["big": 1210, "small": 11]).warning(.none))
    #expect(text.contains("\"big\" with 1,210 documents, has 110 times as many"), "\(text)")
    #expect(text.contains("\"small\" with 11"))
    #expect(
      text.contains("balanced would weight their documents by 0.505 and 55.5"), "\(text)")
    #expect(text.hasSuffix("[imbalanced-labels]"))
    #expect(Self.balance(["big": 100, "small": 10]).warning(.none) == nil)
    #expect(Self.balance(["big": 1210, "small": 11]).warning(.balanced) == nil)
  }

  private static func parse(_ setting: String) throws -> PipelineDescription {
    try PipelineDescription.parse(
      "docket: 1\ntokenizer: words.v1\nclassifier: ngrams.v1\ntraining:\n  \(setting)\n",
      name: "p.yaml", stages: .builtIn, requireFiles: false)
  }

  @Test(
    "The setting is a word or a weight per label, and is written as it was read",
    arguments: [
      ("classWeights: balanced", ClassWeights.balanced),
      ("classWeights: effective", .effective), ("epochs: 3", .none),
      (
        "classWeights: {\"a b\": 2, c: 0.5}",
        .given([.init(label: Label("a b"), weight: 2), .init(label: Label("c"), weight: 0.5)])
      ),
    ])
  func setting(text: String, weights: ClassWeights) throws {
    let description = try Self.parse(text)
    #expect(description.training.classWeights == weights)
    let again = try PipelineDescription.parse(
      description.resolvedText, name: "again", stages: .builtIn, requireFiles: false)
    #expect(again.training == description.training)
  }

  @Test(
    "Any other value is refused with a correction",
    arguments: [
      ("classWeights: balance", "did you mean \"balanced\""), ("classWeights: [1, 2]", "a weight"),
      ("classWeights: {a: x}", "classWeights.a must be a number"),
      ("classWeights: {a: 0}", "classWeights.a must be above 0"),
    ])
  func refused(text: String, phrase: String) throws {
    let errors = #expect(throws: ConfigurationErrors.self) { try Self.parse(text) }
    #expect(
      errors?.errors.first?.sentence.contains(phrase) == true, "\(String(describing: errors))")
  }
}
