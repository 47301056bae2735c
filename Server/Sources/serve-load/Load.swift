import Foundation
import LoopbackClient
import Synchronization

/// Sends documents to docket-serve on this machine over many connections and prints the throughput
/// in documents per second and the response times.
///
/// If a rate is given, requests start at fixed times, at that many per second in total, and
/// response times are measured from when each request should have started. With the word `mixed` in
/// place of a rate, every other request is malformed in some way; each must still get a response.
@main
struct Load {
  private static let usage =
    "usage: serve-load PORT DOCUMENTS.jsonl CONNECTIONS SECONDS [PER-REQUEST [RATE|mixed]]\n"

  /// The results of one connection, or of all connections together.
  private struct Tally {
    var times: [Double] = []
    var documents = 0
    var statuses: [Int: Int] = [:]
    var unanswered = 0
    var unexpected = 0
  }

  /// Malformed requests, each with its expected status; 0 accepts any status or a closed
  /// connection.
  private static let wrong: [(bytes: [UInt8], status: Int)] = {
    func request(
      _ path: String, _ body: [UInt8], _ type: String = "application/json", method: String = "POST"
    ) -> [UInt8] {
      HTTPConnection.request(method, path, headers: ["Content-Type: \(type)"], body: body)
    }
    return [
      (request("/classify", Array("{\"text\":".utf8)), 400),
      (request("/classify", Array("[1,2,{}]".utf8)), 200),
      (request("/classify", [0xFF, 0xFE, 0x00]), 400),
      (request("/classify", Array("a".utf8), "image/png"), 415),
      (request("/classify?top=-1", Array("{}".utf8)), 400),
      (request("/nowhere", Array("{}".utf8)), 404),
      (request("/classify", [], method: "DELETE"), 405),
      (request("/explain", Array("{\"text\":\"some words\"}".utf8)), 200),
      (request("/classify", Array(repeating: UInt8(ascii: "["), count: 100_000)), 400),
      (request("/classify", Array(repeating: UInt8(ascii: "a"), count: 9 << 20)), 413),
      (
        request("/classify", Array(repeating: UInt8(ascii: "a"), count: 2 << 20), "text/plain"), 200
      ),
      (Array("nonsense\r\n\r\n".utf8), 0), (Array("POST /classify HTTP/1.1\r\n".utf8), 0),
    ]
  }()

  private static func since(_ time: ContinuousClock.Instant) -> Double {
    (ContinuousClock.now - time) / .seconds(1)
  }

  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 5, let port = Int(arguments[1]), let connections = Int(arguments[3]),
      let seconds = Double(arguments[4]), (1...1_000).contains(connections), seconds <= 900
    else {
      FileHandle.standardError.write(
        Data(usage.utf8))
      exit(64)
    }
    let perRequest = arguments.count > 5 ? Int(arguments[5]) ?? 1 : 1
    let isMixed = arguments.last == "mixed"
    let rate = arguments.count > 6 ? Double(arguments[6]) : nil

    let lines = try String(contentsOfFile: arguments[2], encoding: .utf8).split(separator: "\n")
    let type = perRequest == 1 ? "application/json" : "application/x-ndjson"
    let requests = stride(from: 0, to: max(1, lines.count - perRequest + 1), by: perRequest).map {
      let body = lines[$0..<min(lines.count, $0 + perRequest)].joined(separator: "\n")
      return HTTPConnection.request(
        "POST", "/classify", headers: ["Content-Type: \(type)"], body: Array(body.utf8))
    }

    let total = Shared(Tally())
    let start = ContinuousClock.now
    let next = Counter()
    let group = DispatchGroup()

    for worker in 0..<connections {
      group.enter()
      Thread.detachNewThread {
        var tally = Tally()
        var connection = try? HTTPConnection(port: port)
        var number = worker
        while Self.since(start) < seconds {
          var begun = ContinuousClock.now
          if let rate {
            let turn = next.next()
            let due = start + .seconds(Double(turn) / rate)
            if due > .now { Thread.sleep(forTimeInterval: (due - .now) / .seconds(1)) }
            begun = due
          }
          number += connections
          let isWrong = isMixed && number / connections % 2 == 0
          let chosen =
            isWrong
            ? Self.wrong[number / 2 % Self.wrong.count] : (requests[number % requests.count], 200)
          do {
            if connection == nil { connection = try HTTPConnection(port: port) }
            try connection?.send(chosen.0)
            if chosen.1 == 0 { connection?.endSending() }
            let reply = try connection?.readReply()
            tally.statuses[reply?.status ?? 0, default: 0] += 1
            if chosen.1 != 0, reply?.status != chosen.1 { tally.unexpected += 1 }
            if reply?.status == 200, !isWrong {
              tally.times.append(Self.since(begun))
              tally.documents += perRequest
            }
            if chosen.1 == 0 || reply?.headers["connection"] == "close" { connection = nil }
          } catch {
            if chosen.1 != 0 { tally.unanswered += 1 }
            connection = nil
          }
        }
        let own = tally
        total.value.withLock { total in
          total.times += own.times
          total.documents += own.documents
          total.statuses.merge(own.statuses, uniquingKeysWith: +)
          total.unanswered += own.unanswered
          total.unexpected += own.unexpected
        }
        group.leave()
      }
    }
    group.wait()

    let elapsed = Self.since(start)
    let result = total.value.withLock { $0 }
    let times = result.times.sorted()
    func percentile(_ share: Double) -> String {
      guard !times.isEmpty else { return "-" }
      let place = min(times.count - 1, Int(share * Double(times.count)))
      return String(format: "%.1f", times[place] * 1_000)
    }
    print(
      "\(Int(Double(result.documents) / elapsed)) documents/s; ms: p50 \(percentile(0.5)), "
        + "p99 \(percentile(0.99)), max \(percentile(1)); statuses "
        + result.statuses.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        .joined(separator: ", ")
        + "; unanswered \(result.unanswered), unexpected \(result.unexpected)")
  }
}

/// A counter that threads share.
private final class Counter: Sendable {
  private let value = Atomic<Int>(0)
  func next() -> Int { value.add(1, ordering: .relaxed).oldValue }
}

/// A value that threads share.
private final class Shared<Value: Sendable>: Sendable {
  let value: Mutex<Value>
  init(_ value: Value) { self.value = Mutex(value) }
}
