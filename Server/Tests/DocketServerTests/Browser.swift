import Docket
import Foundation
import LoopbackClient

/// Headless Chromium, driven through its debugging protocol.
final class Browser {
  /// The browser did something unexpected.
  struct Fault: Error { let text: String }

  /// The path of Chromium; `nil` if it is not installed.
  static let path: String? = [
    "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome",
  ]
  .first { FileManager.default.isExecutableFile(atPath: $0) }

  private let process: pid_t
  private let folder: TestFolder
  private let socket: HTTPConnection
  private var last = 0
  /// The events that have arrived.
  private(set) var events: [JSONValue] = []

  /// Starts the browser with an empty page.
  init(width: Int, height: Int) throws {
    guard let path = Self.path else { throw Fault(text: "Chromium is not installed") }
    folder = try TestFolder()
    process = try TestServer.spawn(
      path,
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
        "--disable-extensions", "--window-size=\(width),\(height)", "--remote-debugging-port=0",
        "--user-data-dir=\(folder.path)/profile", "about:blank",
      ], output: folder.path + "/output", errors: folder.path + "/errors")
    var port = 0
    let errors = folder.path + "/errors"
    try TestServer.wait("the browser listens") {
      let text = (try? String(contentsOfFile: errors, encoding: .utf8)) ?? ""
      guard let found = text.firstMatch(of: /DevTools listening on ws:\/\/127.0.0.1:(\d+)\//)
      else { return false }
      port = Int(found.1) ?? 0
      return true
    }
    var page: String?
    let debuggingPort = port
    try TestServer.wait("the browser has a page") {
      let list = try HTTPConnection(port: debuggingPort).reply("GET", "/json/list")
      let pages = try JSONValue.parse(list.body, file: "list").array ?? []
      page =
        pages.first { $0["type"]?.string == "page" }?["webSocketDebuggerUrl"]?.string
      return page != nil
    }
    // ws://HOST/PATH
    let parts = (page ?? "").split(separator: "/", maxSplits: 2)
    guard parts.count == 3 else { throw Fault(text: "no address: \(page ?? "")") }
    socket = try HTTPConnection(port: port)
    try socket.send(
      HTTPConnection.request(
        "GET", "/" + parts[2],
        headers: [
          "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
          "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        ]))
    try socket.readHead()
  }

  deinit {
    kill(process, SIGKILL)
    var status: Int32 = 0
    waitpid(process, &status, 0)
  }

  /// Calls a method of the protocol and returns its result.
  @discardableResult
  func call(_ method: String, _ parameters: KeyValuePairs<String, JSONValue> = [:]) throws
    -> JSONValue
  {
    last += 1
    let message = JSONValue.members([
      "id": .integer(last), "method": .string(method), "params": .members(parameters),
    ])
    try write(message.encoded())
    while true {
      let message = try JSONValue.parse(try read(), file: "message")
      guard message["id"]?.integer == last else {
        events.append(message)
        continue
      }
      if let error = message["error"] { throw Fault(text: error.text()) }
      return message["result"] ?? .null
    }
  }

  /// Evaluates an expression in the page.
  func value(_ expression: String) throws -> JSONValue {
    let result = try call(
      "Runtime.evaluate", ["expression": .string(expression), "returnByValue": .bool(true)])
    if let details = result["exceptionDetails"] { throw Fault(text: details.text()) }
    return result["result"]?["value"] ?? .null
  }

  /// Waits until an expression is true in the page.
  func wait(until expression: String) throws {
    try TestServer.wait(expression) { try value(expression) == .bool(true) }
  }

  /// Types text where the focus is.
  func type(_ text: String) throws { try call("Input.insertText", ["text": .string(text)]) }

  /// Clicks on the first element that a selector matches.
  func click(_ selector: String) throws {
    let place = try value(
      """
      (() => { const box = document.querySelector("\(selector)").getBoundingClientRect();
        return [box.x + box.width / 2, box.y + box.height / 2]; })()
      """)
    guard let x = place.array?.first, let y = place.array?.last else {
      throw Fault(text: "no \(selector)")
    }
    for kind in ["mousePressed", "mouseReleased"] {
      try call(
        "Input.dispatchMouseEvent",
        [
          "type": .string(kind), "x": x, "y": y, "button": .string("left"),
          "clickCount": .integer(1),
        ])
    }
  }

  /// Chooses a file in the field for files that a selector matches.
  func choose(_ selector: String, file: String) throws {
    let root = try call("DOM.getDocument")["root"]?["nodeId"] ?? .null
    let node =
      try call(
        "DOM.querySelector", ["nodeId": root, "selector": .string(selector)])["nodeId"] ?? .null
    try call("DOM.setFileInputFiles", ["files": .array([.string(file)]), "nodeId": node])
  }

  /// Writes a picture of the page.
  func takeScreenshot(_ path: String) throws {
    let data =
      try call(
        "Page.captureScreenshot", ["captureBeyondViewport": .bool(true)])["data"]?.string ?? ""
    try Data(base64Encoded: data)?.write(to: URL(fileURLWithPath: path))
  }

  // MARK: Frames of WebSocket, RFC 6455

  private func write(_ payload: [UInt8]) throws {
    var frame: [UInt8] = [0x81]
    let count = payload.count
    if count < 126 {
      frame.append(0x80 | UInt8(count))
    } else if count < 1 << 16 {
      frame += [0x80 | 126, UInt8(count >> 8), UInt8(count & 0xFF)]
    } else {
      frame.append(0x80 | 127)
      frame += (0..<8).map { UInt8(count >> (56 - 8 * $0) & 0xFF) }
    }
    // A mask of zeros.
    try socket.send(frame + [0, 0, 0, 0] + payload)
  }

  private func read() throws -> [UInt8] {
    var message: [UInt8] = []
    while true {
      let head = try bytes(2)
      var count = Int(head[1] & 0x7F)
      if count >= 126 {
        count = try bytes(count == 126 ? 2 : 8).reduce(0) { $0 << 8 | Int($1) }
      }
      let payload = try bytes(count)
      guard head[0] & 0x0F <= 2 else { continue }
      message += payload
      if head[0] & 0x80 != 0 { return message }
    }
  }

  private func bytes(_ count: Int) throws -> [UInt8] {
    let bytes = try socket.readBytes(count)
    guard bytes.count == count else { throw Fault(text: "the browser ended") }
    return bytes
  }
}
