import HTTPTypes

/// The kind of a request body, as declared by its `Content-Type`.
enum ContentKind {
  /// One document as an object, or an array of documents.
  case json
  /// One document per line.
  case jsonLines
  /// One document.
  case text

  /// Determines the kind from the headers of a request.
  ///
  /// - Throws: `RequestError` for any other type or character set, or a compressed body.
  init(_ headers: HTTPFields) throws(RequestError) {
    let type = try headers.mediaType
    switch type {
    case "application/json": self = .json
    case "text/plain": self = .text
    case _ where Self.isJSONLines(type): self = .jsonLines
    default:
      throw RequestError(
        .contentType(
          headers[.contentType],
          expected: ["application/json", "application/x-ndjson", "text/plain"]))
    }
  }

  /// Whether a media type is one of the names of JSON lines.
  static func isJSONLines(_ type: String) -> Bool {
    [
      "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines",
      "application/jsonlines",
    ].contains(type)
  }
}

extension HTTPFields {
  /// The media type of the body, in lower case and without parameters; empty if there is none.
  ///
  /// - Throws: `RequestError` for a compressed body, or a character set other than UTF-8.
  var mediaType: String {
    get throws(RequestError) {
      if let encoding = self[.contentEncoding], encoding.lowercased() != "identity" {
        throw RequestError(.contentEncoding(encoding))
      }
      let parts = (self[.contentType] ?? "").split(separator: ";").map {
        $0.trimming(while: { $0 == " " || $0 == "\t" }).lowercased()
      }
      for part in parts.dropFirst() where part.hasPrefix("charset=") {
        let name = part.dropFirst(8).trimming(while: { $0 == "\"" })
        guard name == "utf-8" || name == "us-ascii" else {
          throw RequestError(.characterSet(name))
        }
      }
      return parts.first ?? ""
    }
  }
}

extension StringProtocol {
  /// Returns the text without the characters at either end that satisfy a condition.
  fileprivate func trimming(while condition: (Character) -> Bool) -> String {
    String(drop(while: condition).reversed().drop(while: condition).reversed())
  }
}
