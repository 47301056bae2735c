import Docket
import Foundation
import LoopbackClient
import Testing

/// `/evaluate`: the report of a model on labelled documents.
@Suite("Evaluation")
struct EvaluationTests {
  /// Labelled documents of which the model knows all words, except for one wrong label.
  private static let documents: [(label: String, text: String)] =
    (0..<30).map(TestModel.document) + [("food", "violin choir opera melody")]

  private static func rows(_ separator: String) -> String {
    documents.map { "\($0.label)\(separator)\($0.text)\n" }.joined()
  }

  private static let jsonLines = documents.map { label, text in
    JSONValue.members(["label": .string(label), "text": .string(text)]).text() + "\n"
  }.joined()

  @Test("In every format, the report has the figures of docket evaluate")
  func formats() async throws {
    let server = try await TestServer([TestModel.first])
    let folder = try TestFolder()
    let file = try folder.file("documents.tsv", Self.rows("\t"))
    let pipeline = try await TrainedPipeline(contentsOf: TestModel.first)
    let expected = try pipeline.evaluate(on: pipeline.readCorpus([file]))
    #expect(expected.accuracy < 1)
    for (type, body) in [
      ("text/csv", "label;text\n" + Self.rows(";")), ("text/csv", "label,text\n" + Self.rows(",")),
      ("text/tab-separated-values", Self.rows("\t")), ("application/x-ndjson", Self.jsonLines),
      (
        "application/json",
        "[" + Self.jsonLines.dropLast().replacing("\n", with: ",\n") + "]"
      ),
      (
        "text/plain; charset=utf-8",
        Self.documents.map { "__label__\($0.label) \($0.text)\n" }.joined()
      ),
      ("text/plain", Self.rows("\t")),
    ] {
      let reply = try server.post("/models/first/evaluate", body, type: type)
      #expect(reply.status == 200, "\(type): \(reply.text)")
      let report = try JSONValue.parse(reply.body, file: "report")
      #expect(report["documents"]?.integer == 31, "\(type)")
      #expect(report["accuracy"]?.double == expected.accuracy)
      #expect(report["macroF1"]?.double == expected.macroF1)
    }
    let metrics = try server.reply("GET", "/metrics").text
    #expect(
      metrics.contains(#"docket_documents_total{model="first",endpoint="evaluate"} 217"# + "\n"))
  }

  @Test("Columns and the encoding can be chosen, and a page is returned on request")
  func options() async throws {
    let server = try await TestServer([TestModel.first])
    let reply = try server.post(
      "/evaluate?label-field=konu&text-field=metin", "konu;metin\n" + Self.rows(";"),
      type: "text/csv", ["Accept: text/html"])
    #expect(reply.status == 200)
    #expect(reply.headers["content-type"] == "text/html; charset=utf-8")
    #expect(reply.text.hasPrefix("<!DOCTYPE html>") && reply.text.contains("violin choir opera"))
    #expect(reply.text.contains("body:32") && !reply.text.contains("docket-serve-body"))
    let bytes = Array("food\tviolin choir opera melody ".utf8) + [0xFE, 0x0A]
    let path = "/evaluate?encoding=windows-1254"
    let turkish = try HTTPConnection(port: server.port).reply(
      "POST", path, headers: ["Content-Type: text/tab-separated-values", "Accept: text/html"],
      body: bytes)
    #expect(turkish.status == 200 && turkish.text.contains("melody \u{15F}"))
  }

  @Test("Documents that cannot be evaluated are refused with the line")
  func refusals() async throws {
    let server = try await TestServer([TestModel.first, "--documents", "31"])
    let type = "text/tab-separated-values"
    try expect(server.post("/evaluate", "", type: type), 400, "body-empty")
    let noTab = try server.post("/evaluate", "food\tbread\nsoup\n", type: type)
    try expect(noTab, 400, "wrong-columns")
    #expect(noTab.text.contains("line 2"))
    #expect(!noTab.text.contains("/"))
    try expect(server.post("/evaluate", "no format", type: "text/plain"), 400, "unknown-format")
    try expect(
      server.post("/evaluate", Self.rows("\t") + "food\tsoup\n", type: type), 413,
      "too-many-documents")
    try expect(server.post("/evaluate", "a", type: "image/png"), 415, "content-type")
    try expect(
      server.post("/evaluate", "a", type: "text/csv; charset=latin1"), 415, "content-type")
    try expect(server.post("/evaluate?encoding=x", "a\tb\n", type: type), 400, "wrong-parameter")
    try expect(server.post("/evaluate?top=1", "a\tb\n", type: type), 400, "unknown-parameter")
    try expect(server.reply("GET", "/evaluate"), 405, "wrong-method")
    let gzip = try HTTPConnection(port: server.port).reply(
      "POST", "/evaluate", headers: ["Content-Type: \(type)"], body: [0x1F, 0x8B, 8, 0])
    try expect(gzip, 415, "content-encoding")
    let unknown = try server.post("/evaluate", "weather\train\n", type: type)
    #expect(unknown.status == 200 && unknown.text.contains("no document has a label"))
    // Other tests run at the same time.
    try TestServer.wait("all temporary files are deleted") {
      let files = try FileManager.default.contentsOfDirectory(
        atPath: FileManager.default.temporaryDirectory.path)
      return !files.contains { $0.hasPrefix("docket-serve-body-") }
    }
  }
}
