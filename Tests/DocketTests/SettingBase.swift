import FileAccess
import TestSupport
import Testing

/// A small pipeline whose settings are changed one by one.
struct SettingBase: Sendable, CustomTestStringConvertible {
  /// The name.
  var name: String
  /// The stages and sections, as YAML.
  var stages: String
  /// Whether the settings of the sections are changed too.
  var hasSections = false
  var testDescription: String { name }

  /// Returns a whole pipeline.
  static func text(_ stages: String) -> String {
    var text = "docket: 1\n"
    if !stages.contains("corpus:") {
      text += "corpus: {train: train.tsv, test: test.tsv, validation: 0.2}\n"
    }
    if !stages.contains("normalizers:") { text += "normalizers: [unicode.v1]\n" }
    if !stages.contains("tokenizer:") { text += "tokenizer: words.v1\n" }
    if !stages.contains("training:") { text += "training: \(training)\n" }
    return text + stages + "\n"
  }

  private static let training = "{epochs: 2, batch: 8, shard: 4, learningRate: 0.02}"
  private static let random = "embedding: {stage: random.v1, dimensions: 4, minCount: 1}\n"
  private static let vectors = "embedding: {stage: word2vec.v1, vectors: vectors.txt"
  private static let small = "hidden: 3, ngrams: 0"
  private static let ngrams = "classifier: ngrams.v1"
  private static let plain = "\ntraining: {seed: 1}"
  private static let noValidation = "corpus: {train: train.tsv, test: test.tsv, validation: 0}\n"
  /// The pipeline of the model whose layers `encoder` uses.
  static let encoderStages =
    "corpus: {train: first.tsv, test: test.tsv, validation: 0}\n" + random
    + "classifier: {stage: bilstm.v1, \(small)}"

  static let all: [SettingBase] = 
    normalizers + tokenizers + recurrent + embeddings + linear + programs

  private static let normalizers = [
    "apostrophes.v1", "hindi.v1", "numbers.v1", "persian.v1", "unicode.v1",
    "{stage: stopwords.v1, words: words.txt}",
  ].map { SettingBase(name: "normalizer \($0)", stages: "normalizers: [\($0)]\n\(ngrams)") }

  private static let tokenizers = [
    "bigrams.v1", "characters.v1", "dictionary.v1", "{stage: dictionary.v1, words: words.txt}",
    "subwords.v1", "words.v1",
  ].map { SettingBase(name: "tokenizer \($0)", stages: "tokenizer: \($0)\n\(ngrams)") }

  private static let recurrent = [
    SettingBase(
      name: "bilstm.v1", stages: random + "classifier: {stage: bilstm.v1, hidden: 3}",
      hasSections: true),
    SettingBase(
      name: "bilstm.v1 without linear part and validation",
      stages: noValidation + random + "classifier: {stage: bilstm.v1, \(small)}",
      hasSections: true),
    SettingBase(
      name: "bilstm.v1 with an encoder",
      stages: random + "classifier: {stage: bilstm.v1, \(small), encoder: {from: first.docket}}"),
    SettingBase(
      name: "recurrent.v1 lstm", stages: random + "classifier: {stage: recurrent.v1, \(small)}"),
    SettingBase(
      name: "recurrent.v1 gru, two layers, linear part",
      stages: random + "classifier: {stage: recurrent.v1, cell: gru, layers: 2, hidden: 3}"),
    SettingBase(
      name: "recurrent.v1 rnn, attention, one direction",
      stages: random
        + "classifier: {stage: recurrent.v1, cell: rnn, pooling: attention, "
        + "bidirectional: false, \(small)}"),
    SettingBase(
      name: "recurrent.v1 peephole with an encoder",
      stages: random
        + "classifier: {stage: recurrent.v1, \(small), encoder: {from: first.docket}}"),
    SettingBase(
      name: "bilstm.v1 with vectors learned from text",
      stages: "embedding: {stage: random.v1, dimensions: 4, minCount: 1, pretrain: {epochs: 1}}\n"
        + "classifier: {stage: bilstm.v1, \(small)}",
      hasSections: true),
    SettingBase(
      name: "sgd and plateau",
      stages: random + "classifier: {stage: bilstm.v1, \(small)}\n"
        + "training: {epochs: 6, batch: 8, shard: 4, optimizer: sgd, learningRate: 0.3, "
        + "schedule: plateau, plateauPatience: 0}",
      hasSections: true),
  ]

