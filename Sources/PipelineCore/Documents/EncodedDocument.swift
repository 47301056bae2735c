/// A document as a classifier reads it: its tokens as embedding rows, hashes and text.
public struct EncodedDocument: Sendable, Equatable {
  /// The embedding row of each token, `[T]`; empty if the pipeline has no embedding.
  public var rows: [Int32]
  /// The `ByteHash` of each token, `[T]`, for classifiers that count words.
  public var hashes: [UInt64]
  /// The normalized UTF-8 of all tokens, separated by spaces, for classifiers that read the
  /// characters of words. No token contains a space.
  public var text: [UInt8]
  /// The vectors computed from n-grams for words outside the table, concatenated; vector `k` is
  /// addressed as row `V + 1 + k`.
  public var newVectors: [Float] = []

  /// Creates a document from its tokens.
  public init(rows: [Int32], hashes: [UInt64], text: [UInt8] = []) {
    self.rows = rows
    self.hashes = hashes
    self.text = text
  }

  /// The number of tokens: `T`.
  public var tokenCount: Int { hashes.count }
}

/// Encoded documents with their label indices.
public struct LabelledExamples: Sendable {
  /// The documents, `[B]`.
  public var documents: [EncodedDocument]
  /// The label index of each document, `[B]`, in `0..<labelCount`.
  public var labels: [Int]
  /// The number of classes: `C`.
  public var labelCount: Int

  /// Creates examples from documents and their label indices.
  ///
  /// - Precondition: there is one label per document.
  public init(documents: [EncodedDocument], labels: [Int], labelCount: Int) {
    precondition(documents.count == labels.count, "expected one label per document")
    self.documents = documents
    self.labels = labels
    self.labelCount = labelCount
  }

  /// The number of documents: `B`.
  public var count: Int { documents.count }

  /// The total number of tokens in all documents.
  public var tokenCount: Int { documents.reduce(0) { $0 + $1.tokenCount } }

  /// The maximum number of probabilities to keep for a sample; they take 64 MB.
  private static let sampleLimit = 1 << 24

  /// The indices of the documents whose predictions are kept after training: all, or if there are
  /// very many labels, only every second, every third, and so on.
  package var predictionSample: [Int] {
    let step = max(1, (count * labelCount + Self.sampleLimit - 1) / Self.sampleLimit)
    return Array(stride(from: 0, to: count, by: step))
  }

  /// Returns only the documents with these indices.
  package func keeping(_ indices: [Int]) -> LabelledExamples {
    guard indices.count < count else { return self }
    return LabelledExamples(
      documents: indices.map { documents[$0] }, labels: indices.map { labels[$0] },
      labelCount: labelCount)
  }
}
