import TestSupport
import FileAccess
import Testing

/// Training with labels of very different sizes.
@Suite struct ImbalanceTests {
  /// Returns a folder with 240 documents of music and 8 of weather; half of the words are noise.
  private static func folder() throws -> TestFolder {
    let folder = try TinyPipeline.folder(epochs: 4)
    var lines = ""
    for number in 0..<248 {
      let topic = TinyCorpus.topics[number % 31 == 0 ? 2 : 1]
      let words = [topic.words[number % 6], "today", "the", "\(number % 7)"]
      lines += "\(topic.label)\t\(words.joined(separator: " "))\n"
    }
    try folder.file("train.tsv", lines)
    try folder.file("test.tsv", "music\tdrum today the 3\nweather\train today the 3\n")
    return folder
  }

  @Test("Imbalanced labels cause a warning that suggests weights; with weights there is none")
  func warning() throws {
    let folder = try Self.folder()
    let plain = try Command.docket("train", "pipeline.yaml", folder: folder.path)
    #expect(plain.code == 0)
    #expect(plain.errors.contains("[imbalanced-labels]"), "\(plain.errors)")
    #expect(plain.errors.contains("\"music\" with 216"), "\(plain.errors)")
    // Models also have the text of the pipeline, so their predictions are compared.
    var predictions: Set<[UInt8]> = []
    for setting in [
      "training.classWeights=none", "training.classWeights=balanced",
      "training.classWeights=effective", "training.classWeights={\"weather\": 20}",
      "training.focal=2",
    ] {
      var digests: Set<[UInt8]> = []
      for threads in ["1", "3"] {
        let outcome = try Command.docket(
          "train", "pipeline.yaml", "--set", setting, "--threads", threads, folder: folder.path)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let isWarned = setting.hasSuffix("none") || setting.contains("focal")
        #expect(outcome.errors.contains("[imbalanced-labels]") == isWarned, "\(setting)")
        let text = try Command.docket("show", "model.docket", "--json", folder: folder.path)
        let shown = try JSONValue.parse(text.output, file: "output")
        digests.insert(Array((shown["sha256"]?.string ?? "").utf8))
      }
      #expect(digests.count == 1, "\(setting)")
      let classified = try Command.docket(
        "classify", "model.docket", "--top", "2", input: Array("drum today\nrain the 3\n".utf8),
        folder: folder.path)
      predictions.insert(classified.output)
    }
    #expect(predictions.count == 5)
    let unknown = try Command.docket(
      "train", "pipeline.yaml", "--set", "training.classWeights={\"sport\": 2}",
      folder: folder.path)
    #expect(unknown.code == 65)
    #expect(unknown.errors.contains("names the label \"sport\""), "\(unknown.errors)")
  }

  @Test("Thresholds are chosen on the validation documents, reported and stored in the model")
  func thresholds() throws {
    let folder = try Self.folder()
    let outcome = try Command.docket(
      "run", "pipeline.yaml", "--output", "out", "--set", "training.thresholds=true", "--set",
      "corpus.validation=0.3", "--set", "training.epochs=1", folder: folder.path)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("thresholds: macro F1 on the validation documents"))
  }
}
