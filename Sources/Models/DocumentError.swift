public import PipelineCore

/// Why a document got no label: the answer is a record that says so, never a missing record.
public struct DocumentError: DiagnosableError, Equatable {
  /// What is wrong with it.
  public enum Fact: Sendable, Equatable {
    /// Not UTF-8 from this byte of the document on.
    case invalidUTF8(byte: Int)
    /// Longer than `limits.documentBytes`.
    case tooLong(limit: Int)
    /// A NUL byte, which no text has.
    case nulByte(Int)
    /// Not the JSON object that was expected.
    case malformed(String)
    /// A normalizer could not work on it.
    case unprocessable(NormalizationError)
  }

  /// What is wrong.
  public var fact: Fact
  /// The line it stood on.
  public var position: InputPosition?

  /// A fact at a place.
  public init(_ fact: Fact, at position: InputPosition? = nil) {
    self.fact = fact
    self.position = position
  }

  /// Bad input, though the stream goes on.
  public var category: FailureCategory { .badInput }

  /// The stable name of the fact.
  public var code: String {
    switch fact {
    case .invalidUTF8: "invalid-utf8"
    case .tooLong: "document-too-long"
    case .nulByte: "nul-byte"
    case .malformed: "malformed-document"
    case .unprocessable: "unprocessable-text"
    }
  }

  /// The fact as a sentence.
  public var sentence: String {
    switch fact {
    case .invalidUTF8(let byte): "the document is not UTF-8 at its byte \(byte)"
    case .tooLong(let limit): "the document has more than \(limit) bytes; limits.documentBytes"
    case .nulByte(let byte): "the document holds a NUL at its byte \(byte)"
    case .malformed(let problem): problem
    case .unprocessable(let error): error.sentence
    }
  }
}
