import Docket

/// `letters.v1`: counts the bytes of a word by their remainder modulo the width of the vector.
struct LetterEmbedding: Embedding {
  /// The settings of `letters.v1`.
  struct Configuration: StageConfiguration {
    /// The width of the vectors.
    var dimensions = 26
    init() {}
    static var settings: [Setting<Self>] {
      [.integer("dimensions", \.dimensions, 1...256, "width of the vectors")]
    }
  }

  static let stageName = "letters.v1"
  static let summary = "counts the letters of words"
  let configuration: Configuration

  init(configuration: Configuration) { self.configuration = configuration }

  func makeTable(for task: EmbeddingTask) -> EmbeddingTable {
    let (words, width) = (task.counts.vocabulary, configuration.dimensions)
    var values = Array(repeating: Float(0), count: (words.count + 1) * width)
    for word in 0..<words.count {
      for byte in words[word] { values[(word + 1) * width + Int(byte) % width] += 1 }
    }
    return EmbeddingTable(
      vocabulary: words, dimensions: width, values: values, isTrainable: false,
      summary: "letters of \(words.count) words")
  }
}

/// `centroids.v1`: compares the mean vector of a document with that of each label.
struct CentroidClassifier: Classifier {
  /// The settings of `centroids.v1`.
  struct Configuration: StageConfiguration {
    /// How strongly distances count.
    var sharpness = 8.0
    init() {}
    static var settings: [Setting<Self>] {
      [.number("sharpness", \.sharpness, 0...100, open: true, "how strongly distances count")]
    }
  }

  static let stageName = "centroids.v1"
  static let summary = "the label with the nearest mean vector"
  static let input = ClassifierInput.vectors
  static let fitsInOnePass = true
  let configuration: Configuration

  init(configuration: Configuration) { self.configuration = configuration }

  func fit(_ task: TrainingTask) throws -> CentroidModel {
    guard let table = task.embedding else { throw TensorError.missing("the vectors") }
    let width = table.dimensions
    var centers = Array(repeating: Float(0), count: task.examples.labelCount * width)
    var counts = Array(repeating: Float(0), count: task.examples.labelCount)
    for (document, label) in zip(task.examples.documents, task.examples.labels) {
      if task.shouldStop() { throw TrainingError.interrupted }
      for (column, value) in CentroidModel.mean(of: document, table).enumerated() {
        centers[label * width + column] += value
      }
      counts[label] += 1
    }
    for index in centers.indices { centers[index] /= max(counts[index / width], 1) }
    return CentroidModel(
      table: table, centers: centers, labelCount: counts.count,
      sharpness: Float(configuration.sharpness))
  }

  func restore(
    from tensors: TensorCollection, embedding: EmbeddingTable?, labelCount: Int
  ) throws -> CentroidModel {
    guard let embedding else { throw TensorError.missing("the vectors") }
    return CentroidModel(
      table: embedding,
      centers: try tensors.values("centers", shape: [labelCount, embedding.dimensions]),
      labelCount: labelCount, sharpness: Float(configuration.sharpness))
  }
}

/// The mean vector of each label.
struct CentroidModel: ClassifierModel {
  let table: EmbeddingTable
  /// `[C, D]`.
  let centers: [Float]
  let labelCount: Int
  let sharpness: Float

  var embedding: EmbeddingTable? { table }
  var history: [EpochRecord] { [] }
  var tensors: [NamedTensor] {
    [NamedTensor(name: "centers", shape: [labelCount, table.dimensions], values: centers)]
  }

  func probabilities(of documents: [EncodedDocument], threads: Int) -> [[Float]] {
    Shards.map(count: documents.count, threads: threads) { number in
      let vector = Self.mean(of: documents[number], table)
      let scores = (0..<labelCount).map { label in
        let center = centers[label * vector.count..<(label + 1) * vector.count]
        let distance = zip(center, vector).reduce(Float(0)) { sum, pair in
          sum + (pair.0 - pair.1) * (pair.0 - pair.1)
        }
        return 1 / (1 + sharpness * distance)
      }
      let sum = scores.reduce(0, +)
      return scores.map { $0 / sum }
    }
  }

  /// Returns the mean vector of the tokens, `[D]`; zeros for a document without tokens.
  static func mean(of document: EncodedDocument, _ table: EmbeddingTable) -> [Float] {
    let width = table.dimensions
    var sum = Array(repeating: Float(0), count: width)
    for token in document.rows.indices {
      for (column, value) in document.vector(ofToken: token, in: table).enumerated() {
        sum[column] += value
      }
    }
    let count = Float(max(document.rows.count, 1))
    return sum.map { $0 / count }
  }
}
