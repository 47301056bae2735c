import Docket
import Foundation
import LoopbackClient
import Testing

/// The records of the server are the same as those of the command.
@Suite("Records")
struct RecordTests {
  /// Returns what `docket` prints for documents.
  private func command(_ verb: String, _ model: String, _ lines: String, _ more: [String] = [])
    throws -> String
  {
    let folder = try TestFolder()
    let input = try folder.file("documents.jsonl", lines)
    let arguments = [verb, model, "--format", "jsonl", "--json"] + more
    let code = try TestServer.run(
      TestServer.programs + "/docket", arguments, input: input, output: folder.path + "/records")
    #expect(code == 1)
    return try String(contentsOfFile: folder.path + "/records", encoding: .utf8)
  }

  @Test("JSON lines, one by one and at once, have the records of docket classify")
  func jsonLines() async throws {
    let model = try await TestModel.first
    let server = try TestServer([model, "--threads", "2"])
    let lines = TestModel.lines(700)
    for (options, query) in [([], ""), (["--top", "all"], "?top=all")] {
      let expected = try command("classify", model, lines, options)
      #expect(expected.split(separator: "\n").count == 700)
      let whole = try server.post("/classify" + query, lines, type: "application/x-ndjson")
      #expect(whole.status == 200 && whole.text == expected)
      #expect(whole.headers["content-type"] == "application/x-ndjson")
      let connection = try HTTPConnection(port: server.port)
      try connection.send(
        HTTPConnection.request(
          "POST", "/classify" + query,
          headers: ["Content-Type: application/x-ndjson", "Transfer-Encoding: chunked"]))
      // The pieces of the body end anywhere.
      var rest = Array(lines.utf8)[...]
      while !rest.isEmpty {
        let piece = rest.prefix(1_777)
        rest = rest.dropFirst(1_777)
        try connection.send(Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + [13, 10])
      }
      try connection.send(Array("0\r\n\r\n".utf8))
      let streamed = try connection.readReply()
      #expect(streamed.isComplete && streamed.text == expected)
    }
  }

  @Test("A stream is answered line by line")
  func interactiveStream() async throws {
    let server = try await TestServer([TestModel.first])
    let connection = try HTTPConnection(port: server.port)
    try connection.send(
      HTTPConnection.request(
        "POST", "/classify",
        headers: ["Content-Type: application/jsonl", "Transfer-Encoding: chunked"]))
    try connection.readHead()
    for number in 0..<5 {
      let line = Array("{\"id\":\(number),\"text\":\"violin choir\"}\n".utf8)
      try connection.send(Array("\(String(line.count, radix: 16))\r\n".utf8) + line + [13, 10])
      let record = try #require(try connection.readChunk())
      #expect(String(decoding: record, as: UTF8.self).hasPrefix("{\"id\":\(number),\"label\""))
    }
    try connection.send(Array("0\r\n\r\n".utf8))
    #expect(try connection.readChunk() == [])
  }

  @Test("An array has the records of its elements, and a single object has its record")
  func json() async throws {
    let model = try await TestModel.first
    let server = try TestServer([model])
    // Lines that are JSON values can also be the elements of an array.
    let lines = TestModel.lines(300).split(separator: "\n").filter { !$0.hasSuffix(",") }
    let expected = try command("classify", model, lines.joined(separator: "\n"))
      .split(separator: "\n")
    let array = try server.post("/classify", "[" + lines.joined(separator: ",\n") + "]")
    #expect(array.text == "[\n" + expected.joined(separator: ",\n") + "\n]\n")
    #expect(array.headers["content-type"] == "application/json")
    #expect(try server.post("/classify", "[]").text == "[]\n")
    let single = try server.post("/models/first/classify", String(lines[0]))
    #expect(single.text == expected[0] + "\n")
    let broken = try server.post("/classify", #"{"id":7}"#)
    #expect(broken.status == 200)
    #expect(
      broken.text
        == #"{"id":7,"error":{"code":"missing-member","message":"the object has no member \"text\"; found \"id\""}}"#
        + "\n")
    let text = try server.post("/classify", "violin\nchoir", type: "text/plain; charset=utf-8")
    #expect(text.text.hasPrefix(#"{"id":1,"label":"#))
  }

  @Test("Explanations are those of docket explain")
  func explain() async throws {
    let model = try await TestModel.first
    let server = try TestServer([model, "--threads", "2"])
    let lines = TestModel.lines(30)
    for (options, query) in [
      ([], ""),
      (["--tokens", "2", "--gates", "--label", "food"], "?tokens=2&gates=true&label=food"),
    ] {
      let expected = try command("explain", model, lines, options)
      let reply = try server.post("/explain" + query, lines, type: "application/x-ndjson")
      #expect(reply.status == 200 && reply.text == expected)
    }
  }

  @Test(
    "Documents of many connections, which are classified together, have the same bytes as alone")
  func batching() async throws {
    let model = try await TestModel.first
    let server = try TestServer([model, "--batch-wait", "20", "--threads", "2"])
    let port = server.port
    let alone = try TestServer([model, "--batch-wait", "0", "--threads", "1"])
    let texts = (0..<40).map { TestModel.document($0).text }
    let expected = try texts.map { try alone.post("/classify", #"{"text":"\#($0)"}"#).text }
    let found = onThreads(40) { number -> [String] in
      guard let connection = try? HTTPConnection(port: port) else { return [] }
      return (0..<20).map { _ in
        let reply = try? connection.reply(
          "POST", "/classify", headers: ["Content-Type: application/json"],
          body: Array(#"{"text":"\#(texts[number])"}"#.utf8))
        return reply?.text ?? ""
      }
    }
    for (records, expected) in zip(found, expected) {
      #expect(records == Array(repeating: expected, count: 20))
    }
    let metrics = try server.reply("GET", "/metrics").text
    let batches = try #require(metrics.firstMatch(of: /docket_batch_documents_count (\d+)/)?.1)
    #expect(try #require(Int(batches)) < 800)
    #expect(metrics.contains(#"docket_documents_total{model="first",endpoint="classify"} 800"#))
  }
}
