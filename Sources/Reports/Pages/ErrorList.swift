package import FileAccess
package import PipelineCore

/// `errors.jsonl`: one object for each misclassified document, the most confident first.
package enum ErrorList {
  /// The name of the file.
  package static let fileName = "errors.jsonl"

  /// Returns the contents of the file.
  package static func render(_ documents: ReportedDocuments, labels: [Label]) -> [UInt8] {
    documents.errors.flatMap { document in
      Array((value(document, labels: labels).text() + "\n").utf8)
    }
  }

  /// Returns a document as an object.
  static func value(_ document: ReportedDocument, labels: [Label]) -> JSONValue {
    var members = document.position.members
    if let id = document.id { members.append(JSONMember("id", .string(id))) }
    members += [
      JSONMember("label", .string("\(labels[document.expected])")),
      JSONMember("predicted", .string("\(labels[document.predicted])")),
    ]
    for (name, value) in [
      ("probability", document.probability), ("labelProbability", document.expectedProbability),
      ("margin", document.margin),
    ] {
      if let value { members.append(JSONMember(name, .decimal(value))) }
    }
    if let text = document.wholeText ?? document.text {
      members.append(JSONMember("text", .string(text)))
      if document.wholeText == nil, document.isCut {
        members.append(JSONMember("cut", .bool(true)))
      }
    }
    return .object(members)
  }
}

extension InputPosition {
  /// The position of a document as members of a record: `file`, and `line` or `byte` if known.
  package var members: [JSONMember] {
    switch self {
    case .line(let file, let line, _), .lineByte(let file, let line, _):
      [JSONMember("file", .string(file)), JSONMember("line", .integer(line))]
    case .file(let file): [JSONMember("file", .string(file))]
    case .byte(let file, let byte):
      [JSONMember("file", .string(file)), JSONMember("byte", .integer(byte))]
    case .option(let option): [JSONMember("file", .string(option))]
    }
  }
}
