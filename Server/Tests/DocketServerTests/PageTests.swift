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
        ["http://127.0.0.1:\(server.port)/", "data:", "about:srcdoc"].contains {
          address.hasPrefix($0)
        },
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

  @Test("The gates of a network are shown for each token")
  func gates() async throws {
    let server = try await TestServer([TestModel.first])
    let browser = try open(server)
    try browser.wait(until: "!document.getElementById('run').disabled")
    try browser.click("#texts")
    try browser.type("violin choir goal")
    try browser.click("#gates")
    try browser.click("#run")
    try browser.wait(until: "document.querySelectorAll('article details').length === 2")
    try browser.click("article summary")
    try screenshot(browser, "gates")
    #expect(
      try browser.value("document.querySelector('article summary').textContent")
        == .string("Gates of layer 1, forward"))
    let heads = try browser.value(
      "[...document.querySelectorAll('article details:first-of-type th')].map((cell) => cell.textContent)"
    )
    #expect(
      heads.array?.compactMap(\.string)
        == [
          "token", "input", "forget", "output", "cell", "hidden", "influence", "violin", "choir",
          "goal",
        ])
    let reply = try server.post(
      "/explain?gates=true", #"{"text":"violin choir goal"}"#)
    let means = try JSONValue.parse(reply.body, file: "record")["gates"]?.array?.first?["means"]
    let shown = try browser.value(
      "[...document.querySelectorAll('article details:first-of-type tbody tr')].map("
        + "(row) => Number(row.children[1].title))")
    let input = means?["input"]?.array?.compactMap(\.double) ?? []
    #expect(input.count == 3)
    for (value, cell) in zip(input, shown.array ?? []) {
      #expect(abs(value - (cell.double ?? .nan)) <= 0.0005)
    }
    checkEvents(browser, server)
  }

  @Test("A labelled file is uploaded, and its report is shown and can be saved")
  func upload() async throws {
    let server = try await TestServer([TestModel.first])
    let folder = try TestFolder()
    let rows = (0..<30).map(TestModel.document).map { "\($0.label)\t\($0.text)\n" }.joined()
    let browser = try open(server)
    try browser.wait(until: "!document.getElementById('run').disabled")
    try browser.click("#evaluate")
    try browser.wait(
      until: "document.getElementById('outcome').textContent.includes('Choose a file')")
    try browser.choose("#file", file: folder.file("bad.tsv", "food\tbread\nsoup\n"))
    try browser.click("#evaluate")
    try browser.wait(until: "document.getElementById('outcome').textContent.includes('line 2')")
    try browser.choose(
      "#file", file: folder.file("documents.tsv", rows + "food\tviolin choir opera melody\n")
    )
    try browser.click("#evaluate")
    try browser.wait(until: "!document.getElementById('report').hidden")
    let page = try browser.value("document.getElementById('report').srcdoc").string ?? ""
    #expect(page.contains("31 documents") && page.contains("violin choir opera melody"))
    #expect(
      try browser.value("document.getElementById('save').href.startsWith('blob:')") == .bool(true))
    #expect(try browser.value("document.getElementById('outcome').textContent") == .string(""))
    usleep(300_000)
    try screenshot(browser, "report")
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
    try browser.wait(
      until: "document.getElementById('status').textContent.includes('Enter a document')")
    try browser.click("#texts")
    try browser.type("bread and soup \u{0}")
    try browser.click("#run")
    try browser.wait(until: "document.querySelectorAll('article').length === 1")
    checkEvents(browser, server)
  }
}
