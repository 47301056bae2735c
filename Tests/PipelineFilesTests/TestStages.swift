import PipelineCore

/// Minimal stages for the tests of pipeline files.
enum TestStages {
  static var registry: StageRegistry {
    StageRegistry(
      normalizers: [FormNormalizer.self], tokenizers: [WordTokenizer.self, LetterTokenizer.self],
      embeddings: [FileEmbedding.self, RandomEmbedding.self],
      classifiers: [VectorClassifier.self, TokenClassifier.self])
  }
}

struct FormNormalizer: Normalizer {
  struct Configuration: StageConfiguration {
    enum Form: String, CaseIterable, Sendable { case nfc, nfkc }
    var form = Form.nfc
    var note = ""
    static var settings: [Setting<Self>] {
      [.choice("form", \.form, "the form"), .text("note", \.note, "any text")]
    }
  }
  static let stageName = "form.v1"
  static let summary = "Does not change the text."
  let configuration: Configuration
  func normalize(_ text: AlignedText) -> AlignedText { text }
}

struct WordTokenizer: Tokenizer {
  struct Configuration: StageConfiguration {
    var longest = 100
    var keepsMarks = false
    static var settings: [Setting<Self>] {
      [
        .integer("longest", \.longest, 1...1000, "bytes of a token"),
        .boolean("keepsMarks", \.keepsMarks, "whether marks are tokens"),
      ]
    }
  }
  static let stageName = "words.v1"
  static let summary = "Finds no tokens."
  let configuration: Configuration
  func tokenize(_ text: AlignedText) -> TokenSequence { TokenSequence(text: text, ranges: []) }
}

struct LetterTokenizer: Tokenizer {
  static let stageName = "letters.v1"
  static let summary = "Also finds no tokens."
  let configuration: NoSettings
  func tokenize(_ text: AlignedText) -> TokenSequence { TokenSequence(text: text, ranges: []) }
}

struct FileEmbedding: Embedding {
  struct Configuration: StageConfiguration {
    var vectors: FilePath?
    var extra: [FilePath] = []
    static var settings: [Setting<Self>] {
      [
        .path("vectors", \.vectors, required: true, "the vectors"),
        .paths("extra", \.extra, required: false, "more vectors"),
      ]
    }
  }
  static let stageName = "file.v1"
  static let summary = "Makes an empty table."
  let configuration: Configuration
  func makeTable(for task: EmbeddingTask) -> EmbeddingTable {
    EmbeddingTable(
      vocabulary: Vocabulary(), dimensions: 1, values: [0], isTrainable: false, summary: "")
  }
}

struct RandomEmbedding: Embedding {
  struct Configuration: StageConfiguration {
    var dimensions = 50
    static var settings: [Setting<Self>] {
      [.integer("dimensions", \.dimensions, 1...4096, "numbers per word")]
    }
  }
  static let stageName = "random.v1"
  static let summary = "Makes an empty table."
  let configuration: Configuration
  func makeTable(for task: EmbeddingTask) -> EmbeddingTable {
    EmbeddingTable(
      vocabulary: Vocabulary(), dimensions: 1, values: [0], isTrainable: false, summary: "")
  }
}

struct NoModel: ClassifierModel {
  var embedding: EmbeddingTable? { nil }
  var tensors: [NamedTensor] { [] }
  var history: [EpochRecord] { [] }
  func probabilities(of documents: [EncodedDocument], threads: Int) -> [[Float]] { [] }
}

struct VectorClassifier: Classifier {
  struct Configuration: StageConfiguration {
    var hidden = 64
    var dropout = 0.1
    var rate = 0.01
    static var settings: [Setting<Self>] {
      [
        .integer("hidden", \.hidden, 1...4096, "cells"),
        .number("dropout", \.dropout, 0...0.9, "share of cells dropped"),
        .number("rate", \.rate, 0...10, open: true, "the step size"),
      ]
    }
    func conflicts() -> [String] {
      hidden == 13 && dropout == 0 ? ["hidden 13 needs dropout"] : []
    }
  }
  static let stageName = "vectors.v1"
  static let summary = "Learns nothing."
  static let input = ClassifierInput.vectors
  let configuration: Configuration
  func fit(_ task: TrainingTask) -> NoModel { NoModel() }
  func restore(
    from tensors: TensorCollection, embedding: EmbeddingTable?, labelCount: Int
  ) -> NoModel { NoModel() }
}

struct TokenClassifier: Classifier {
  static let stageName = "tokens.v1"
  static let summary = "Learns nothing from tokens."
  static let input = ClassifierInput.tokens
  let configuration: NoSettings
  func fit(_ task: TrainingTask) -> NoModel { NoModel() }
  func restore(
    from tensors: TensorCollection, embedding: EmbeddingTable?, labelCount: Int
  ) -> NoModel { NoModel() }
}
