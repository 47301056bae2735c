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
    if let encoding = headers[.contentEncoding], encoding.lowercased() != "identity" {
      throw RequestError(.contentEncoding(encoding))
    }
    let value = headers[.contentType]
    let parts = (value ?? "").split(separator: ";").map {
      $0.trimming(while: { $0 == " " || $0 == "\t" }).lowercased()
    }
    switch parts.first ?? "" {
    case "application/json": self = .json
    case "application/x-ndjson", "application/ndjson", "application/jsonl",
      "application/x-jsonlines", "application/jsonlines":
      self = .jsonLines
    case "text/plain": self = .text
    default: throw RequestError(.contentType(value))
    }
    for part in parts.dropFirst() where part.hasPrefix("charset=") {
      let name = part.dropFirst(8).trimming(while: { $0 == "\"" })
      guard name == "utf-8" || name == "us-ascii" else {
        throw RequestError(.contentType(value))
      }
    }
  }
}

extension StringProtocol {
  /// Returns the text without the characters at either end that satisfy a condition.
  fileprivate func trimming(while condition: (Character) -> Bool) -> String {
    String(drop(while: condition).reversed().drop(while: condition).reversed())
  }
}
