import FileAccess
import PipelineCore
import Platform
import Synchronization

/// Forwards the standard error of a program to the standard error of this process, line by line,
/// prefixed with the name of the program.
///
/// Forwarding ends, with a note, after `limit` lines from all processes of the program together.
/// Lines are cut after 1,000 characters.
final class MessageRelay: Sendable {
  /// The maximum number of lines that are forwarded.
  static let limit = 1_000
  /// Whether lines are written as JSON.
  private static let writesEvents = Atomic(false)
  private let program: String
  private let count = Mutex(0)

  init(program: String) { self.program = program }

  /// Makes all relays write JSON objects with the members `event`, `program` and `text`.
  static func writeEvents() { writesEvents.store(true, ordering: .relaxed) }

  /// Writes a line.
  func forward(_ line: String) {
    // The lock also prevents the lines of several processes from being mixed.
    count.withLock { count in
      count += 1
      guard count <= Self.limit + 1 else { return }
      let text = count <= Self.limit ? line : "... (further messages are not shown)"
      guard !Self.writesEvents.load(ordering: .relaxed) else {
        let event = JSONValue.members([
          "event": .string("message"), "program": .string(program),
          "text": .string(text.excerpt(1_000)),
        ])
        try? CheckedOutput.standardError().write(event.text() + "\n")
        return
      }
      // Remove the progress line from a terminal; it is redrawn a moment later.
      let start = isatty(STDERR_FILENO) == 1 ? "\r\u{1b}[K" : ""
      let output = CheckedOutput.standardError()
      // If standard error fails, there is nowhere to report it.
      try? output.write(start + QuotedText.escaped("\(program): \(text.excerpt(1_000))") + "\n")
    }
  }
}

/// The standard error of one process.
struct MessageLines: Sendable {
  /// The last nonempty line, whether complete or not.
  private(set) var last = ""
  private var pending: [UInt8] = []

  /// Adds bytes and forwards the lines that they complete.
  mutating func add(_ bytes: ArraySlice<UInt8>, to relay: MessageRelay) {
    for byte in bytes {
      if byte == 0x0A {
        flush(to: relay)
      } else if pending.count < 8_000 {
        pending.append(byte)
      }
    }
  }

  /// Forwards the incomplete last line.
  mutating func flush(to relay: MessageRelay) {
    guard !pending.isEmpty else { return }
    last = String(decoding: pending, as: UTF8.self)
    relay.forward(last)
    pending.removeAll(keepingCapacity: true)
  }
}
