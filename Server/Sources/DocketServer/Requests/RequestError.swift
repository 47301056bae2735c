import Docket
import HTTPTypes
import Hummingbird
import NIOCore

/// The reason why a whole request cannot be answered. An unusable document is not such an error;
/// its record contains an `error`.
struct RequestError: Error {
  /// What is wrong.
  enum Fact {
    case unknownPath(String)
    case wrongMethod(String, allowed: [HTTPRequest.Method])
    case noToken
    case wrongToken
    case unknownModel(String, known: [String])
    case modelNotNamed([String])
    case unknownParameter(String, known: [String])
    case repeatedParameter(String)
    case wrongParameter(String, expected: String, found: String)
    case unknownLabel(String, known: [String])
    case contentType(String?, expected: [String])
    case characterSet(String)
    case contentEncoding(String)
    case bodyTooLong(limit: Int)
    case tooManyDocuments(limit: Int)
    case emptyBody
    case invalidJSON(JSONError)
    case notDocuments(found: String)
    /// Labelled documents that cannot be evaluated.
    case badDocuments(any DiagnosableError)
    case evaluating
    case noTemporaryFile
    case overloaded(limit: Int)
    case memoryExhausted
    case tookTooLong(Duration)
    case bodyTooSlow(Duration)
    case notReady
  }

  let fact: Fact

  init(_ fact: Fact) { self.fact = fact }

  /// The status of the response.
  var status: HTTPResponse.Status {
    switch fact {
    case .unknownPath, .unknownModel, .unknownLabel: .notFound
    case .wrongMethod: .methodNotAllowed
    case .noToken, .wrongToken: .unauthorized
    case .modelNotNamed, .unknownParameter, .repeatedParameter, .wrongParameter, .emptyBody,
      .invalidJSON, .notDocuments, .badDocuments:
      .badRequest
    case .contentType, .characterSet, .contentEncoding: .unsupportedMediaType
    case .bodyTooLong, .tooManyDocuments: .contentTooLarge
    case .bodyTooSlow: .requestTimeout
    case .overloaded, .evaluating, .memoryExhausted, .tookTooLong, .notReady: .serviceUnavailable
    case .noTemporaryFile: .internalServerError
    }
  }

  /// The stable name of the fact.
  var code: String {
    switch fact {
    case .unknownPath: "unknown-path"
    case .wrongMethod: "wrong-method"
    case .noToken: "token-missing"
    case .wrongToken: "token-rejected"
    case .unknownModel: "unknown-model"
    case .modelNotNamed: "model-not-named"
    case .unknownParameter: "unknown-parameter"
    case .repeatedParameter: "repeated-parameter"
    case .wrongParameter: "wrong-parameter"
    case .unknownLabel: "unknown-label"
    case .contentType, .characterSet: "content-type"
    case .contentEncoding: "content-encoding"
    case .bodyTooLong: "body-too-long"
    case .tooManyDocuments: "too-many-documents"
    case .emptyBody: "body-empty"
    case .invalidJSON(let error): error.code
    case .notDocuments: "not-documents"
    case .badDocuments(let error): error.code
    case .noTemporaryFile: "no-temporary-file"
    case .overloaded, .evaluating, .memoryExhausted: "overloaded"
    case .tookTooLong: "took-too-long"
    case .bodyTooSlow: "body-too-slow"
    case .notReady: "not-ready"
    }
  }

