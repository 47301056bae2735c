import Classifiers
import Docket
import FileAccess
import PipelineCore
import TestSupport
import Testing

/// Calibration and evidence in the reports of a run.
@Suite("Evidence and calibration in reports")
struct EvidenceTests {
  private static let hostile = "</script><img/onerror=alert(1)>\u{1b}[31m"

  /// Writes a corpus whose words start with capitals, with a hostile word in every document of a label.
  private static func run(
    _ folder: TestFolder, _ classifier: String, _ settings: [String] = [],
    stages: StageRegistry = .builtIn
  ) throws -> (json: JSONValue, text: String, html: String) {
    let lines = TinyCorpus.documents(90).map { document in
      let words = document.text.split(separator: " ").map {
        $0.prefix(1).uppercased() + $0.dropFirst()
      }
      let more = document.label == "music" ? " \(hostile)" : ""
      return "\(document.label)\t\(words.joined(separator: " "))\(more)\n"
    }
    try folder.file("train.tsv", lines.joined())
    try folder.file("test.tsv", lines.prefix(30).joined())
    let embedding =
      classifier.contains("ngrams.v1") || classifier.contains("wordcount")
      ? "" : "embedding: {stage: random.v1, dimensions: 12}\n"
    let path = try folder.file(
      "p.yaml",
      "docket: 1\ncorpus: {train: train.tsv, test: test.tsv}\nnormalizers: [{stage: unicode.v1, fold: true}]\n"
        + "tokenizer: spaces.v1\n\(embedding)classifier: {\(classifier)}\n"
        + "training: {epochs: 30, batch: 8, learningRate: 0.02}\n")
    let description = try PipelineDescription.load(
      path: path, overrides: settings, stages: stages, requireFiles: true)
    let output = folder.path + "/out"
    try Folder.make(output)
    _ = try PipelineRun(PipelineTraining(description, threads: 2), title: "p").run(output: output)
    func read(_ name: String) throws -> [UInt8] {
      try InputFile.readAll(path: "\(output)/\(name)", limit: 1 << 24)
    }
    return (
      try JSONValue.parse(read("report.json"), file: "report.json"),
      String(decoding: try read("report.txt"), as: UTF8.self),
      String(decoding: try read("report.html"), as: UTF8.self)
    )
  }

  private static func texts(_ json: JSONValue, _ label: String, _ list: String) -> [String] {
    let entry = json["evidence"]?["labels"]?.array?.first { $0["label"]?.string == label }
    return entry?[list]?.array?.compactMap { $0["text"]?.string } ?? []
  }

  @Test("The strongest n-grams are in the letters of the documents, and hostile ones are escaped")
  func ngrams() throws {
    let report = try Self.run(TestFolder(), "stage: ngrams.v1, words: 1, characters: 4")
    let cooking = Self.texts(report.json, "cooking", "ngrams")
    #expect(cooking.count == 10 && cooking.contains { ["Bread", "Oven", "Soup"].contains($0) })
    let topic = ["bread", "oven", "butter", "soup", "recipe", "flour"].joined(separator: " | ")
    #expect(cooking.allSatisfy { topic.contains($0.lowercased().trimmed) }, "\(cooking)")
    let entries = try #require(report.json["evidence"]?["labels"]?.array)
    for entry in entries {
      let weights = try #require(entry["ngrams"]?.array).compactMap { $0["weight"]?.double }
      #expect(
        weights.count <= 10 && weights == weights.sorted(by: >) && weights.allSatisfy { $0 > 0 })
      #expect(entry["tokens"]?.array?.isEmpty == true)
    }
    #expect(report.json["evidence"]?["sample"] == .null)
    #expect(
      Self.texts(report.json, "music", "ngrams").contains {
        $0.contains("onerror") || $0.contains("script")
      })
    #expect(
      report.text.contains("n-grams with the largest weights") && !report.text.contains("\u{1b}"))
    #expect(!report.html.contains("<img/onerror") && !report.html.contains("\u{1b}"))
    #expect(report.html.contains("What identifies each label"))
  }

  @Test(
    "The tokens with the most influence on a network are those of the label, in a stated sample")
  func tokens() throws {
    let report = try Self.run(TestFolder(), "stage: bilstm.v1, hidden: 16, ngrams: 0")
    for (label, words) in TinyCorpus.topics {
      let first = Self.texts(report.json, label, "tokens").prefix(1).map { $0.lowercased() }
      #expect(
        !first.isEmpty && first.allSatisfy { words.contains($0) || $0.contains("onerror") },
        "\(first)")
    }
    let sample = try #require(report.json["evidence"]?["sample"])
    #expect(sample["total"]?.integer == 30 && sample["seed"]?.integer == 1)
    #expect(sample["method"]?.string == "integrated-gradients")
    let count = try #require(sample["documents"]?.integer)
    #expect((10...30).contains(count) && report.text.contains("measured on \(count)"))
    #expect(!report.html.contains("<img/onerror") && !report.text.contains("\u{1b}"))
  }

  @Test("A classifier that is not built in shows its n-grams and the influence of its tokens")
  func ownClassifier() throws {
    var stages = StageRegistry.builtIn
    try stages.register(classifier: WordCountClassifier.self)
    let report = try Self.run(TestFolder(), "stage: wordcount.v1", stages: stages)
    for (label, words) in TinyCorpus.topics {
      for list in ["ngrams", "tokens"] {
        let found = Self.texts(report.json, label, list).map { $0.lowercased() }
        #expect(!found.isEmpty, "\(label) \(list)")
        for text in found.prefix(3) {
          #expect(words.contains(text) || text.contains("onerror"), "\(label) \(list): \(text)")
        }
      }
    }
    let first = try #require(report.json["evidence"]?["labels"]?.array?.first?["ngrams"]?.array)
    let weights = first.compactMap { $0["weight"]?.double }
    #expect(weights == weights.sorted(by: >) && weights.count == first.count)
    #expect(report.text.contains("n-grams with the largest weights"))
    #expect(report.html.contains("What identifies each label"))
  }

  @Test("A network is calibrated on the validation documents, and the report shows what changed")
  func calibration() throws {
    let report = try Self.run(TestFolder(), "stage: recurrent.v1, cell: gru, hidden: 8, ngrams: 0")
    let record = try #require(report.json["calibration"])
    let losses = ["before", "after"].compactMap { record[$0]?["logLoss"]?.double }
    #expect(losses.count == 2 && losses[1] < losses[0])
    #expect(record["documents"]?.integer ?? 0 > 0 && record["temperature"]?.double ?? 0 > 0)
    #expect(report.text.contains("all scores are divided by the temperature"))
    #expect(report.html.contains("Effect of calibration"))
  }

  @Test("Reports without texts have no evidence")
  func confidential() throws {
    let report = try Self.run(TestFolder(), "stage: ngrams.v1", ["report.texts=none"])
    #expect(report.json["evidence"] == nil && !report.text.contains("Bread"))
  }
}

extension String {
  fileprivate var trimmed: Substring {
    var text = self[...]
    while text.hasPrefix(" ") { text = text.dropFirst() }
    while text.hasSuffix(" ") { text = text.dropLast() }
    return text
  }
}
