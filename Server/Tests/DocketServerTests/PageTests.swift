import Docket
import Foundation
import LoopbackClient
import Testing

/// The page at `/`, used in a browser as a reader would use it.
@Suite(
  "Page", .serialized, .enabled(if: Browser.path != nil, "Chromium is not installed"))
struct PageTests {
  private func open(_ server: TestServer) throws -> Browser {
    let browser = try Browser(width: 1_000, height: 900)
    for domain in ["Page", "Runtime", "Network", "Log"] { try browser.call("\(domain).enable") }
    try browser.call(
      "Page.navigate", ["url": .string("http://127.0.0.1:\(server.port)/")])
    try browser.wait(
      until: "document.readyState === 'complete' && !!document.getElementById('run')")
    return browser
  }

  /// Checks that the page threw no error and sent requests only to the server.
  private func checkEvents(_ browser: Browser, _ server: TestServer) {
    for event in browser.events {
      let method = event["method"]?.string
      #expect(method != "Runtime.exceptionThrown", "\(event.text())")
      guard method == "Network.requestWillBeSent" else { continue }
      let address = event["params"]?["request"]?["url"]?.string ?? ""
      #expect(
        address.hasPrefix("http://127.0.0.1:\(server.port)/") || address.hasPrefix("data:"),
        "\(address)")
    }
  }

  private func screenshot(_ browser: Browser, _ name: String) throws {
    guard let folder = ProcessInfo.processInfo.environment["DOCKET_SCREENSHOTS"] else { return }
    try browser.takeScreenshot("\(folder)/page-\(name).png")
  }

  @Test("In any script, documents get labels, probabilities and the words that contributed most")
  func classify() async throws {
    let server = try await TestServer(["one=" + TestModel.first, "two=" + TestModel.second])
    let browser = try open(server)
    try browser.wait(until: "document.querySelectorAll('#model option').length === 2")
    try browser.click("#texts")
    let texts = [
      "a violin and a choir 👩‍🎤 in the opera", "موسیقی violin در تالار piano",
      "<img src=x onerror=alert(1)> goal & match",
    ]
    try browser.type(texts.joined(separator: "\n"))
    try browser.click("#run")
    try browser.wait(until: "document.querySelectorAll('article').length === 3")
    try screenshot(browser, "labels")
    let shown = try browser.value(
      "[...document.querySelectorAll('.text')].map((text) => text.textContent)")
    #expect(shown == .array(texts.map(JSONValue.string)))
    let directions = try browser.value(
      "[...document.querySelectorAll('.text')].map((text) => getComputedStyle(text).direction)")
    #expect(directions == .array([.string("ltr"), .string("rtl"), .string("ltr")]))
    let labels = try browser.value(
      "[...document.querySelectorAll('tr.best bdi')].map((label) => label.textContent)")
    let expected = try texts.map { text in
      let body = JSONValue.members(["text": .string(text)]).text()
      return try JSONValue.parse(
        server.post("/classify?model=one", body).body, file: "record")["label"] ?? .null
    }
    #expect(labels == .array(expected))
    #expect(try browser.value("document.querySelectorAll('img').length") == .integer(0))
    #expect(try browser.value("document.querySelectorAll('article tr').length") == .integer(9))
    #expect(try browser.value("document.querySelectorAll('.text mark').length > 10") == .bool(true))
    #expect(
      try browser.value("[...document.querySelectorAll('.words')].length") == .integer(3))
    // All lines as one document.
    try browser.click("#lines")
    try browser.click("#run")
    try browser.wait(until: "document.querySelectorAll('article').length === 1")
    checkEvents(browser, server)
  }

  @Test("A server with tokens makes the page ask for one, and an error is shown")
  func token() async throws {
    let folder = try TestFolder()
    let tokens = try folder.file("tokens", "abcdefghijklmnop")
    let server = try await TestServer([TestModel.first, "--token-file", tokens])
    let browser = try open(server)
    try browser.wait(until: "!document.getElementById('access').hidden")
    try screenshot(browser, "token")
    try browser.click("#token")
    try browser.type("abcdefghijklmnop")
    try browser.click("#run")
    try browser.wait(until: "document.getElementById('status').textContent.includes('Enter a document')")
    try browser.click("#texts")
    try browser.type("bread and soup \u{0}")
    try browser.click("#run")
    try browser.wait(until: "document.querySelectorAll('article').length === 1")
    checkEvents(browser, server)
  }
}
