import Corpora
import PipelineCore
import PipelineFiles
import Testing

/// Settings of an outside stage that name files in every form.
private struct FileSettings: StageConfiguration {
  struct Inner: StageConfiguration {
    var text: [FilePath] = []
    var share = ShareOrPath.share(0.5)
    static var settings: [Setting<Self>] {
      [
        .paths("text", \.text, required: false, "texts"),
        .shareOrPath("share", \.share, 0...1, "a share or a file"),
      ]
    }
  }
  struct Lists: StageConfiguration {
    var words: FilePath?
    static var settings: [Setting<Self>] {
      [.path("words", \.words, required: false, "words")]
    }
  }
  var inner: Inner?
  var lists = Lists()
  var name = ""
  static var settings: [Setting<Self>] {
    [.section("inner", \.inner, "a section"), .text("name", \.name, "no file")]
      + Lists.settings.map { $0.embedded(at: \.lists) }
  }
}

private struct OutsideNormalizer: Normalizer {
  static let stageName = "outside.v1"
  static let summary = "Does not change the text."
  let configuration: FileSettings
  func normalize(_ text: AlignedText) -> AlignedText { text }
}

private struct OutsideClassifier: Classifier {
  static let stageName = "outsideVectors.v1"
  static let summary = "Learns nothing."
  static let input = ClassifierInput.vectors
  let configuration: FileSettings
  func fit(_ task: TrainingTask) -> NoModel { NoModel() }
  func restore(
    from tensors: TensorCollection, embedding: EmbeddingTable?, labelCount: Int
  ) -> NoModel { NoModel() }
}

@Suite("Descriptions of pipelines")
struct PipelineDescriptionTests {
  private static func files(_ text: String, overrides: [String] = []) throws -> [String] {
    var registry = TestStages.registry
    try registry.register(normalizer: OutsideNormalizer.self)
    try registry.register(classifier: OutsideClassifier.self)
    return try PipelineDescription.parse(
      text, name: "p.yaml", directory: "d", overrides: overrides, stages: registry,
      requireFiles: false
    ).files.map(\.resolved)
  }

  @Test(
    "Every file that a setting names is found, also in sections and stages of others",
    arguments: [
      ("classifier: tokens.v1", []),
      (
        "corpus: {train: a, test: [b, c], validation: e}\nclassifier: tokens.v1",
        ["a", "b", "c", "e"]
      ),
      ("corpus: {train: [a], validation: 0.2}\nclassifier: tokens.v1", ["a"]),
      (
        "embedding: {stage: file.v1, vectors: v, extra: [w, x]}\nclassifier: vectors.v1",
        ["v", "w", "x"]
      ),
      (
        "embedding: [{stage: file.v1, vectors: v}, {stage: file.v1, vectors: w}]\n"
          + "classifier: vectors.v1", ["v", "w"]
      ),
      ("normalizers: [{stage: outside.v1, words: n, name: x}]\nclassifier: tokens.v1", ["n"]),
      (
        "normalizers: [{stage: outside.v1, inner: {text: [s, t], share: u}}]\n"
          + "classifier: tokens.v1", ["s", "t", "u"]
      ),
      (
        "embedding: random.v1\nclassifier: {stage: outsideVectors.v1, inner: {share: m}, words: k}",
        ["m", "k"]
      ),
      ("normalizers: [{stage: outside.v1, inner: true}]\nclassifier: tokens.v1", []),
    ])
  func files(text: String, expected: [String]) throws {
    #expect(try Self.files("docket: 1\n" + text) == expected.map { "d/\($0)" })
  }

  @Test("Files of the command line are those of the working directory")
  func overrides() throws {
    let files = try Self.files(
      "docket: 1\ncorpus: {train: a}\nembedding: {stage: file.v1, vectors: v}\nclassifier: vectors.v1",
      overrides: ["corpus.train=x/y", "embedding.vectors=/z", "corpus.validation=q"])
    #expect(files == ["x/y", "q", "/z"])
  }
}
