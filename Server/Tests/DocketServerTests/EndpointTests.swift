import Docket
import Foundation
import LoopbackClient
import Testing

/// The responses of the endpoints.
@Suite("Endpoints")
struct EndpointTests {
  @Test("Health, readiness, models, metrics, the description and the page")
  func gets() async throws {
    let server = try await TestServer([
      "one=" + TestModel.first, "two=" + TestModel.second,
    ])
    #expect(try server.reply("GET", "/health").text == "{\"status\":\"ok\"}\n")
    #expect(try server.reply("GET", "/ready").text == "{\"status\":\"ready\"}\n")
    let models = try JSONValue.parse(try server.reply("GET", "/models").body, file: "models")
    #expect(models["models"]?.array?.map { $0["name"]?.string } == ["one", "two"])
    let labels = models["models"]?.array?.first?["labels"]?.array?.compactMap(\.string)
    #expect(labels?.sorted() == ["food", "music", "sports"])
    let page = try server.reply("GET", "/")
    #expect(page.status == 200 && page.headers["content-type"] == "text/html; charset=utf-8")
    #expect(page.headers["content-security-policy"]?.contains("default-src 'none'") == true)
    let description = try JSONValue.parse(
      try server.reply("GET", "/openapi.json").body, file: "openapi")
    #expect(
      description["paths"]?.object?.map(\.key)
        == ["/classify", "/explain", "/evaluate", "/models", "/health", "/ready", "/metrics"])
    #expect(!description.text().contains("@"))
    let head = try server.reply("HEAD", "/health")
    #expect(head.status == 200 && head.body.isEmpty && head.headers["content-length"] == "16")
  }

  @Test("Two models answer by name")
  func models() async throws {
    let server = try await TestServer([
      "one=" + TestModel.first, "two=" + TestModel.second,
    ])
    let document = #"{"text":"violin bread goal"}"#
    let one = try server.post("/classify?model=one", document)
    let two = try server.post("/models/two/classify", document)
    #expect(one.status == 200 && two.status == 200 && one.text != two.text)
    #expect(try server.post("/models/one/classify", document) == one)
    try expect(server.post("/classify", document), 400, "model-not-named")
    try expect(server.post("/classify?model=three", document), 404, "unknown-model")
    try expect(server.post("/models/one/classify?model=two", document), 400, "repeated-parameter")
  }

  @Test("Figures count documents, errors and requests")
  func metrics() async throws {
    let server = try await TestServer([TestModel.first])
    _ = try server.post("/classify", #"[{"text":"a"},{"text":1},{}]"#)
    _ = try server.post("/classify", "]")
    let text = try server.reply("GET", "/metrics").text
    for line in [
      #"docket_requests_total{endpoint="classify",status="200"} 1"#,
      #"docket_requests_total{endpoint="classify",status="400"} 1"#,
      #"docket_request_seconds_count{endpoint="classify"} 2"#,
      #"docket_documents_total{model="first",endpoint="classify"} 3"#,
      #"docket_document_errors_total{model="first",code="wrong-member"} 1"#,
      #"docket_document_errors_total{model="first",code="missing-member"} 1"#,
      "docket_requests_in_progress 0", "docket_documents_waiting 0",
    ] {
      #expect(text.contains(line + "\n"), "\(line)")
    }
  }

  @Test("A request that is wrong gets the status, a code and a sentence")
  func refusals() async throws {
    let server = try await TestServer([
      TestModel.first, "--body-bytes", "2000", "--documents", "3",
    ])
    let document = #"{"text":"violin"}"#
    try expect(server.reply("GET", "/nowhere"), 404, "unknown-path")
    try expect(server.reply("GET", "/models/first/nowhere"), 404, "unknown-path")
    let get = try server.reply("GET", "/classify")
    try expect(get, 405, "wrong-method")
    #expect(get.headers["allow"] == "POST")
    try expect(server.post("/health", "{}"), 405, "wrong-method")
    try expect(server.post("/classify", document, type: "image/png"), 415, "content-type")
    try expect(
      server.post("/classify", document, type: "application/json; charset=latin1"), 415,
      "content-type")
    try expect(server.reply("POST", "/classify", body: document), 415, "content-type")
    try expect(
      server.post("/classify", document, ["Content-Encoding: gzip"]), 415, "content-encoding")
    try expect(server.post("/classify", #"{"text":"#), 400, "json-unfinished")
    try expect(server.post("/classify", ""), 400, "json-empty")
    try expect(server.post("/classify", "5"), 400, "not-documents")
    try expect(server.post("/classify", "", type: "text/plain"), 400, "body-empty")
    try expect(server.post("/classify?top=0", document), 400, "wrong-parameter")
    try expect(server.post("/classify?top=%FF", document), 400, "wrong-parameter")
    try expect(server.post("/classify?tops=1", document), 400, "unknown-parameter")
    try expect(server.post("/classify?top=1&top=2", document), 400, "repeated-parameter")
    try expect(server.post("/classify?min-confidence=2", document), 400, "wrong-parameter")
    try expect(server.post("/explain?label=musik", document), 404, "unknown-label")
    try expect(server.post("/explain?gates=yes", document), 400, "wrong-parameter")
    try expect(server.post("/explain?top=1", document), 400, "unknown-parameter")
    try expect(server.reply("GET", "/health?a=1"), 400, "unknown-parameter")
    let four = "[" + Array(repeating: document, count: 4).joined(separator: ",") + "]"
    try expect(server.post("/classify", four), 413, "too-many-documents")
    let long = #"{"text":""# + String(repeating: "a", count: 2_000) + #""}"#
    try expect(server.post("/classify", long), 413, "body-too-long")
    // The response arrives even if nothing is sent after the head.
    let connection = try HTTPConnection(port: server.port)
    try connection.send(
      HTTPConnection.request(
        "POST", "/classify",
        headers: [
          "Content-Type: application/json", "Content-Length: 9999999999", "Expect: 100-continue",
        ]))
    try expect(connection.readReply(), 413, "body-too-long")
    #expect(connection.isClosed())
    // The length of a chunked body is not known in advance.
    let chunked = try HTTPConnection(port: server.port)
    try chunked.send(
      HTTPConnection.request(
        "POST", "/classify",
        headers: ["Content-Type: application/json", "Transfer-Encoding: chunked"]))
    try chunked.send(Array("\(String(long.utf8.count, radix: 16))\r\n\(long)\r\n0\r\n\r\n".utf8))
    try expect(chunked.readReply(), 413, "body-too-long")
    // A body of JSON lines may be longer.
    let lines = String(repeating: document + "\n", count: 1_000)
    let reply = try server.post("/classify", lines, type: "application/x-ndjson")
    #expect(reply.status == 200 && reply.text.split(separator: "\n").count == 1_000)
  }

  @Test("A broken request ends its connection and nothing else")
  func brokenHTTP() async throws {
    let server = try await TestServer([TestModel.first])
    for text in [
      "GET / HTTP/9.9\r\n\r\n", "\0\u{1}\u{2}\r\n\r\n", "POST /classify\r\nA: b\r\n\r\n",
    ] {
      let connection = try HTTPConnection(port: server.port)
      try connection.send(Array(text.utf8))
      #expect((try? connection.readReply().status) == 400)
    }
    let ended = try HTTPConnection(port: server.port)
    try ended.send(
      Array(
        "POST /classify HTTP/1.1\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\nab".utf8))
    ended.endSending()
    _ = try? ended.readReply()
    #expect(try server.reply("GET", "/health").status == 200)
  }

  @Test("With a token file, requests with documents require one of its tokens")
  func tokens() async throws {
    let folder = try TestFolder()
    let file = try folder.file("tokens", "# for tests\n\nabcdefghijklmnop\n0123456789abcdef\r\n")
    let server = try await TestServer([TestModel.first, "--token-file", file])
    let document = #"{"text":"violin"}"#
    let none = try server.post("/classify", document)
    try expect(none, 401, "token-missing")
    #expect(none.headers["www-authenticate"] == "Bearer")
    try expect(
      server.post("/classify", document, ["Authorization: Basic abc"]), 401, "token-missing")
    for token in ["abcdefghijklmnoq", "abcdefghijklmno", "", "# for tests"] {
      let reply = try server.post("/classify", document, ["Authorization: Bearer \(token)"])
      #expect(reply.status == 401)
    }
    for token in ["abcdefghijklmnop", "0123456789abcdef"] {
      let reply = try server.post("/classify", document, ["Authorization: Bearer \(token)"])
      #expect(reply.status == 200)
    }
    for path in ["/metrics", "/models"] {
      try expect(server.reply("GET", path), 401, "token-missing")
    }
    for path in ["/", "/health", "/ready", "/openapi.json"] {
      #expect(try server.reply("GET", path).status == 200)
    }
  }

  @Test(
    "Options that cannot be used end the command with a sentence",
    arguments: [
      (["--threads", "0"], 64), (["--time", "0"], 64), (["--token-file", "/nonexistent"], 66),
      (["a b=x"], 64), (["/nonexistent.docket"], 66),
    ])
  func options(arguments: [String], code: Int) async throws {
    let model = try await TestModel.first
    let error = #expect(throws: TestServer.Fault.self) { try TestServer([model] + arguments) }
    #expect(error?.text.hasPrefix("ended with \(code): ") == true, "\(error?.text ?? "")")
    #expect(error?.text.lowercased().contains("error") == true)
  }

  @Test("A token file with a short token or none is refused with its line")
  func badTokenFile() async throws {
    let model = try await TestModel.first
    let folder = try TestFolder()
    for (text, mark) in [
      ("\nshort\n", ":2: error"), ("# none\n", "no tokens"), ("a b\n", ":1: error"),
    ] {
      let file = try folder.file("tokens", text)
      let error = #expect(throws: TestServer.Fault.self) {
        try TestServer([model, "--token-file", file])
      }
      #expect(error?.text.contains(mark) == true, "\(error?.text ?? "")")
    }
  }
}
