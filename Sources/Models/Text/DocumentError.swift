import Corpora
public import FileAccess
import Messages
public import PipelineCore

/// Why a document cannot be classified. The document gets an error record; it is never skipped.
public typealias DocumentError = LocatedError<DocumentFact>

extension LocatedError<DocumentFact> {
  /// Creates an error about a document whose position is added later or is not known.
  public init(_ fact: DocumentFact) {
    self.init(fact, at: nil)
  }
}

extension DocumentFact {
  /// Returns the fact for a document that is not valid UTF-8 from `byte` on.
  static func invalidUTF8(_ document: [UInt8], byte: Int) -> DocumentFact {
    LikelyEncoding.guess(document: document, invalidFrom: byte)
      .map { .otherEncoding($0.name, byte: byte) } ?? .invalidUTF8(byte: byte)
  }
}

/// What can be wrong with a document.
public enum DocumentFact: DiagnosableFact {
  /// The document is not valid UTF-8 from this byte on.
  case invalidUTF8(byte: Int)
  /// The document is not valid UTF-8 from this byte on, and probably has this encoding.
  case otherEncoding(String, byte: Int)
  /// The line of a JSON document is not valid UTF-8 from this byte on; `likely` is its probable
  /// encoding, if there is one.
  case invalidUTF8InLine(byte: Int, likely: String?)
  /// The document has more bytes than `limits.documentBytes`.
  case tooLong(limit: Int)
  /// There is a zero byte at this offset in the document.
  case nulByte(Int)
  /// A line that is not valid JSON.
  case invalidJSON(JSONError)
  /// A line with a JSON value that is not an object.
  case notAnObject(member: String, found: String)
  /// A JSON object without the text member, and the members that it has.
  case missingText(String, found: [String])
  /// A JSON object without the text member; the name of that member looks like the path of a nested
  /// member.
  case nestedText(String)
  /// A JSON member with a value of the wrong type.
  case wrongMember(String, expected: String, found: String)
  /// A normalizer or the tokenizer cannot process the text.
  case unprocessable(TextError)
  /// The model's score of a label is NaN or infinite.
  case scoreNotFinite

  /// The stable name of the fact.
  public var code: String {
    switch self {
    case .invalidUTF8, .otherEncoding, .invalidUTF8InLine: "invalid-utf8"
    case .tooLong: "document-too-long"
    case .nulByte: "nul-byte"
    case .invalidJSON(let error): error.code
    // These are also the codes of the same faults in a corpus.
    case .notAnObject: "not-an-object"
    case .missingText, .nestedText: "missing-member"
    case .wrongMember: "wrong-member"
    case .unprocessable(let error): error.code
    case .scoreNotFinite: "score-not-finite"
    }
  }

  /// The fact as a sentence.
  public var sentence: String {
    switch self {
    case .invalidUTF8(let byte): Self.invalidUTF8(at: byte, of: "document", likely: nil)
    case .otherEncoding(let name, let byte):
      Self.invalidUTF8(at: byte, of: "document", likely: name)
    case .invalidUTF8InLine(let byte, let name):
      Self.invalidUTF8(at: byte, of: "line", likely: name)
    case .tooLong(let limit):
      "the document is longer than \(NumberFormat.integer(limit)) bytes, the limits.documentBytes "
        + "of the pipeline"
    case .nulByte(let byte): "NUL byte at byte \(byte) of the document"
    case .invalidJSON(let error): error.sentence
    case .notAnObject(let member, let found):
      "expected a JSON object with a member \(QuotedText.quote(member)), found \(found)"
    case .missingText(let name, let found): Self.missingText(name, found: found)
    case .nestedText(let name):
      "the object has no member \(QuotedText.quote(name)); \(NestedMember.advice(name))"
    case .wrongMember(let name, let expected, let found):
      "\(QuotedText.quote(name)) must be \(expected), found \(found)"
    case .unprocessable(let error): error.sentence
    case .scoreNotFinite: "the model's scores are NaN or infinite"
    }
  }

  private static func missingText(_ name: String, found: [String]) -> String {
    let start = "the object has no member \(QuotedText.quote(name))"
    guard !found.isEmpty else { return start }
    let names = found.prefix(shownMembers).map { QuotedText.quote($0.excerpt()) }
    let rest = found.count > shownMembers ? ", ..." : ""
    return "\(start); found \(names.joined(separator: ", "))\(rest)"
  }

  /// The number of members that a sentence lists.
  private static let shownMembers = 5

  private static func invalidUTF8(at byte: Int, of place: String, likely name: String?) -> String {
    let start = "invalid UTF-8 at byte \(byte) of the \(place)"
    guard let name else { return start }
    return start + ", which appears to be \(name); convert the input, "
      + "for example with iconv -f \(name) -t utf-8"
  }
}