  /// The fact as a sentence.
  var message: String {
    switch fact {
    case .unknownPath(let path): "no such path: \(path.excerpt); see /openapi.json"
    case .wrongMethod(let method, let allowed):
      "the method is \(method.excerpt); expected "
        + allowed.map(\.rawValue).joined(separator: " or ")
    case .noToken: "send the header Authorization: Bearer TOKEN"
    case .wrongToken: "the token is not valid"
    case .unknownModel(let name, let known):
      "no model is named \(name.excerpt); the models are \(known.joined(separator: ", "))"
    case .modelNotNamed(let known):
      "specify a model with ?model=NAME; the models are \(known.joined(separator: ", "))"
    case .unknownParameter(let name, let known):
      "unknown query parameter \(name.excerpt); expected \(known.joined(separator: ", "))"
    case .repeatedParameter(let name): "the query parameter \(name) is repeated"
    case .wrongParameter(let name, let expected, let found):
      "\(name) must be \(expected), found \(found.excerpt)"
    case .unknownLabel(let label, let known):
      "the model has no label \(label.excerpt)" + Suggestion.clause(for: label, among: known)
    case .contentType(let found, let expected):
      "Content-Type is \(found?.excerpt ?? "missing"); expected "
        + expected.dropLast().joined(separator: ", ") + " or \(expected.last ?? "")"
    case .characterSet(let name): "the character set is \(name.excerpt); expected utf-8"
    case .contentEncoding(let found):
      "the body is compressed (\(found.excerpt)); send it uncompressed"
    case .bodyTooLong(let limit):
      "the body is longer than \(limit) bytes; send fewer documents at once, or JSON lines to /classify "
        + "or /explain"
    case .tooManyDocuments(let limit):
      "more than \(limit) documents; send fewer at once, or JSON lines to /classify or /explain"
    case .emptyBody: "the body is empty; expected at least one document"
    case .invalidJSON(let error): "byte \(error.byte) of the body: \(error.sentence)"
    case .notDocuments(let found):
      "expected a document, which is a JSON object, or an array of documents, found \(found)"
    case .badDocuments(let error): error.placeInBody + error.sentence + error.adviceForRequest
    case .evaluating: "other documents are being evaluated; try again later"
    case .noTemporaryFile: "the server cannot write a temporary file"
    case .overloaded(let limit): "\(limit) requests are being answered; try again later"
    case .memoryExhausted: "too many long requests are being received; try again later"
    case .tookTooLong(let time):
      "no answer within \(time.text); try again later or send fewer documents"
    case .bodyTooSlow(let time): "the body did not arrive within \(time.text)"
    case .notReady: "the server is shutting down"
    }
  }

  /// The response, with a JSON object as its body.
  var response: Response {
    var headers = HTTPFields()
    switch fact {
    case .wrongMethod(_, let allowed):
      headers[.allow] = allowed.map(\.rawValue).joined(separator: ", ")
    case .noToken: headers[.wwwAuthenticate] = "Bearer"
    case .wrongToken: headers[.wwwAuthenticate] = "Bearer error=\"invalid_token\""
    case .overloaded, .evaluating, .memoryExhausted, .tookTooLong, .notReady:
      headers[.retryAfter] = "1"
    case .bodyTooLong, .bodyTooSlow: headers[.connection] = "close"
    default: break
    }
    let json = JSONValue.members(["code": .string(code), "message": .string(message)])
    return .json(json, status: status, headers: headers)
  }
}

extension DiagnosableError {
  /// The position in a body that was read from a temporary file, as the beginning of a message.
  fileprivate var placeInBody: String {
    switch position {
    case .line(_, let line, let column?): "line \(line), column \(column): "
    case .line(_, let line, nil): "line \(line): "
    case .lineByte(_, let line, let byte): "line \(line), byte \(byte): "
    case .byte(_, let byte): "byte \(byte): "
    case .file, .option, nil: ""
    }
  }

  /// What to do in a request where the sentence names settings of a pipeline and options of the
  /// command.
  fileprivate var adviceForRequest: String {
    switch (self as? CorpusError)?.fact {
    case .missingColumn, .missingMember, .columnsReversed:
      "; in a request, use the parameters label-field and text-field"
    case .otherEncoding, .undecodable, .invalidUTF8, .nulByte:
      "; in a request, use the parameter encoding"
    case .unknownFormat: "; in a request, set Content-Type"
    default: ""
    }
  }
}

extension Response {
  /// Returns a response with a JSON value followed by a line feed.
  static func json(
    _ value: JSONValue, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
  ) -> Response {
    .bytes(value.encoded() + [0x0A], type: "application/json", status: status, headers: headers)
  }

  /// Returns a response with these bytes.
  static func bytes(
    _ bytes: [UInt8], type: String, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
  ) -> Response {
    var headers = headers
    headers[.contentType] = type
    headers[.xContentTypeOptions] = "nosniff"
    return Response(
      status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }
}

extension String {
  /// The beginning of a text from a client, quoted and with control characters escaped.
  var excerpt: String { JSONValue.string(String(prefix(100))).text() }
}

extension Duration {
  /// The duration in seconds, for messages.
  var text: String { "\(self / .seconds(1)) s" }
}
