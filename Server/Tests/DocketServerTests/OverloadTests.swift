import Docket
import Foundation
import LoopbackClient
import Testing

/// How the server behaves under overload, during shutdown, and when it reloads its models.
@Suite("Overload, shutdown and reload", .serialized)
struct OverloadTests {
  private static let document = #"{"text":"violin choir opera"}"#
  private static let json = ["Content-Type: application/json"]

  /// Starts a request whose body is not complete, so that it occupies a slot.
  private func begun(_ server: TestServer) throws -> HTTPConnection {
    let connection = try HTTPConnection(port: server.port)
    let request = HTTPConnection.request(
      "POST", "/classify", headers: Self.json, body: Array(Self.document.utf8))
    try connection.send(Array(request.dropLast(3)))
    return connection
  }

  private func inProgress(_ server: TestServer) throws -> Int? {
    let text = try server.reply("GET", "/metrics").text
    return text.firstMatch(of: /docket_requests_in_progress (\d+)/).flatMap { Int($0.1) }
  }

  /// Returns the number of documents that have a record.
  private func documents(_ server: TestServer) throws -> Int {
    let text = try server.reply("GET", "/metrics").text
    return text.matches(of: /docket_documents_total\{.*\} (\d+)/).compactMap { Int($0.1) }
      .reduce(0, +)
  }

  @Test("Beyond the limit of requests the answer is 503 with Retry-After, then 200 again")
  func overload() async throws {
    let server = try await TestServer([TestModel.first, "--requests", "2"])
    let waiting = try [begun(server), begun(server)]
    try TestServer.wait("two requests") { try inProgress(server) == 2 }
    let refused = try server.post("/classify", Self.document)
    #expect(refused.status == 503 && refused.headers["retry-after"] == "1")
    #expect(refused.text.contains(#""code":"overloaded""#))
    #expect(try server.reply("GET", "/health").status == 200)
    for connection in waiting {
      try connection.send(Array(Self.document.utf8.suffix(3)))
      #expect(try connection.readReply().status == 200)
    }
    try TestServer.wait("no request") { try inProgress(server) == 0 }
    #expect(try server.post("/classify", Self.document).status == 200)
  }

  @Test("A client that never ends its request or never reads its answer does not stay")
  func slowClients() async throws {
    let server = try await TestServer([TestModel.first, "--time", "0.5", "--requests", "1"])
    let slow = try begun(server)
    try TestServer.wait("the slow request is given up") { try inProgress(server) == 0 }
    withExtendedLifetime(slow) {}
    let unread = try HTTPConnection(port: server.port, seconds: 2)
    try unread.send(
      HTTPConnection.request(
        "POST", "/classify",
        headers: ["Content-Type: application/jsonl", "Transfer-Encoding: chunked"]))
    let lines = Array(String(repeating: Self.document + "\n", count: 2_000).utf8)
    let chunk = Array("\(String(lines.count, radix: 16))\r\n".utf8) + lines + [13, 10]
    // Fails as soon as the buffers are full and the server closes the connection.
    for _ in 0..<1_000 where (try? unread.send(chunk)) == nil { break }
    try TestServer.wait("the unread answer is given up") { try inProgress(server) == 0 }
    withExtendedLifetime(unread) {}
    #expect(try server.post("/classify", Self.document).status == 200)
  }

  @Test("A request that cannot be answered in time gets 503")
  func deadline() async throws {
    let server = try await TestServer([TestModel.first, "--time", "0.3", "--batch-wait", "5000"])
    let reply = try server.post("/classify", Self.document)
    #expect(reply.status == 503 && reply.headers["retry-after"] == "1")
    #expect(reply.text.contains(#""code":"took-too-long""#))
  }

