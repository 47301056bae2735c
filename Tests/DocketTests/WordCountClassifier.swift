import Glibc
import PipelineCore

/// A classifier that is not built in. It adds up how much more often each word occurs in the
/// documents of a label than in the others. It can show its n-grams and the shares of the tokens.
struct WordCountClassifier: Classifier {
  struct Configuration: StageConfiguration {
    static var settings: [Setting<Self>] { [] }
  }

  static var stageName: String { "wordcount.v1" }
  static var summary: String { "counts words" }
  static var input: ClassifierInput { .tokens }
  static var fitsInOnePass: Bool { true }
  let configuration: Configuration

  func fit(_ task: TrainingTask) throws -> WordCountModel {
    let labelCount = task.examples.labelCount
    var words: [UInt64: [Float]] = [:]
    for (document, label) in zip(task.examples.documents, task.examples.labels) {
      for hash in Set(document.hashes) {
        words[hash, default: Array(repeating: 1, count: labelCount)][label] += 1
      }
    }
    return WordCountModel(
      words: words.mapValues { $0.map(logf) }, labelCount: labelCount)
  }

  func restore(
    from tensors: TensorCollection, embedding: EmbeddingTable?, labelCount: Int
  ) throws -> WordCountModel {
    let rows = try tensors.values("words", shape: tensors.matrix("words").shape)
    let width = 4 + labelCount
    let words = stride(from: 0, to: rows.count, by: width).map { start in
      let key = rows[start..<start + 4].reduce(UInt64(0)) { $0 << 16 | UInt64($1) }
      return (key, Array(rows[start + 4..<start + width]))
    }
    return WordCountModel(
      words: Dictionary(uniqueKeysWithValues: words), labelCount: labelCount)
  }
}

/// The trained classifier.
struct WordCountModel: ClassifierModel {
  /// The logarithm of the number of documents of each label that have the word, `[C]`, by its hash.
  let words: [UInt64: [Float]]
  let labelCount: Int

  var embedding: EmbeddingTable? { nil }
  var history: [EpochRecord] { [] }
  var tensors: [NamedTensor] {
    let sorted = words.sorted { $0.key < $1.key }
    return [
      NamedTensor(
        name: "words", shape: [sorted.count, 4 + labelCount],
        values: sorted.flatMap { key, counts in
          [48, 32, 16, 0].map { Float(key >> UInt64($0) & 0xFFFF) } + counts
        })
    ]
  }

  private func weight(_ hash: UInt64, _ label: Int) -> Double {
    guard let counts = words[hash] else { return 0 }
    return Double(counts[label]) - counts.reduce(0.0) { $0 + Double($1) } / Double(labelCount)
  }

  func probabilities(of documents: [EncodedDocument], threads: Int) -> [[Float]] {
    documents.map { document in
      let scores = (0..<labelCount).map { label in
        document.hashes.reduce(0.0) { $0 + weight($1, label) }
      }
      let powers = scores.map { exp($0 - (scores.max() ?? 0)) }
      let sum = powers.reduce(0, +)
      return powers.map { Float($0 / sum) }
    }
  }

  func quickShares(of document: EncodedDocument, for label: Int, threads: Int) -> TokenShares? {
    TokenShares(method: .linear, values: document.hashes.map { weight($0, label) })
  }

  func strongestNGrams(
    in documents: [EncodedDocument], count: Int, threads: Int
  ) -> [[WeightedNGram]] {
    (0..<labelCount).map { label in
      var found: [UInt64: WeightedNGram] = [:]
      for (number, document) in documents.enumerated() {
        for (token, hash) in document.hashes.enumerated() where found[hash] == nil {
          found[hash] = WeightedNGram(
            weight: weight(hash, label), document: number, tokens: token..<token + 1)
        }
      }
      let order = found.values.sorted {
        (-$0.weight, $0.document, $0.tokens.lowerBound)
          < (-$1.weight, $1.document, $1.tokens.lowerBound)
      }
      return Array(order.prefix { $0.weight > 0 }.prefix(count))
    }
  }
}
