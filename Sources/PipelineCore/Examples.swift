/// A document as a classifier sees it: its tokens, as numbers and as bytes.
public struct EncodedDocument: Sendable, Equatable {
  /// The embedding row of each token; empty when the pipeline has no embedding.
  public var rows: [Int32]
  /// The `ByteHash` of each token, for classifiers that count words instead of reading vectors.
  public var hashes: [UInt64]
  /// The normalized UTF-8 of all tokens, a space between two, for classifiers that look into words;
  /// no token holds a space.
  public var text: [UInt8]
  /// The vectors of words that the table does not have but its n-grams know, one after the other;
  /// row `V + 1 + k` is the `k`-th of them.
  public var newVectors: [Float] = []

  /// A document of these tokens.
  public init(rows: [Int32], hashes: [UInt64], text: [UInt8] = []) {
    self.rows = rows
    self.hashes = hashes
    self.text = text
  }

  /// How many tokens: `T`.
  public var tokenCount: Int { hashes.count }
}

/// Encoded documents with the number of the label of each.
public struct LabelledExamples: Sendable {
  /// The documents: `B`.
  public var documents: [EncodedDocument]
  /// The label number of each document, `0..<labelCount`.
  public var labels: [Int]
  /// How many classes: `C`.
  public var labelCount: Int

  /// Documents with their label numbers.
  public init(documents: [EncodedDocument], labels: [Int], labelCount: Int) {
    precondition(documents.count == labels.count, "one label a document")
    self.documents = documents
    self.labels = labels
    self.labelCount = labelCount
  }

  /// How many documents.
  public var count: Int { documents.count }

  /// How many tokens in all.
  public var tokenCount: Int { documents.reduce(0) { $0 + $1.tokenCount } }
}