  @Test("SIGTERM answers the requests that have arrived, and then the server ends with 0")
  func shutdown() async throws {
    let server = try await TestServer([TestModel.first, "--batch-wait", "300"])
    let port = server.port
    let half = try begun(server)
    let replies = Collected<Int>()
    let group = DispatchGroup()
    for number in 0..<20 {
      group.enter()
      Thread.detachNewThread {
        let reply = try? HTTPConnection(port: port).reply(
          "POST", "/classify", headers: Self.json, body: Array(Self.document.utf8))
        replies.add(number, reply?.status ?? 0)
        group.leave()
      }
    }
    try TestServer.wait("all requests") { try inProgress(server) == 21 }
    server.signal(SIGTERM)
    group.wait()
    #expect(replies.sorted == Array(repeating: 200, count: 20))
    #expect(throws: HTTPConnection.Failure.self) { try HTTPConnection(port: port) }
    try half.send(Array(Self.document.utf8.suffix(3)))
    #expect(try half.readReply().status == 200)
    #expect(try server.wait() == 0)
  }

  @Test("SIGHUP under load replaces the model without a lost request")
  func reload() async throws {
    let folder = try TestFolder()
    let path = folder.path + "/model.docket"
    let (first, second) = try await (TestModel.first, TestModel.second)
    try copy(first, to: path)
    let server = try TestServer([path, "--threads", "2"])
    let port = server.port
    let before = try server.post("/classify", Self.document).text
    let stop = Collected<Bool>()
    let results = Collected<[String: Int]>()
    let group = DispatchGroup()
    for number in 0..<8 {
      group.enter()
      Thread.detachNewThread {
        var counts: [String: Int] = [:]
        if let connection = try? HTTPConnection(port: port) {
          while stop.sorted.isEmpty {
            let reply = try? connection.reply(
              "POST", "/classify", headers: Self.json, body: Array(Self.document.utf8))
            counts[reply?.status == 200 ? reply?.text ?? "" : "lost", default: 0] += 1
          }
        }
        results.add(number, counts)
        group.leave()
      }
    }
    for number in 1...6 {
      // Each reload happens while the connections send requests, however slow the machine is.
      let answered = try documents(server)
      try TestServer.wait("20 requests") { try documents(server) >= answered + 20 }
      try copy(number % 2 == 1 ? second : first, to: path)
      server.signal(SIGHUP)
      try TestServer.wait("reload \(number)") {
        try server.reply("GET", "/metrics").text
          .contains(#"docket_reloads_total{result="ok"} \#(number)"# + "\n")
      }
    }
    try copy(second, to: path)
    server.signal(SIGHUP)
    try TestServer.wait("the last reload") { server.log.count(of: "reloaded model") == 7 }
    let after = try server.post("/classify", Self.document).text
    stop.add(0, true)
    group.wait()
    #expect(before != after)
    var total: [String: Int] = [:]
    for counts in results.sorted { total.merge(counts, uniquingKeysWith: +) }
    #expect(Set(total.keys) == [before, after])
    #expect(total.values.reduce(0, +) >= 120)
  }

  @Test("A model or a token file that cannot be read stays as it was, with an error in the log")
  func failedReload() async throws {
    let folder = try TestFolder()
    let path = folder.path + "/model.docket"
    try copy(try await TestModel.first, to: path)
    let tokens = try folder.file("tokens", "abcdefghijklmnop")
    let server = try TestServer([path, "--token-file", tokens])
    let header = ["Authorization: Bearer abcdefghijklmnop"]
    let before = try server.post("/classify", Self.document, header)
    #expect(before.status == 200)
    _ = try folder.file("model.docket", "not a model")
    _ = try folder.file("tokens", "short")
    server.signal(SIGHUP)
    try TestServer.wait("two errors") { server.log.count(of: "cannot reload ") == 2 }
    #expect(
      server.log.contains("cannot reload model, still using the previous model: ")
        && server.log.contains("tokens:1: error"))
    #expect(try server.post("/classify", Self.document, header).body == before.body)
    _ = try folder.file("tokens", "ponmlkjihgfedcba")
    server.signal(SIGHUP)
    try TestServer.wait("the new token") {
      try server.post("/classify", Self.document, header).status == 401
    }
    server.signal(SIGTERM)
    #expect(try server.wait() == 0)
  }

  private func copy(_ source: String, to path: String) throws {
    try Data(contentsOf: URL(fileURLWithPath: source)).write(
      to: URL(fileURLWithPath: path), options: .atomic)
  }
}

extension String {
  /// Returns the number of occurrences of a text.
  fileprivate func count(of text: String) -> Int { components(separatedBy: text).count - 1 }
}