  private static let embeddings =
    [
      "embedding: {stage: random.v1, dimensions: 4, minCount: 1, tune: false}\n",
      "embedding: {stage: random.v1, dimensions: 4, minCount: 1, pretrain: {epochs: 1}}\n",
      "embedding: {stage: random.v1, dimensions: 4, minCount: 1, unitNorm: true, "
        + "pretrain: {epochs: 1, method: cbow, subwords: true, buckets: 50}}\n",
      vectors + "}\n", vectors + ", keep: all, tune: false}\n",
      vectors + ", unknownWords: ngrams, keep: all, buckets: 50}\n",
      "embedding: [{stage: word2vec.v1, vectors: vectors.txt}, "
        + "{stage: random.v1, dimensions: 3, minCount: 1}]\n",
    ].enumerated().map {
      SettingBase(
        name: "embedding \($0)", stages: $1 + "classifier: {stage: bilstm.v1, \(small)}")
    } + [
      SettingBase(
        name: "dictionary of the vectors",
        stages: "tokenizer: dictionary.v1\n" + vectors + "}\n"
          + "classifier: {stage: bilstm.v1, \(small)}")
    ]

  private static let linear = [
    SettingBase(name: "ngrams.v1", stages: ngrams + plain, hasSections: true),
    SettingBase(
      name: "ngrams.v1 without validation", stages: noValidation + ngrams + plain,
      hasSections: true),
    SettingBase(
      name: "ngrams.v1 with a cost",
      stages: "classifier: {stage: ngrams.v1, cost: 0.5, words: 1, characters: 0}"),
  ]

  private static let programs = [
    ("normalizer", "normalizers: [\(program("normalizer"))]\n\(ngrams)"),
    ("tokenizer", "tokenizer: \(program("tokenizer"))\n\(ngrams)"),
    (
      "embedding",
      "embedding: \(program("embedding", ", minCount: 1"))\n"
        + "classifier: {stage: bilstm.v1, \(small)}"
    ),
    // The program knows a document by its first token, which no normalizer changes.
    ("classifier", "normalizers: []\nclassifier: \(program("classifier"))\(plain)"),
  ].map { SettingBase(name: "process.v1 as \($0)", stages: $1) }

  private static func program(_ role: String, _ more: String = "") -> String {
    "{stage: process.v1, command: [sh, \(role).sh]\(more)}"
  }
}

/// The corpus and the other files of the pipelines.
enum SettingCorpus {
  /// Words that normalizers and tokenizers change.
  private static let odd = [
    "Ankara'da", "dünya’nın", "۱۲۳", "१२३ ४", "क़लम", "می\u{200C}روم", "می\u{AC}روم", "كتــاب",
    "مَدْرَسة", "1234", "12 5", "C++ -", "中文分词很好中文", "我们喜欢中文", "他们喜欢音乐很好", "abc123", "ＡＢＣ", "ISTANBUL",
    "the",
  ]
  private static let topics = [
    ["storm", "rain", "wind", "cloud", "frost"], ["bread", "soup", "cake", "salt", "wine"],
  ]

  private static func rows(_ count: Int, salt: Int) -> String {
    (0..<count).map { number in
      let label = number % 3 == 0 ? 1 : 0
      // Some labels are wrong, so that there are misclassified documents.
      let topic = topics[(number + salt) % 9 == 0 ? 1 - label : label]
      let words = [
        topic[number % 5], odd[(number + salt) % odd.count], topic[(number * 3 + 1) % 5],
        odd[(number * 7 + 3) % odd.count], "x\(number % 7)", "the",
      ]
      return "\(["a", "b"][label])\t\(words.joined(separator: " "))\n"
    }.joined()
  }

  /// Documents whose records are compared. Some are long, have unknown words, or have words that
  /// only the vectors have.
  static let probes =
    odd.map { "rain \($0) soup" } + [
      "", "storm bread", "unknownword stormy", "kept words beyond the corpus", "STORM Bread.",
      (0..<40).map { "rain\($0) wind" }.joined(separator: " "),
    ]

  /// Writes the files.
  static func write(to folder: TestFolder) throws {
    try folder.file("train.tsv", rows(68, salt: 0))
    // The report shortens the text of a long document.
    let long = "b\t" + String(repeating: "storm rain wind ", count: 300) + "\n"
    try folder.file("test.tsv", rows(30, salt: 5) + long)
    // Half of the words are those of the other corpora.
    let first = (0..<30).map { "\(["a", "b"][$0 % 2])\t\(topics[$0 % 2][$0 % 3]) new\($0 % 5)\n" }
    try folder.file("first.tsv", first.joined())
    try SettingPrograms.write(to: folder)
    try folder.file("other.tsv", rows(40, salt: 2))
    try folder.file("words.txt", "the\nrain\n中文\n分词\n")
    try folder.file("others.txt", "soup\nwind\n很好\n")
    let words =
      topics.joined() + ["the", "kept", "words", "beyond", "ankara", "abc", "abc123", "喜欢"]
    func vectors(_ scale: Double) -> String {
      words.enumerated().map { number, word in
        let numbers = (0..<4).map { Double((number * 5 + $0 * 3) % 7 - 3) * scale + 0.05 }
        return "\(word) \(numbers.map { "\($0)" }.joined(separator: " "))\n"
      }.joined()
    }
    try folder.file("vectors.txt", vectors(0.1))
    try folder.file("others.vec", vectors(0.2))
    try folder.file("text.txt", "storm rain wind\nbread soup\nthe cake the storm\n")
  }
}
