import PipelineCore

/// Documents with three labels that a classifier learns in an instant, and documents that have
/// exposed bugs in classifiers: documents without tokens, with a single token, with unknown tokens,
/// or with words that have vectors but are not in the table, and long documents.
struct SampleExamples {
  /// The number of labels.
  static let labelCount = 3
  private static let words = [
    ["bread", "oven", "butter", "soup", "recipe", "flour"],
    ["guitar", "choir", "melody", "drum", "concert", "violin"],
    ["\u{628}\u{627}\u{631}\u{627}\u{646}", "storm", "cloud", "frost", "wind", "\u{96e8}"],
  ]

  /// The training examples.
  let training: LabelledExamples
  /// The examples used to select the best epoch.
  let validation: LabelledExamples
  /// The vectors of the words; `nil` for a classifier that reads tokens.
  let embedding: EmbeddingTable?
  /// Documents to classify.
  let documents: [EncodedDocument]
  /// A document without tokens.
  let empty = EncodedDocument(rows: [], hashes: [])

  init(for input: ClassifierInput) {
    let table = input == .vectors ? Self.table() : nil
    embedding = table
    func examples(_ numbers: Range<Int>) -> LabelledExamples {
      LabelledExamples(
        documents: numbers.map { Self.encoded(Self.text($0), table) },
        labels: numbers.map { $0 % Self.labelCount }, labelCount: Self.labelCount)
    }
    training = examples(0..<36)
    validation = examples(36..<48)
    let odd = [
      ["soup"], ["unheard", "words"], Array(repeating: "drum", count: 9),
      (0..<1500).map { Self.words[$0 % 3][$0 % 5] },
    ]
    documents =
      (36..<47).map { Self.encoded(Self.text($0), table) } + [empty]
      + odd.map { Self.encoded($0, table) } + (table.map(Self.newWords) ?? [])
  }

  /// Returns the words of document `number`, whose label is `number` modulo `labelCount`.
  private static func text(_ number: Int) -> [String] {
    let own = words[number % labelCount]
    return ["the"] + (0..<3 + number % 4).map { own[(number / 3 + $0 * 2) % 6] } + ["today"]
  }

  /// Returns documents with a word that is not in the table and whose vector was computed from
  /// n-grams. There are two documents with different vectors, because in a batch the row numbers of
  /// the second one must be shifted.
  private static func newWords(_ table: EmbeddingTable) -> [EncodedDocument] {
    [Float(1), -1].map { sign in
      let row = Int32(table.rowCount)
      var document = encoded(["soup", "newword", "drum", "newword"], table)
      (document.rows[1], document.rows[3]) = (row, row)
      document.newVectors = (1...table.dimensions).map { sign * Float($0) / 4 }
      return document
    }
  }

  private static func table() -> EmbeddingTable {
    var vocabulary = Vocabulary()
    for word in words.joined() { vocabulary.insert(Array(word.utf8)) }
    for word in ["the", "today"] { vocabulary.insert(Array(word.utf8)) }
    var generator = SeededGenerator(seed: 7)
    let dimensions = 6
    return EmbeddingTable(
      vocabulary: vocabulary, dimensions: dimensions,
      values: (0..<(vocabulary.count + 1) * dimensions).map { _ in
        generator.uniform(in: -0.5...0.5)
      }, isTrainable: true, summary: "random vectors")
  }

  private static func encoded(_ words: [String], _ table: EmbeddingTable?) -> EncodedDocument {
    let tokens = words.map { Array($0.utf8) }
    let hashes = tokens.map { ByteHash.hash($0) }
    let rows = table.map { table in zip(tokens, hashes).map { table.row(of: $0, hash: $1) } }
    return EncodedDocument(
      rows: rows ?? [], hashes: hashes, text: Array(tokens.joined(separator: [0x20])))
  }
}
